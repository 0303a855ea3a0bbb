{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- METHOD 1, clustering: how far the answers of each force, platform, channel, account scope, week and month vary from post
-- to post. A cluster is what was asked below one post in the period, on whatever day of it; where nobody says below which
-- post, one thread. The variances add over forces, platforms and months.
{% set outcomes = {'acknowledged': 'conversations.is_acknowledged'} %}
{% for horizon, seconds in var('horizons').items() %}
{% do outcomes.update({
    'answered_' ~ horizon: 'conversations.is_answered and conversations.waited_seconds <= ' ~ seconds
}) %}
{% endfor %}
with clusters as (
    select
        conversations.force_id,
        conversations.platform,
        conversations.channel,
        conversations.account_id,
        accounts.account_type,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        coalesce(conversations.post_id, conversations.conversation_id, conversations.message_id) as cluster_id,
        {% for outcome, is_so in outcomes.items() %}
        count(*) filter (where {{ is_so }}) as {{ outcome }}_count,
        {% endfor %}
        count(*) as conversation_count
    from {{ ref('fct_conversations') }} as conversations
    inner join {{ ref('dim_account') }} as accounts
        on conversations.account_id = accounts.account_id
    inner join {{ ref('dim_period') }} as periods
        on conversations.opened_date between periods.period_start and periods.period_end
            and periods.period_type in ('week', 'month')
            and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    where not conversations.is_closing
        -- Such a month began at most 31 days before.
        and conversations.opened_date
        >= (select {{ plus_days('periods_from_date', -31) }} from {{ ref('stg_landing__window') }})
    group by all
),

sums as (
    select
        clusters.force_id,
        clusters.platform,
        clusters.channel,
        scopes.account_scope,
        clusters.period_type,
        clusters.period_start,
        clusters.period_end,
        count(*) as cluster_count,
        cast(sum(clusters.conversation_count) as bigint) as conversation_count,
        cast(sum(clusters.conversation_count * clusters.conversation_count) as bigint) as cluster_square_count,
        {% for outcome in outcomes %}
        cast(sum(clusters.{{ outcome }}_count) as bigint) as {{ outcome }}_count,
        cast(sum(clusters.{{ outcome }}_count * clusters.{{ outcome }}_count) as bigint) as {{ outcome }}_squares,
        cast(sum(clusters.{{ outcome }}_count * clusters.conversation_count) as bigint)
            as {{ outcome }}_products{{ ',' if not loop.last }}
        {% endfor %}
    from clusters
    inner join {{ ref('dim_account_scope') }} as scopes
        on clusters.account_type = scopes.account_type
    group by all
)

select
    force_id,
    platform,
    channel,
    account_scope,
    period_type,
    period_start,
    period_end,
    cluster_count,
    conversation_count,
    cluster_square_count,
    {% for outcome in outcomes %}
    {{ outcome }}_count,
    cast({{ cluster_variance(
        outcome ~ '_count', 'conversation_count', outcome ~ '_squares', outcome ~ '_products', 'cluster_square_count',
        'cluster_count'
    ) }} as decimal(18, 6)) as {{ outcome }}_variance,
    {% endfor %}
    {{ is_invented() }} as is_invented
from sums
order by period_end, period_type, force_id, platform, channel, account_scope
