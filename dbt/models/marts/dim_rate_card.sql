-- What paid media asked for 1,000 views, impressions or people reached on a platform, from which day until which.
select
    rate_card_id,
    card_version,
    platform,
    metric,
    gbp_per_1k,
    from_date,
    until_date,
    source,
    source_url,
    declared_by,
    declared_date,
    {{ is_invented() }} as is_invented
from {{ ref('stg_register__rate_cards') }}
order by platform, metric, from_date
