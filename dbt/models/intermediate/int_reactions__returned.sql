-- Observations of posts that say every sort of reaction: of one that leaves a sort out nobody knows the mix. One
-- returned again replaces the one returned before.
with numbered as (
    select
        *,
        row_number() over (
            partition by account_id, post_id, pulled_at_utc
            order by run_id desc, line desc
        ) as nth_latest
    from {{ ref('stg_returns__reactions') }}
    where kind = 'post'
),

final as (
    select
        account_id,
        platform,
        post_id,
        pulled_at_utc,
        {% for reaction in var('reactions') %}
        {{ reaction }}_reaction_count,
        {% endfor %}
        {{ to_london_date('created_at_utc') }} as created_date,
        {{ seconds_between('created_at_utc', 'pulled_at_utc') }} as age_seconds
    from numbered
    where nth_latest = 1
        {% for reaction in var('reactions') %}
        and {{ reaction }}_reaction_count is not null
        {% endfor %}
)

select * from final
