{{ config(materialized='view') }}

-- METHOD 6: what a merger or a closing can move: the force's figures of the account's platform and, where its terms do
-- not hold it back, of all platforms together, in the scopes that the account counts in. A group has the breaks of
-- nobody: it is the sum of many.
select
    events.force_id as area_id,
    platforms.pooled_platform as platform,
    scopes.account_scope,
    events.event_date,
    events.account_id,
    events.account_id || case events.event_type
        when 'merged_into' then ' was merged into ' || events.into_account_id
        else ' was closed'
    end || ' on ' || cast(events.event_date as varchar) as event_text
from {{ ref('dim_account_event') }} as events
inner join {{ ref('dim_account_scope') }} as scopes
    on events.account_type = scopes.account_type
inner join (
    select platform, platform as pooled_platform from {{ ref('dim_platform') }}
    union all
    select platform, 'all' as pooled_platform from {{ ref('dim_platform') }} where not is_terms_restricted
) as platforms
    on events.platform = platforms.platform
where events.event_type in ('merged_into', 'closed')
