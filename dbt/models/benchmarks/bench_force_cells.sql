{{ config(materialized='view') }}

-- What each indicator is made of, for each force, platform, account scope and period that this build computes: its
-- numerator, denominator and n, or why they do not make a number. What can never have one is in bench_not_available.
with cells as (
    select
        measures.*, periods.is_complete, periods.days_since_end_count, indicators.indicator_id, indicators.part,
        indicators.known_by, indicators.minimum_n, indicators.horizon, indicators.denominator_measure,
        indicators.is_priced and indicators.denominator_measure is null as is_money,
        indicators.known_by in ('messages', 'direct_messages') as is_of_messages,
        {% for name, public, direct in [
            ('is_channel_shown', 'is_public_shown', 'is_direct_shown'), ('left_out', 'public_left_out', 'direct_left_out'),
            ('known_on', 'messages_known_on', 'direct_known_on'), ('accounts_missing', 'messages_missing', 'direct_missing'),
            ('known_day_count', 'messages_known_day_count', 'direct_known_day_count'),
        ] %}
        case indicators.known_by when 'direct_messages' then {{ direct }} else {{ public }} end as {{ name }},
        {% endfor %}
        case indicators.known_by when 'direct_messages' then 'direct messages' else 'messages' end as messages_text,
        -- What is expected is no whole number, and a denominator alone.
        cast({{ measure_named('numerator_measure') }} as bigint) as numerator,
        {{ measure_named('denominator_measure') }} as denominator,
        cast({{ measure_named('n_measure') }} as bigint) as n,
        {{ clustering() }}
    from {{ ref('bench_possible_cells') }} as possible
    inner join {{ ref('bench_shown_measures') }} as measures
        on possible.force_id = measures.force_id
            and possible.platform = measures.platform
            and possible.account_scope = measures.account_scope
            and possible.period_type = measures.period_type
            and possible.period_start = measures.period_start
    inner join {{ ref('dim_period') }} as periods
        on possible.period_type = periods.period_type and possible.period_start = periods.period_start
    inner join {{ ref('dim_indicator') }} as indicators
        on possible.indicator_id = indicators.indicator_id
),

available as (
    select
        *,
        -- The parts of a day, or week, are there both or neither (fct_response_parts, fct_response_staffed).
        is_channel_shown and (part is null or n is not null) as is_shown,
        -- What is no ratio has nothing to divide by.
        denominator_measure is not null and (denominator is null or denominator = 0) as is_indivisible,
        -- What was asked on days of which nobody knows is missing from every sum: of so many days there is no number.
        known_day_count > 0
        and known_day_count >= {{ var('minimum_known_days_share') }} * messages_due_day_count as is_messages_known,
        -- METHOD 5: of a total over posts the few without a value are taken to be like the others.
        known_by like 'values%' and n < post_count and n >= {{ var('minimum_valued_share') }} * post_count
        and (is_money or denominator_measure in ('resident_count', 'follower_count')) as is_estimated
    from cells
),

