{% set indicator = indicator_definition('answered_24h_pct') %}

with {{ response_coverage() }},

{{ answered_within(indicator) }},

{{ response_rows(indicator) }}

select * from final
