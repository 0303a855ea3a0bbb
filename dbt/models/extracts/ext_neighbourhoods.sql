-- A force's neighbourhoods: residents, accounts, and what these have for each 1,000 of them.
select * from {{ ref('bench_neighbourhoods') }}
