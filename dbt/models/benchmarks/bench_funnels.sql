{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- depends_on: {{ ref('stg_landing__window') }}
-- METHOD 2: how far each force is from the others, in units of what chance does and of what forces differ by besides
-- (overdispersion, tau2), with the limits of the funnel as it would be by chance alone (plain) and as it is.
-- The extremes do not tell what forces usually differ by: observed over expected leaves a tenth out at each end, the
-- other scales pull them in to the tenth and the ninetieth percentile. What counts as few independent conversations,
-- or posts, is one of the others and is not judged itself.
with placed as (
    select
        *,
        {{ quantile_over('z', 0.1, 'among') }} as z_low,
        {{ quantile_over('z', 0.9, 'among') }} as z_high,
        row_number() over (among order by z, area_id) as place,
        floor(compared_count / 10) as left_out_count,
        max(w) over among as largest_w  -- weights are summed as shares of it: their squares have too many digits
    from {{ ref('bench_funnel_places') }}
    window among as (partition by indicator_id, platform, account_scope, period_type, period_start)
),

spread as (
    select
        indicator_id,
        platform,
        account_scope,
        period_type,
        period_start,
        count(*) as kept_count,
        cast(sum(
            case when scale = 'log_ratio' then {{ exact('z * z') }}
                else {{ exact('power(least(z_high, greatest(z_low, z)), 2)') }}
            end
        ) as double) / count(*) as phi,
        max(largest_w) * (
            cast(sum({{ exact('w / largest_w') }}) as double)
            - cast(sum({{ exact('power(w / largest_w, 2)') }}) as double)
            / cast(sum({{ exact('w / largest_w') }}) as double)
        ) as freedom
    from placed
    where scale <> 'log_ratio' or place between left_out_count + 1 and compared_count - left_out_count
    group by all
),

judged as (
    select
        places.*,
        spread.phi,
        greatest(0, (kept_count * phi - (kept_count - 1)) / freedom) as tau2
    from placed as places
    inner join spread
        on places.indicator_id = spread.indicator_id
            and places.platform = spread.platform
            and places.account_scope = spread.account_scope
            and places.period_type = spread.period_type
            and places.period_start = spread.period_start
),

limited as (
    select
        *,
        sqrt(s * s + tau2) as spread_s,
        case
            when independent_n is null or independent_n >= {{ var('compared_from_effective_n') }}
                then (y - others) / sqrt(s * s + tau2)
        end as adjusted_z
    from judged
)

select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    period_end,
    scale,
    cast(compared_count as bigint) as compared_of,
    {{ funnel_value('others') }} as others_value,
    phi,
    tau2,
    adjusted_z as z,
    {{ two_sided_p('adjusted_z') }} as p_value,
    {%- for name, width in [('plain', 's'), ('funnel', 'spread_s')] %}
    {%- for confidence, of in [('95', '95'), ('99.8', '998')] %}
    {{ funnel_value('others - ' ~ z_value(confidence) ~ ' * ' ~ width) }} as {{ name }}{{ of }}_low,
    {{ funnel_value('others + ' ~ z_value(confidence) ~ ' * ' ~ width) }} as {{ name }}{{ of }}_high,
    {%- endfor %}
    {%- endfor %}
    {{ is_invented() }} as is_invented
from limited
order by period_end, period_type, indicator_id, platform, account_scope, area_id
