with latest as (
    {{ latest_passed(
        'returns', 'profiles', "landed.account_id, " ~ to_london_date('landed.observed_at_utc'),
        "'returns', landed.platform", 'landed.observed_at_utc desc, landed.line desc'
    ) }}
),

final as (
    select
        'returns' as landing_source,
        platform,
        force_id,
        account_id,
        observed_at_utc as pulled_at_utc,
        run_id,
        {{ to_london_date('observed_at_utc') }} as pulled_date,
        cast(follower_count as bigint) as follower_count,
        cast(false as boolean) as is_follower_count_hidden,
        cast(post_count as bigint) as post_count
    from latest
)

select * from final
