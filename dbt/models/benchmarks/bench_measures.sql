{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- The measures of each force, platform, account scope and period. Posts and followers are those of accounts that the
-- platform still has at the end of the period; questions are counted whatever became of the account. The platform
-- `all` pools messages over the platforms whose terms do not hold them back. Groups are summed in bench_cells, where it
-- is known which forces have a value.
with accounts as (
    select
        accounts.*,
        scopes.account_scope,
        platforms.platform_name,
        platforms.is_terms_restricted,
        -- What comes with returns alone is due where it has come, and nothing that we may not ask.
        accounts.messages_known_day_count > 0
        or (platforms.collected_by = 'pull' and accounts.last_reason is distinct from 'not_authorised') as is_due,
        accounts.open_day_count > 0 and not accounts.is_absent_at_end as is_there,
        coalesce(accounts.account_type in (
            select account_type from {{ ref('dim_account_scope') }} where account_scope = 'official'
        ), false) as is_official,
        accounts.follower_count - accounts.follower_count_before as follower_change,
        accounts.posts_known_day_count = accounts.open_day_count as is_posts_known,
        accounts.messages_known_day_count >= accounts.present_day_count as is_messages_known,
        accounts.direct_known_day_count >= accounts.present_day_count as is_direct_known,
        accounts.account_id || coalesce(' (' || nullif(accounts.last_reason, '') || ')', '') as account_text,
        accounts.account_id || ' (' || case
            when accounts.is_follower_count_hidden then 'hidden by the channel'
            else coalesce(nullif(accounts.last_reason, ''), accounts.last_status, 'nothing returned')
        end || ')' as follower_text
    from {{ ref('fct_account_periods') }} as accounts
    inner join {{ ref('dim_account_scope') }} as scopes
        on accounts.account_type = scopes.account_type
    inner join {{ ref('dim_platform') }} as platforms
        on accounts.platform = platforms.platform
    where accounts.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

by_platform as (
    select
        force_id,
        platform,
        platform_name,
        is_terms_restricted,
        account_scope,
        period_type,
        period_start,
        period_end,
        count(*) filter (where is_there) as account_count,
        cast({{ days_between('period_start', 'period_end') }} + 1 as bigint) as force_day_count,
        cast(sum(present_day_count) as bigint) as messages_due_day_count,
        cast(sum(present_day_count) filter (where is_due) as bigint) as asked_due_day_count,
        count(*) filter (where is_there and is_open_at_end) as open_account_count,
        cast(sum(follower_count) filter (where is_there and is_open_at_end) as bigint) as follower_count,
        cast(sum(follower_count) filter (where is_there and is_open_at_end and is_official) as bigint)
            as official_follower_count,
        count(follower_change) filter (where is_there and is_open_at_end) as kept_account_count,
        cast(sum(follower_count_before) filter (where is_there and is_open_at_end and follower_change is not null) as bigint)
            as follower_count_before,
        cast(sum(follower_change) filter (where is_there and is_open_at_end) as bigint) as follower_gain_count,
        count(*) filter (where is_there and is_open_at_end and is_settled) as settled_account_count,
        count(*) filter (where is_there and is_open_at_end and is_dormant) as dormant_account_count,
        count(*) filter (where messages_known_day_count > 0) as messages_known_account_count,
        count(*) filter (where direct_known_day_count > 0) as direct_known_account_count,
        {% for measure in var('day_measures') %}
        {% set about = measure.removeprefix('direct_') %}
        {% set is_pooled = about.startswith(
            ('conversation', 'closing', 'acknowledged', 'thread_asker', 'answered', 'lost', 'followed', 'messages_known',
            'known_day')
        ) %}
        cast(sum({{ measure }}){{ '' if is_pooled else ' filter (where is_there)' }} as bigint) as {{ measure }},
        {% endfor %}
        {{ list_text(
            'case when is_there and is_open_at_end and follower_count is null then follower_text end', 'account_id'
        ) }} as followers_missing,
        {{ list_text('case when is_there and not is_posts_known then account_text end', 'account_id') }} as posts_missing,
        {{ list_text('case when not is_messages_known then account_text end', 'account_id') }} as messages_missing,
        {{ list_text('case when not is_direct_known then account_id end', 'account_id') }} as direct_missing,
        -- Asked and not answered: a platform that comes with returns alone is not missing.
        {{ list_text(
            "case when not is_messages_known and nullif(last_reason, '') is not null then account_text end",
            'account_id'
        ) }} as messages_failed
    from accounts
    group by
        force_id, platform, platform_name, is_terms_restricted, account_scope, period_type, period_start, period_end
),

all_platforms as (
    select
        force_id,
        'all' as platform,
        account_scope,
        period_type,
        period_start,
        period_end,
        cast({{ days_between('period_start', 'period_end') }} + 1 as bigint) as force_day_count,
        cast(sum(asked_due_day_count) as bigint) as messages_due_day_count,
        {% for measure in [
            'account_count', 'open_account_count', 'settled_account_count', 'dormant_account_count',
            'messages_known_account_count', 'direct_known_account_count'
        ] + var('day_measures') %}
        cast(sum({{ measure }}) as bigint) as {{ measure }},
        {% endfor %}
        {{ list_text('messages_failed', 'platform') }} as messages_missing,
        {{ last_and(list_text('case when messages_known_account_count > 0 then platform_name end', 'platform_name')) }}
            as messages_known_on,
        {{ last_and(list_text('case when direct_known_account_count > 0 then platform_name end', 'platform_name')) }}
            as direct_known_on
    from by_platform
    where not is_terms_restricted
    group by force_id, account_scope, period_type, period_start, period_end
),

unioned as (
    select
        force_id, platform, account_scope, period_type, period_start, period_end, account_count, open_account_count,
        force_day_count, messages_due_day_count, follower_count, official_follower_count, settled_account_count,
        dormant_account_count, kept_account_count, follower_count_before, follower_gain_count,
        messages_known_account_count, direct_known_account_count,
        {% for measure in var('day_measures') %}{{ measure }}, {% endfor %}
        followers_missing, posts_missing, messages_missing, direct_missing,
        cast(null as varchar) as messages_known_on, cast(null as varchar) as direct_known_on
    from by_platform
    union all
    select
        force_id, platform, account_scope, period_type, period_start, period_end, account_count, open_account_count,
        force_day_count, messages_due_day_count, cast(null as bigint) as follower_count,
        cast(null as bigint) as official_follower_count, settled_account_count, dormant_account_count,
        cast(null as bigint) as kept_account_count, cast(null as bigint) as follower_count_before,
        cast(null as bigint) as follower_gain_count, messages_known_account_count, direct_known_account_count,
        {% for measure in var('day_measures') %}{{ measure }}, {% endfor %}
        cast(null as varchar) as followers_missing, cast(null as varchar) as posts_missing, messages_missing,
        cast(null as varchar) as direct_missing, messages_known_on, direct_known_on
    from all_platforms
)

select
    unioned.*,
    populations.population as resident_count,
    populations.vintage as population_vintage,
    {{ is_invented() }} as is_invented
from unioned
left join {{ ref('dim_force_population') }} as populations
    on unioned.force_id = populations.force_id
        and extract(year from unioned.period_start) >= populations.from_year
        and (populations.until_year is null or extract(year from unioned.period_start) < populations.until_year)
order by unioned.period_end, unioned.period_type, unioned.force_id, unioned.platform, unioned.account_scope
