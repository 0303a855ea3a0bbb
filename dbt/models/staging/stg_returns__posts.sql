-- A file returned again replaces the observations that it holds.
with latest as (
    {{ latest_passed(
        'returns', 'posts', 'landed.account_id, landed.post_id, landed.observed_at_utc',
        "'returns', landed.platform", 'landed.line desc'
    ) }}
),

final as (
    select
        'returns' as landing_source,
        platform,
        force_id,
        account_id,
        post_id,
        kind,
        created_at_utc,
        observed_at_utc as pulled_at_utc,
        run_id,
        cast(view_count as bigint) as view_count,
        cast(impression_count as bigint) as impression_count,
        cast(reach_count as bigint) as reach_count,
        cast(like_count as bigint) as like_count,
        cast(share_count as bigint) as share_count,
        cast(quote_count as bigint) as quote_count,
        cast(comment_count as bigint) as comment_count,
        cast(click_count as bigint) as click_count
    from latest
)

select * from final
