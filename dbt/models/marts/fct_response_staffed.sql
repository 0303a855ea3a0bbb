{{ config(materialized='view') }}

-- METHOD 4.5: the public conversations of each force's accounts whose staffed hours are declared, of the weeks and
-- months that this build computes. Where no account is left out they are the force's, and tell nothing that its own
-- count does not. Where some are left out, what is left of the force's count is theirs: such a month is there where, in
-- each scope that is shown and in the others together, both have ten conversations or one of them no account, and where
-- an account is left out on each of its days, so that no week of it is without; a week never is
-- (docs/decisions/0023-staffed-hours.md says why that is enough).
{% set enough = var('shown_from_n') %}
{% set cell = ['force_id', 'platform', 'period_type', 'period_start'] %}
with pieces as (
    select
        accounts.force_id,
        accounts.platform,
        accounts.period_type,
        accounts.period_start,
        case when shown.is_shown then scopes.account_scope end as shown_scope,
        count(*) filter (where accounts.is_counted) as counted_accounts,
        count(*) filter (where not accounts.is_counted) as left_out_accounts,
        bool_or(accounts.is_never_declared) as is_any_never_declared,
        sum(accounts.conversation_count) filter (where accounts.is_counted) as counted_count,
        sum(accounts.conversation_count) filter (where not accounts.is_counted) as left_out_count,
        sum(accounts.followed_count) filter (where accounts.is_counted) as followed_count,
        sum(accounts.answered_count) filter (where accounts.is_counted) as answered_count
    from {{ ref('fct_response_staffed_accounts') }} as accounts
    inner join {{ ref('dim_account_scope') }} as scopes
        on accounts.account_type = scopes.account_type and scopes.account_scope <> 'all'
    left join (select * from {{ ref('fct_response_shown') }} where channel = 'public') as shown
        on accounts.force_id = shown.force_id
            and accounts.platform = shown.platform
            and scopes.account_scope = shown.account_scope
            and accounts.period_type = shown.period_type
            and accounts.period_start = shown.period_start
    group by accounts.force_id, accounts.platform, accounts.period_type, accounts.period_start, shown_scope
),

totals as (
    select
        {{ cell | join(', ') }},
        cast(sum(counted_accounts) as bigint) as counted_accounts,
        cast(sum(left_out_accounts) as bigint) as left_out_accounts,
        coalesce(
            bool_or(is_any_never_declared)
            and sum(counted_count) >= {{ enough }}
            and sum(left_out_count) >= {{ enough }}
            and bool_and(coalesce(
                counted_accounts = 0
                or left_out_accounts = 0
                or (counted_count >= {{ enough }} and left_out_count >= {{ enough }}),
                false
            )),
            false
        ) as is_apart,
        cast(sum(counted_count) as bigint) as counted_count,
        cast(sum(followed_count) as bigint) as followed_count,
        cast(sum(answered_count) as bigint) as answered_count
    from pieces
    group by {{ cell | join(', ') }}
),

shown as (
    select
        totals.*,
        headlines.is_shown
        and totals.counted_accounts > 0
        and (totals.left_out_accounts = 0 or (totals.period_type = 'month' and totals.is_apart)) as is_there
    from totals
    inner join {{ ref('fct_response_headlines') }} as headlines
        on totals.force_id = headlines.force_id
            and totals.platform = headlines.platform
            and headlines.channel = 'public'
            and totals.period_type = headlines.period_type
            and totals.period_start = headlines.period_start
)

select
    force_id,
    platform,
    'all' as account_scope,
    period_type,
    period_start,
    counted_accounts as staffed_account_count,
    left_out_accounts as staffed_left_out_count,
    case when is_there then followed_count end as staffed_conversation_count,
    case when is_there then answered_count end as staffed_answered_1h_count,
    case when is_there then counted_count - followed_count end as staffed_lost_1h_count
from shown
