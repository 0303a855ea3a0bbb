-- What came of a force's mergers, beside forces that merged nothing.
select * from {{ ref('bench_merger_effects') }}
