-- snapshot_number orders the snapshots of a post: by their time, and two of one time by their run.
with unioned as (
    {% for source in landing_sources() %}
    select * from {{ ref('stg_' ~ source ~ '__posts') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        landing_source,
        platform,
        force_id,
        account_id,
        post_id,
        kind,
        created_at_utc,
        pulled_at_utc,
        run_id,
        {% for counter in var('counters') %}
        {{ counter }},
        {% endfor %}
        {{ seconds_between('created_at_utc', 'pulled_at_utc') }} as age_seconds,
        {{ milliseconds('pulled_at_utc') }} * 1000000 + run_number % 1000000 as snapshot_number
    from unioned
)

select * from final
