with ranked as (
    select
        *,
        min(created_at_utc) over (partition by account_id, post_id) as first_created_at_utc,
        row_number() over (partition by account_id, post_id order by pulled_at_utc desc, run_id desc) as nth
    from {{ ref('int_posts__unioned') }}
),

at_seven_days as (
    select * from {{ ref('int_posts__valued_at_age') }} where age = '7d'
),

final as (
    select
        ranked.account_id,
        ranked.post_id,
        ranked.force_id,
        ranked.platform,
        ranked.kind,
        ranked.landing_source,
        ranked.first_created_at_utc as created_at_utc,
        {{ to_london_date('ranked.first_created_at_utc') }} as created_date,
        ranked.pulled_at_utc as observed_at_utc,
        {% for counter in post_counters() %}
        ranked.{{ counter }},
        {% endfor %}
        {% for counter in post_counters() %}
        at_seven_days.{{ counter }} as {{ counter }}_7d,
        {% endfor %}
        at_seven_days.value_note as note_7d,
        {{ is_invented() }} as is_invented
    from ranked
    left join at_seven_days
        on ranked.account_id = at_seven_days.account_id
            and ranked.post_id = at_seven_days.post_id
    where ranked.nth = 1
    order by ranked.account_id, ranked.post_id
)

select * from final
