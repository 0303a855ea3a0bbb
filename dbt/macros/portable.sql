{# What only DuckDB says. Another adapter adds its own `<adapter>__<name>` beside each. #}

{% macro to_london_date(utc) %}{{ return(adapter.dispatch('to_london_date', 'beatbook')(utc)) }}{% endmacro %}
{# London is never behind UTC and at most an hour ahead, so that the zone is asked in the last hour of a day only. #}
{% macro duckdb__to_london_date(utc) -%}
case
    when hour({{ utc }}) < 23 then cast({{ utc }} as date)
    else cast(timezone('Europe/London', timezone('UTC', {{ utc }})) as date)
end
{%- endmacro %}

{#
    The moment, UTC, at which so many minutes have gone by on London's clocks since midnight of a day. A time that comes
    twice when the clocks go back is its first, one that they leave out is the moment at which they go forward.
#}
{% macro london_to_utc(day, minutes) %}
{{ return(adapter.dispatch('london_to_utc', 'beatbook')(day, minutes)) }}
{% endmacro %}
{% macro duckdb__london_to_utc(day, minutes) -%}
{%- set local = '(cast(' ~ day ~ ' as timestamp) + to_minutes(' ~ minutes ~ '))' -%}
case
    when timezone('Europe/London', timezone('UTC', {{ local }} - to_hours(1))) = {{ local }}
        then {{ local }} - to_hours(1)
    when timezone('Europe/London', timezone('UTC', {{ local }})) = {{ local }} then {{ local }}
    else date_trunc('hour', {{ local }})
end
{%- endmacro %}

{# The hour of the day in London, 0 to 23. #}
{% macro london_hour(utc) %}{{ return(adapter.dispatch('london_hour', 'beatbook')(utc)) }}{% endmacro %}
{% macro duckdb__london_hour(utc) %}hour(timezone('Europe/London', timezone('UTC', {{ utc }}))){% endmacro %}

{# The day of the week, 1 for Monday to 7 for Sunday. #}
{% macro weekday(day) %}{{ return(adapter.dispatch('weekday', 'beatbook')(day)) }}{% endmacro %}
{% macro duckdb__weekday(day) %}isodow({{ day }}){% endmacro %}

{# The same in three letters, as the register has it. #}
{% macro weekday_name(day) %}substring('montuewedthufrisatsun', 3 * cast({{ weekday(day) }} as integer) - 2, 3){% endmacro %}

{% macro seconds_between(earlier, later) %}
{{ return(adapter.dispatch('seconds_between', 'beatbook')(earlier, later)) }}
{% endmacro %}
{% macro duckdb__seconds_between(earlier, later) -%}
(cast(epoch_us({{ later }}) - epoch_us({{ earlier }}) as double) / 1e6)
{%- endmacro %}

{% macro plus_hours(moment, hours) %}
{{ return(adapter.dispatch('plus_hours', 'beatbook')(moment, hours)) }}
{% endmacro %}
{% macro duckdb__plus_hours(moment, hours) %}({{ moment }} + to_hours({{ hours }})){% endmacro %}

{% macro plus_days(day, days) %}{{ return(adapter.dispatch('plus_days', 'beatbook')(day, days)) }}{% endmacro %}
{% macro duckdb__plus_days(day, days) %}cast({{ day }} + ({{ days }}) as date){% endmacro %}

{% macro days_between(earlier, later) %}
{{ return(adapter.dispatch('days_between', 'beatbook')(earlier, later)) }}
{% endmacro %}
{% macro duckdb__days_between(earlier, later) %}date_diff('day', {{ earlier }}, {{ later }}){% endmacro %}

{# First and last day of the week (Monday to Sunday), month, quarter or year of a day. #}
{% macro period_start(period_type, day) %}
{{ return(adapter.dispatch('period_start', 'beatbook')(period_type, day)) }}
{% endmacro %}
{% macro duckdb__period_start(period_type, day) %}cast(date_trunc('{{ period_type }}', {{ day }}) as date){% endmacro %}

{% macro period_end(period_type, day) %}
{{ return(adapter.dispatch('period_end', 'beatbook')(period_type, day)) }}
{% endmacro %}
{% macro duckdb__period_end(period_type, day) -%}
cast(date_trunc('{{ period_type }}', {{ day }}) + interval 1 {{ period_type }} - interval 1 day as date)
{%- endmacro %}

{% macro plus_months(day, months) %}{{ return(adapter.dispatch('plus_months', 'beatbook')(day, months)) }}{% endmacro %}
{% macro duckdb__plus_months(day, months) %}cast({{ day }} + to_months({{ months }}) as date){% endmacro %}

{# One row for each day from the first to the last of them, both included; none when either is null. #}
{% macro each_day(first_day, last_day) %}
{{ return(adapter.dispatch('each_day', 'beatbook')(first_day, last_day)) }}
{% endmacro %}
{% macro duckdb__each_day(first_day, last_day) -%}
cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date)
{%- endmacro %}

{# Text values in one line, in a stated order. #}
{% macro list_text(text, in_order) %}
{{ return(adapter.dispatch('list_text', 'beatbook')(text, in_order)) }}
{% endmacro %}
{# An aggregate in an order keeps every row that it is given, also those that say nothing: leave them out. #}
{% macro duckdb__list_text(text, in_order) -%}
string_agg({{ text }}, ', ' order by {{ in_order }}) filter (where {{ text }} is not null)
{%- endmacro %}

{# 'a, b, c' → 'a, b and c' #}
{% macro last_and(text) %}{{ return(adapter.dispatch('last_and', 'beatbook')(text)) }}{% endmacro %}
{% macro duckdb__last_and(text) %}regexp_replace({{ text }}, ', ([^,]*)$', ' and \1'){% endmacro %}

{# 21000 → '21,000'; 142.857 → '142.9' #}
{% macro thousands(number) %}{{ return(adapter.dispatch('thousands', 'beatbook')(number)) }}{% endmacro %}
{% macro duckdb__thousands(number) %}format('{:,}', cast({{ number }} as bigint)){% endmacro %}

{% macro one_place(number) %}{{ return(adapter.dispatch('one_place', 'beatbook')(number)) }}{% endmacro %}
{% macro duckdb__one_place(number) %}format('{:,.1f}', cast({{ number }} as double)){% endmacro %}

{# 2026-11-02 → '2 November 2026' #}
{% macro long_date(day) %}{{ return(adapter.dispatch('long_date', 'beatbook')(day)) }}{% endmacro %}
{% macro duckdb__long_date(day) %}strftime({{ day }}, '%-d %B %Y'){% endmacro %}

{# 2026-10-01 → 'October 2026' #}
{% macro long_month(day) %}{{ return(adapter.dispatch('long_month', 'beatbook')(day)) }}{% endmacro %}
{% macro duckdb__long_month(day) %}strftime({{ day }}, '%B %Y'){% endmacro %}

{# As a sentence names it: 'October 2026', 'the week from 2 November 2026'. #}
{% macro named_period(period) -%}
case {{ period }}.period_type
    when 'month' then {{ long_month(period ~ '.period_start') }}
    else 'the ' || {{ period }}.period_type || ' from ' || {{ long_date(period ~ '.period_start') }}
end
{%- endmacro %}

{# <read>/<source>/<entity>/<run_id>.parquet → <source> #}
{% macro landing_source(filename) %}{{ return(adapter.dispatch('landing_source', 'beatbook')(filename)) }}{% endmacro %}
{% macro duckdb__landing_source(filename) %}string_split({{ filename }}, '/')[-3]{% endmacro %}

{# The number in a run's id, r00000123-…: of two runs the greater is the later. #}
{% macro number_of_run(run_id) %}cast(substring({{ run_id }}, 2, 8) as integer){% endmacro %}

{# A pulse, by its run's id (pipelines/landing/store.py). #}
{% macro is_of_pulse(run_id) %}({{ run_id }} like '%-pulse'){% endmacro %}

{# A file of the sandbox's invented register, every column as text. #}
{% macro read_register(file) %}{{ return(adapter.dispatch('read_register', 'beatbook')(file)) }}{% endmacro %}
{% macro duckdb__read_register(file) -%}
read_csv(
    '{{ (env_var("BEATBOOK_REGISTER") ~ "/" ~ file) | replace("'", "''") }}',
    header = true, all_varchar = true, delim = ',', quote = '"'
)
{%- endmacro %}

{# The value in the row where `key` is greatest or least, also when that value is null. #}
{% macro value_at_max(value, key) %}{{ return(adapter.dispatch('value_at_max', 'beatbook')(value, key)) }}{% endmacro %}
{% macro duckdb__value_at_max(value, key) %}arg_max_null({{ value }}, {{ key }}){% endmacro %}

{% macro value_at_min(value, key) %}{{ return(adapter.dispatch('value_at_min', 'beatbook')(value, key)) }}{% endmacro %}
{% macro duckdb__value_at_min(value, key) %}arg_min_null({{ value }}, {{ key }}){% endmacro %}

{# Milliseconds of a moment, as a number to order by. #}
{% macro milliseconds(moment) %}{{ return(adapter.dispatch('milliseconds', 'beatbook')(moment)) }}{% endmacro %}
{% macro duckdb__milliseconds(moment) %}epoch_ms({{ moment }}){% endmacro %}

{# Several columns as one value, whose fields have their names: to be kept or carried together. #}
{% macro together(columns) %}{{ return(adapter.dispatch('together', 'beatbook')(columns)) }}{% endmacro %}
{% macro duckdb__together(columns) -%}
struct_pack({% for column in columns %}{{ column }} := {{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# A quantile of a column over a named window, by linear interpolation (type 7). #}
{% macro quantile_over(value, share, named) %}
{{ return(adapter.dispatch('quantile_over', 'beatbook')(value, share, named)) }}
{% endmacro %}
{% macro duckdb__quantile_over(value, share, named) %}quantile_cont({{ value }}, {{ share }}) over {{ named }}{% endmacro %}
