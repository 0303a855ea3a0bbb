-- An observation returned again replaces the one returned before.
with passed as (
    select
        landed.*,
        {{ number_of_run('landed.run_id') }} as run_number,
        row_number() over (
            partition by landed.account_id, landed.post_id, landed.observed_at_utc
            order by landed.run_id desc, landed.line desc
        ) as nth_latest
    from {{ source('returns', 'posts') }} as landed
    left join {{ ref('stg_landing__quarantined') }} as refused
        on landed.run_id = refused.run_id
            and landed.account_id = refused.account_id
    where refused.run_id is null
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
        run_number,
        cast(view_count as bigint) as view_count,
        cast(impression_count as bigint) as impression_count,
        cast(reach_count as bigint) as reach_count,
        cast(like_count as bigint) as like_count,
        cast(share_count as bigint) as share_count,
        cast(quote_count as bigint) as quote_count,
        cast(comment_count as bigint) as comment_count,
        cast(click_count as bigint) as click_count,
        false as is_comments_off,
        purpose,
        cast(purpose_rules_version as integer) as purpose_rules_version
    from passed
    where nth_latest = 1
)

select * from final
