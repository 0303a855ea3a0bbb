-- The latest count of each account and day. A pulled count stands before a returned one of the same day, and a declared
-- correction in the place of either.
{% set counters = ['follower_count', 'lifetime_post_count'] %}
with unioned as (
    {% for source in landing_sources() %}
    select
        landing_source,
        platform,
        force_id,
        account_id,
        pulled_at_utc,
        {{ to_london_date('pulled_at_utc') }} as pulled_date,
        run_id,
        follower_count,
        is_follower_count_hidden,
        lifetime_post_count
    from {{ ref('stg_' ~ source ~ '__profiles') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        *,
        row_number() over (
            partition by account_id, pulled_date
            order by landing_source = 'returns', run_id desc
        ) as nth
    from unioned
),

final as (
    select
        ranked.landing_source,
        ranked.platform,
        ranked.force_id,
        ranked.account_id,
        ranked.pulled_at_utc,
        ranked.pulled_date,
        {% for counter in counters %}
        {{ corrected(counter, 'ranked') }} as {{ counter }},
        {% endfor %}
        ranked.is_follower_count_hidden,
        {{ correction_ids(counters) }} as correction_ids
    from ranked
    {% for counter in counters %}
    left join {{ ref('stg_register__corrections') }} as {{ counter }}_correction
        on {{ counter }}_correction.counter = '{{ counter }}'
            and ranked.platform = {{ counter }}_correction.platform
            and ranked.account_id = coalesce({{ counter }}_correction.account_id, ranked.account_id)
            and ranked.pulled_date between {{ counter }}_correction.from_date and {{ counter }}_correction.until_date
    {% endfor %}
    where ranked.nth = 1
)

select * from final