judged as (
    select
        *,
        case
            when account_count = 0 then 'no_account'
            when not is_complete or (known_by like 'values%h' and days_since_end_count <= 2) then 'provisional'
            when part = 'staffed' and staffed_account_count = 0 then 'not_declared'
            when known_by like 'followers%' and open_account_count = 0 then 'no_account'
            when known_by = 'followers_both' and n = 0 then 'not_collected'
            when (known_by = 'followers' or denominator_measure = 'follower_count') and followers_missing is not null
                then 'not_collected'
            when known_by in ('posts', 'outcomes') and posts_missing is not null
                -- On the day after the end the pull that completes the period is still to come.
                then case when days_since_end_count <= 1 then 'provisional' else 'not_collected' end
            when known_by = 'values_7d' and (days_since_end_count <= 7 or provisional_post_count > 0) then 'provisional'
            when known_by like 'values%' and posts_missing is not null then 'not_collected'
            when known_by = 'values_7d' and n < {{ var('minimum_valued_share') }} * post_count
                then case when 2 * late_post_count >= post_count - n then 'late' else 'not_collected' end
            when known_by like 'values%' and n < {{ var('minimum_valued_share') }} * post_count then 'not_collected'
            when is_of_messages and not is_messages_known
                then case when days_since_end_count <= 1 then 'provisional' else 'not_collected' end
        end as known_note,
        case
            when account_count = 0 then 'no account was there at the end of the period'
            when not is_complete then 'the period is not over'
            when part = 'staffed' and staffed_account_count = 0 then 'no account has staffed hours declared throughout'
            when known_by like 'followers%' and open_account_count = 0
                then 'no account was open at the end of the period'
            when known_by = 'followers_both' and n < open_account_count
                then n || ' of ' || open_account_count || ' accounts have a count at both ends and no merger between'
            when known_by = 'followers' or (denominator_measure = 'follower_count' and followers_missing is not null)
                then 'no follower count: ' || followers_missing
            when known_by = 'values_7d' and (days_since_end_count <= 7 or provisional_post_count > 0)
                then 'not all posts of the period are seven days old'
            when known_by like 'values%h' and days_since_end_count <= 2 then 'the last posts may still be read'
            when known_by in ('posts', 'outcomes') or (known_by like 'values%' and posts_missing is not null)
                then 'posts are not known for the whole period: ' || posts_missing
            when known_by = 'values_7d' and n < post_count
                then n || ' of ' || post_count || ' posts have a 7-day value, ' || late_post_count || ' came late'
                    || case when is_estimated then '; estimated as if the others were like them' else '' end
            when known_by like 'values%' and n < post_count
                then n || ' of ' || post_count || ' posts '
                    || if(known_by = 'values_export', 'have a count at export', 'were read by a pulse after ')
                    || case known_by when 'values_1h' then 'an hour' when 'values_24h' then 'a day' else '' end
                    || case when is_estimated then '; estimated as if the others were like them' else '' end
            when is_of_messages then nullif(concat_ws(
                    '; ',
                    case
                        when platform = 'all'
                            then messages_text || coalesce(' from ' || known_on, ' were collected from no account')
                    end,
                    case
                        when known_day_count < messages_due_day_count
                            then messages_text || ' are known of ' || known_day_count || ' of '
                                || messages_due_day_count || ' account-days'
                                || coalesce(', not whole of ' || accounts_missing, '')
                    end
                ), '')
        end as known_detail
    from available
)

select
    indicator_id, force_id, platform, account_scope, period_type, period_start, period_end, is_complete, known_by, n,
    days_since_end_count, population_vintage, denominator, cluster_variance, clustered_events, clustered_n,
    case when is_estimated then cast(round(numerator * post_count / n) as bigint) else numerator end as numerator,
    if(part = 'staffed', staffed_lost_1h_count, {{ horizon_measure('lost') }}) as lost_count,
    cluster_squares, {{ horizon_measure('followed') }} as followed_count,
    {{ horizon_measure('answered_followed') }} as answered_followed_count,
    -- Of messages: whether they are in the sums of groups, also where not all of the force's were collected.
    case when is_of_messages then is_shown end as is_shown,
    case
        when known_note is not null then known_note
        when is_of_messages and not is_shown then 'suppressed'
        when denominator is null and denominator_measure = 'resident_count' then 'not_applicable'
        when is_indivisible then 'nothing_to_count'
        when n < minimum_n then 'suppressed'
    end as value_note,
    case
        when known_note is not null then known_detail
        when is_of_messages
            then nullif(concat_ws(
                    '; ',
                    case when not is_shown or n < minimum_n then 'fewer than ' || minimum_n || ' to count' end
                    || case when not is_shown then ', or fewer could be worked out from it' else '' end,
                    known_detail,
                    case
                        when is_shown and part is null then left_out
                        when is_shown and period_type not in ('week', 'month') then 'of months with enough to show'
                    end
                ), '')
        when denominator is null and denominator_measure = 'resident_count'
            then 'no population of this year or before is known'
        when is_indivisible then 'nothing to divide by'
        when n < minimum_n then 'fewer than ' || minimum_n || ' to count'
        else known_detail
    end as note_detail
from judged
