{{ config(materialized='table') }}

-- From which day on this build computes anew; what is older stands as the last build left it. The days come from
-- pipelines/warehouse/window.py, which knows which runs the last build had not seen.
with final as (
    select
        cast(history_from_date as date) as history_from_date,
        cast(first_pull_date as date) as first_pull_date,
        cast(last_pull_date as date) as last_pull_date,
        cast(posts_from_date as date) as posts_from_date,
        cast(messages_from_date as date) as messages_from_date,
        -- A period takes its followers from the day after its end.
        {{ plus_days('cast(posts_from_date as date)', -1) }} as periods_from_date,
        {{ plus_days(period_start('week', to_london_date('cast(data_as_of_utc as timestamp)')), 7 - 7 * var('weeks_kept')) }}
            as oldest_week_date,
        cast(data_as_of_utc as timestamp) as data_as_of_utc,
        {{ to_london_date('cast(data_as_of_utc as timestamp)') }} as data_as_of_date
    from {{ source('landing', 'window') }}
)

select * from final
