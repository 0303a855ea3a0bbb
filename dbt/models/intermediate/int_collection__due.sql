-- The best answer of each day for each account that is pulled. A day without any run counts too: it is a gap.
-- is_absent: the platform itself says that the account is gone, which is a fact and not a failure of ours.
with requests as (
    select
        account_id,
        pulled_date as collected_date,
        run_id,
        case when is_passed or status not in ('landed', 'empty') then status else 'failed' end as status,
        case when is_passed or status not in ('landed', 'empty') then reason else 'quarantined' end as reason,
        detail
    from {{ ref('stg_landing__requests') }}
    where entity = 'profiles' and landing_source <> 'returns'
),

ranked as (
    select
        *,
        row_number() over (
            partition by account_id, collected_date
            order by status in ('landed', 'empty') desc, run_id desc
        ) as nth
    from requests
),

-- The profile decides whether an account was collected; what of it was not is said beside.
parts_missing as (
    select
        account_id,
        run_id,
        {{ list_text("entity || ': ' || reason", 'entity') }} as reasons
    from {{ ref('stg_landing__requests') }}
    where entity <> 'profiles' and landing_source <> 'returns' and status not in ('landed', 'empty')
    group by account_id, run_id
),

days as (
    select
        {{ each_day('greatest(first_pull_date, posts_from_date)', 'last_pull_date') }} as collected_date
    from {{ ref('stg_landing__window') }}
),

account_days as (
    select
        accounts.account_id,
        accounts.force_id,
        accounts.platform,
        days.collected_date,
        exists(
            select 1
            from {{ ref('int_accounts__spells') }} as spells
            where spells.account_id = accounts.account_id
                and spells.from_date <= days.collected_date
                and (spells.until_date is null or spells.until_date > days.collected_date)
        ) as is_due
    from {{ ref('stg_register__accounts') }} as accounts
    inner join {{ ref('platforms') }} as platforms
        on accounts.platform = platforms.platform and platforms.collected_by = 'pull'
    cross join days
),

endings as (
    select account_id, min(event_date) as first_ending_date
    from {{ ref('stg_register__account_events') }}
    where event_type in ('suspended', 'merged_into', 'closed')
    group by account_id
),

final as (
    select
        account_days.*,
        coalesce(ranked.status, 'not_asked') as status,
        coalesce(nullif(ranked.reason, ''), parts_missing.reasons, ranked.reason) as reason,
        ranked.detail,
        (ranked.status = 'refused' and (
            ranked.reason in ('suspended', 'deactivated', 'merged', 'moved')
            or (ranked.reason = 'not_found' and endings.first_ending_date <= account_days.collected_date)
        )) is true as is_absent
    from account_days
    left join ranked
        on account_days.account_id = ranked.account_id
            and account_days.collected_date = ranked.collected_date
            and ranked.nth = 1
    left join parts_missing
        on ranked.account_id = parts_missing.account_id
            and ranked.run_id = parts_missing.run_id
    left join endings
        on account_days.account_id = endings.account_id
    where account_days.is_due or ranked.status is not null
)

select * from final
