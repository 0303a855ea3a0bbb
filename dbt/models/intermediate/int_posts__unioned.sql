{% set sources = ['youtube', 'bluesky', 'mastodon', 'returns'] %}
with unioned as (
    {% for source in sources %}
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
        view_count,
        impression_count,
        reach_count,
        like_count,
        share_count,
        quote_count,
        comment_count,
        click_count
    from {{ ref('stg_' ~ source ~ '__posts') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        *,
        {{ seconds_between('created_at_utc', 'pulled_at_utc') }} as age_seconds
    from unioned
)

select * from final
