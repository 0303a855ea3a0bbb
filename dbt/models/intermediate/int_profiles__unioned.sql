-- A pulled count stands before a returned one of the same day.
{% set sources = ['youtube', 'bluesky', 'mastodon', 'returns'] %}
with unioned as (
    {% for source in sources %}
    select
        landing_source,
        platform,
        force_id,
        account_id,
        pulled_at_utc,
        pulled_date,
        run_id,
        follower_count,
        is_follower_count_hidden,
        post_count
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
        post_count
    from ranked
    where nth = 1
)

select * from final
