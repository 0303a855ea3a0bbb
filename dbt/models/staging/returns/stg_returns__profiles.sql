-- The latest count of each account and day.
with passed as (
    select
        landed.*,
        row_number() over (
            partition by landed.account_id, {{ to_london_date('landed.observed_at_utc') }}
            order by landed.run_id desc, landed.observed_at_utc desc, landed.line desc
        ) as nth_latest
    from {{ source('returns', 'profiles') }} as landed
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
        observed_at_utc as pulled_at_utc,
        run_id,
        cast(follower_count as bigint) as follower_count,
        cast(false as boolean) as is_follower_count_hidden,
        cast(post_count as bigint) as lifetime_post_count
    from passed
    where nth_latest = 1
)

select * from final
