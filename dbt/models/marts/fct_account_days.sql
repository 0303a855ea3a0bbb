{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('activity_date', 'posts_from_date') }}"
) }}

-- The atom of the warehouse: everything that adds over accounts and days is counted here, once. A day that is known and
-- had no posts has 0 of them; of a day that is not known only what was seen is counted. How often something was seen,
-- times the pounds for 1,000 of it on that day, is what that would have cost, in thousandths of a pound.
with posts as (
    select
        account_id,
        created_date,
        count(*) filter (where kind = 'post') as post_count,
        count(*) filter (where kind = 'reply') as reply_count,
        count(*) filter (where kind in ('post', 'reply')) as written_count,
        count(*) filter (where kind = 'post' and note_7d = 'provisional') as provisional_post_count,
        count(*) filter (where kind = 'post' and note_7d = 'late') as late_post_count,
        count(*) filter (where kind = 'post' and is_comments_off) as comments_off_count,
        count(age_at_export_seconds) filter (where kind = 'post') as exported_post_count,
        sum(age_at_export_seconds) filter (where kind = 'post') as age_at_export_seconds,
        {% for counter, age in var('first_day_counters') %}
        sum({{ counter }}_{{ age }}) filter (where kind = 'post') as {{ counter }}_{{ age }},
        count({{ counter }}_{{ age }}) filter (where kind = 'post')
            as {{ counter | replace('_count', '_valued_' ~ age ~ '_count') }},
        {% endfor %}
        sum(engagement_count_7d) filter (where kind = 'post' and view_count_7d is not null) as paired_engagement_count_7d,
        sum(view_count_7d) filter (where kind = 'post' and engagement_count_7d is not null) as paired_view_count_7d,
        count(view_count_7d) filter (where kind = 'post' and engagement_count_7d is not null) as paired_valued_count,
        {% for counter in var('counters') + ['engagement_count'] %}
        sum({{ counter }}_at_export) filter (where kind = 'post') as {{ counter }}_at_export,
        count({{ counter }}_at_export) filter (where kind = 'post')
            as {{ counter | replace('_count', '_exported_count') }},
        sum({{ counter }}_7d) filter (where kind = 'post') as {{ counter }}_7d,
        count({{ counter }}_7d) filter (where kind = 'post') as {{ counter | replace('_count', '_valued_count') }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('fct_posts') }}
    where created_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
    group by account_id, created_date
),

-- Public and direct messages apart (METHOD 4.1). lost: not answered and not followed for so long.
{% for channel in ['public', 'direct'] %}
{{ channel }}_conversations as (
    select
        account_id,
        opened_date,
        count(*) filter (where not is_closing) as conversation_count,
        count(*) filter (where is_closing) as closing_count,
        count(*) filter (where not is_closing and is_acknowledged) as acknowledged_count,
        count(*) filter (where not is_closing and not is_asker_known) as thread_asker_count,
        {% for horizon, seconds in var('horizons').items() %}
        count(*) filter (where not is_closing and is_answered and waited_seconds <= {{ seconds }})
            as answered_{{ horizon }}_count,
        count(*) filter (where not is_closing and not is_answered and waited_seconds < {{ seconds }})
            as lost_{{ horizon }}_count,
        count(*) filter (
            where not is_closing and {{ seconds_between('opened_at_utc', 'followed_until_utc') }} >= {{ seconds }}
        ) as followed_{{ horizon }}_count,
        count(*) filter (
            where not is_closing and is_answered and waited_seconds <= {{ seconds }}
                and {{ seconds_between('opened_at_utc', 'followed_until_utc') }} >= {{ seconds }}
        ) as answered_followed_{{ horizon }}_count{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('fct_conversations') }}
    where channel = '{{ channel }}' and opened_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
    group by account_id, opened_date
){{ ',' if not loop.last }}

