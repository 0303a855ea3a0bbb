-- depends_on: {{ ref('rate_cards') }}
with register as (
    select * from {{ read_register('rate_cards.csv') if is_sandbox() else ref('rate_cards') }}
),

final as (
    select
        cast(rate_card_id as varchar) as rate_card_id,
        cast(card_version as integer) as card_version,
        cast(platform as varchar) as platform,
        cast(metric as varchar) as metric,
        cast(gbp_per_1k as decimal(9, 2)) as gbp_per_1k,
        cast(from_date as date) as from_date,
        cast(until_date as date) as until_date,
        cast(source as varchar) as source,
        cast(source_url as varchar) as source_url,
        cast(declared_by as varchar) as declared_by,
        cast(declared_date as date) as declared_date
    from register
)

select * from final
