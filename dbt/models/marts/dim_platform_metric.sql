-- is_collectable: what we can have by the platform's own way of collection. What a force returns comes from its
-- own tool, which has the owner's token; what is pulled has no more than the token that the platform names.
with final as (
    select
        metrics.platform,
        metrics.entity,
        metrics.metric,
        metrics.platform_field,
        cast(metrics.since as date) as since_date,
        cast(metrics.deprecated_on as date) as deprecated_date,
        metrics.token_needed,
        metrics.deprecated_on is null
        and (platforms.collected_by = 'return' or metrics.token_needed in ('none', 'return', platforms.token_needed))
            as is_collectable,
        {{ is_invented() }} as is_invented
    from {{ ref('platform_metrics') }} as metrics
    inner join {{ ref('platforms') }} as platforms
        on metrics.platform = platforms.platform
    order by metrics.platform, metrics.entity, metrics.metric
)

select * from final