{% endfor %}
select
    opened.account_id, opened.activity_date, opened.force_id, opened.platform, opened.account_type, opened.is_open,
    coalesce(collection.is_absent, false) as is_absent,
    known.is_posts_known, known.is_messages_known, known.is_direct_known, known.is_outcomes_known,
    profiles.follower_count is not null as is_followers_known,
    known.is_returned or coalesce(profiles.landing_source = 'returns', false) as is_returned,
    collection.status,
    collection.reason,
    profiles.pulled_at_utc as observed_at_utc,
    profiles.follower_count, profiles.is_follower_count_hidden, profiles.lifetime_post_count,
    profiles.correction_ids as profile_correction_ids,
    cast(opened.is_open as bigint) as open_day_count,
    cast(opened.is_open and collection.is_absent is not true as bigint) as present_day_count,
    cast(opened.is_open and known.is_posts_known as bigint) as posts_known_day_count,
    cast(opened.is_open and known.is_messages_known as bigint) as messages_known_day_count,
    cast(opened.is_open and known.is_direct_known as bigint) as direct_known_day_count,
    {% for measure in [
        'post_count', 'reply_count', 'written_count', 'provisional_post_count', 'late_post_count', 'comments_off_count',
        'exported_post_count', 'paired_valued_count'
    ] %}
    {{ zero_where('known.is_posts_known', 'posts.' ~ measure) }} as {{ measure }},
    {% endfor %}
    {% for measure in ['age_at_export_seconds', 'paired_engagement_count_7d', 'paired_view_count_7d'] %}
    {{ sum_of_posts(measure) }} as {{ measure }},
    {% endfor %}
    {% for counter, age in var('first_day_counters') %}
    {% set valued = counter | replace('_count', '_valued_' ~ age ~ '_count') %}
    {{ sum_of_posts(counter ~ '_' ~ age) }} as {{ counter }}_{{ age }},
    {{ zero_where('known.is_posts_known', 'posts.' ~ valued) }} as {{ valued }},
    {% endfor %}
    {% for counter in var('counters') + ['engagement_count'] %}
    {% set valued = counter | replace('_count', '_valued_count') %}
    {% set exported = counter | replace('_count', '_exported_count') %}
    {{ sum_of_posts(counter ~ '_7d') }} as {{ counter }}_7d,
    {% if counter in var('priced_counters') %}
    cast(round({{ sum_of_posts(counter ~ '_7d') }} * prices.{{ counter | replace('_count', '_gbp_per_1k') }}) as bigint)
        as {{ counter | replace('_count', '_milli_gbp_7d') }},
    {% endif %}
    {{ zero_where('known.is_posts_known', 'posts.' ~ valued) }} as {{ valued }},
    {{ sum_of_posts(counter ~ '_at_export') }} as {{ counter }}_at_export,
    {{ zero_where('known.is_posts_known', 'posts.' ~ exported) }} as {{ exported }},
    {% endfor %}
    {% for channel, prefix, is_known in [
        ('public', '', 'known.is_messages_known'), ('direct', 'direct_', 'known.is_direct_known')
    ] %}
    {% for measure in ['conversation_count', 'closing_count', 'acknowledged_count', 'thread_asker_count'] %}
    {{ zero_where(is_known, channel ~ '_conversations.' ~ measure) }} as {{ prefix }}{{ measure }},
    {% endfor %}
    {% for horizon in var('horizons') %}
    {% for measure in ['answered', 'lost', 'followed', 'answered_followed'] %}
    {% set column = measure ~ '_' ~ horizon ~ '_count' %}
    {{ zero_where(is_known, channel ~ '_conversations.' ~ column) }} as {{ prefix }}{{ column }},
    {% endfor %}
    {% endfor %}
    {% endfor %}
    {{ is_invented() }} as is_invented
from {{ ref('int_account_days__opened') }} as opened
inner join {{ ref('int_account_days__known') }} as known
    on opened.account_id = known.account_id
        and opened.activity_date = known.activity_date
left join {{ ref('fct_collection') }} as collection
    on opened.account_id = collection.account_id
        and opened.activity_date = collection.collected_date
left join {{ ref('int_profiles__unioned') }} as profiles
    on opened.account_id = profiles.account_id
        and opened.activity_date = profiles.pulled_date
left join posts
    on opened.account_id = posts.account_id
        and opened.activity_date = posts.created_date
left join {{ ref('fct_daily_prices') }} as prices
    on opened.platform = prices.platform
        and opened.activity_date = prices.price_date
{% for channel in ['public', 'direct'] %}
left join {{ channel }}_conversations
    on opened.account_id = {{ channel }}_conversations.account_id
        and opened.activity_date = {{ channel }}_conversations.opened_date
{% endfor %}
order by opened.activity_date, opened.account_id
