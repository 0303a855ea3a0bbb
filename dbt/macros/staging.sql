{#
    The rows of a landing entity that the landing gate let pass, the latest of each key.
    `verdict_platform` is the SQL that a verdict's platform must equal (returns name either).
#}
{% macro latest_passed(source_name, entity, key, verdict_platform, tie_break='pulled_at_utc desc') %}
    select *
    from (
        select
            landed.*,
            row_number() over (
                partition by {{ key }}
                order by landed.run_id desc, {{ tie_break }}
            ) as nth_latest
        from {{ source(source_name, entity) }} as landed
        where exists (
            select 1
            from {{ ref('stg_landing__verdicts') }} as verdicts
            where verdicts.landing_source = '{{ source_name }}'
                and verdicts.run_id = landed.run_id
                and verdicts.force_id = landed.force_id
                and verdicts.platform in ({{ verdict_platform }})
                and verdicts.verdict = 'passed'
        )
    ) as ranked
    where nth_latest = 1
{% endmacro %}
