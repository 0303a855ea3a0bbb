-- The latest count of each account and day. A pulled count stands before a returned one of the same day.
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
        landing_source,
        platform,
        force_id,
        account_id,
        pulled_at_utc,
        pulled_date,
        follower_count,
        is_follower_count_hidden,
        lifetime_post_count
    from ranked
    where nth = 1
)

select * from final
