"""Prices of rate cards against those of the last release: what is published stays, and no price jumps.

Belongs here: the comparison, and its bound. Does not belong here: what a single row must be
(registry/rate_cards.py), or what else a release would change (losses.py).
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.disk import as_sql

#: From one card to the next prices move by parts of a third; half as much again is another metric, another
#: currency or a slipped point until shown otherwise.
MAX_PRICE_CHANGE = 0.5
#: What is read of the last release; one of before rate cards has none, and then nothing was priced.
OF_LAST = "tables/dim_rate_card.parquet"


def price_changes(connection: duckdb.DuckDBPyConnection, previous: Path) -> Iterator[tuple[str, str]]:
    """Rule and sentence of each price that is not as it was, or not near to what it was.

    `connection`: to the build; `previous`: the folder of the last release.
    """
    if not (previous / OF_LAST).exists():
        return
    for name in (OF_LAST, "tables/bench_values.parquet"):
        view, file = f"previous_{Path(name).stem}", as_sql(previous / name)
        connection.execute(f"create or replace temp view {view} as from read_parquet({file})")
    for platform, metric, first, last, price, day_count in connection.sql(_PUBLISHED).fetchall():
        said = f"{metric} on {platform} cost £{price} per 1,000 from {first} to {last} in the last release"
        wrong = f"does not on {day_count} of these days, of which figures are published (rate_cards.csv)"
        yield "published_prices_changed", f"{said}, and {wrong}"
    for platform, metric, first, price, price_before in connection.sql(_MOVED).fetchall():
        said = f"{metric} on {platform} is £{price} per 1,000 from {first}, but £{price_before}"
        wrong = f"more than {MAX_PRICE_CHANGE:.0%} apart (rate_cards.csv)"
        yield "prices_moved", f"{said} in the last release: {wrong}"


#: Prices of before, as far as figures were published of their days; on how many of these they are others now.
_PUBLISHED = """
    with published as (
        select cells.platform, indicators.metrics as metric,
            min(period_start) as first, max(period_end) as last
        from previous_bench_values as cells
        inner join dim_indicator as indicators
            on cells.indicator_id = indicators.indicator_id and indicators.is_priced
        where cells.value is not null
        group by cells.platform, indicators.metrics
    ),
    before as (
        select cards.platform, cards.metric, cards.gbp_per_1k,
            greatest(cards.from_date, published.first) as first,
            least(cards.until_date, published.last) as last
        from previous_dim_rate_card as cards
        inner join published on cards.platform = published.platform and cards.metric = published.metric
        where cards.from_date <= published.last and cards.until_date >= published.first
    ),
    kept as (
        select before.platform, before.metric, before.first, before.last, before.gbp_per_1k,
            sum(
                1 + date_diff(
                    'day', greatest(now.from_date, before.first), least(now.until_date, before.last)
                )
            ) filter (
                where now.gbp_per_1k = before.gbp_per_1k
                    and now.from_date <= before.last and now.until_date >= before.first
            ) as kept_count
        from before
        left join dim_rate_card as now on now.platform = before.platform and now.metric = before.metric
        group by all
    )
    select platform, metric, first, last, gbp_per_1k,
        date_diff('day', first, last) + 1 - greatest(kept_count, 0) as changed_count
    from kept
    where changed_count > 0
    order by platform, metric, first
"""

#: Prices that the last release did not have, against the price that it had then, or last before then.
_MOVED = f"""
    select now.platform, now.metric, now.from_date, now.gbp_per_1k,
        arg_max(before.gbp_per_1k, before.from_date) as price_before
    from dim_rate_card as now
    inner join previous_dim_rate_card as before
        on now.platform = before.platform and now.metric = before.metric and before.from_date <= now.from_date
    group by all
    having greatest(now.gbp_per_1k, price_before)
        > {1 + MAX_PRICE_CHANGE} * least(now.gbp_per_1k, price_before)
    order by now.platform, now.metric, now.from_date
"""
