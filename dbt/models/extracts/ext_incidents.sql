-- A force's declared incidents: what it said, how far it travelled, who came.
select * from {{ ref('bench_incidents') }}
