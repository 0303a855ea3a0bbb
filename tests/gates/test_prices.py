"""Rate cards against those of the last release: what is published keeps its price, and none jumps unseen."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.gates.overrides import RULES, Override
from pipelines.gates.prices import price_changes
from pipelines.gates.release_gate import release_gate
from tests.gates.test_release_gate import RESIDENTS, cells, collection, release_of, warehouse

#: platform, metric, pounds for 1,000, first and last day. October is published (below), November is not.
Card = tuple[str, str, str, date, date]
SUMMER, SEPTEMBER_END, OCTOBER = date(2026, 4, 1), date(2026, 9, 30), date(2026, 10, 1)
OCTOBER_END, NOVEMBER, YEAR_END = date(2026, 10, 31), date(2026, 11, 1), date(2026, 12, 31)
VIEWS = ("x", "view_count")
BEFORE: list[Card] = [(*VIEWS, "4.00", SUMMER, SEPTEMBER_END), (*VIEWS, "5.00", OCTOBER, YEAR_END)]
PUBLISHED = [
    ("views_cost", "x", OCTOBER, OCTOBER_END, 12.0),
    ("views_cost", "x", NOVEMBER, date(2026, 11, 30), None),  # still provisional
    ("reach_cost", "x", SUMMER, YEAR_END, None),
    ("views", "x", SUMMER, YEAR_END, 99.0),  # not priced
    ("views_cost", "y", SUMMER, YEAR_END, 12.0),
]


def cards(rows: list[Card]) -> pl.DataFrame:
    schema = {
        **{"platform": pl.String, "metric": pl.String, "gbp_per_1k": pl.String},
        **{"from_date": pl.Date, "until_date": pl.Date},
    }
    return pl.DataFrame(rows, schema, orient="row").with_columns(pl.col("gbp_per_1k").cast(pl.Decimal(9, 2)))


def changes(folder: Path, now: list[Card], before: list[Card] = BEFORE) -> list[tuple[str, str]]:
    tables = folder / "last" / "tables"
    tables.mkdir(parents=True)
    cards(before).write_parquet(tables / "dim_rate_card.parquet")
    columns = ["indicator_id", "platform", "period_start", "period_end", "value"]
    pl.DataFrame(PUBLISHED, columns, orient="row").write_parquet(tables / "bench_values.parquet")
    with duckdb.connect() as connection:
        connection.register("now", cards(now))
        connection.execute("create table dim_rate_card as from now")
        connection.execute(
            "create table dim_indicator as from (values ('views_cost', 'view_count', true), "
            "('reach_cost', 'reach_count', true), ('views', 'view_count', false)) "
            "as t (indicator_id, metrics, is_priced)"
        )
        return list(price_changes(connection, folder / "last"))


CHANGED, MOVED = "published_prices_changed", "prices_moved"


@pytest.mark.parametrize(
    ("now", "rules"),
    [
        (BEFORE, []),
        # What nothing was published of may change, within the bound.
        ([(*VIEWS, "4.50", SUMMER, SEPTEMBER_END), BEFORE[1]], []),
        ([(*VIEWS, "5.00", OCTOBER, OCTOBER_END), (*VIEWS, "7.50", NOVEMBER, YEAR_END)], []),
        ([BEFORE[1], ("x", "reach_count", "99.00", SUMMER, YEAR_END)], []),
        # The same price in two rows, or for longer, is the same price.
        ([(*VIEWS, "5.00", OCTOBER, OCTOBER), (*VIEWS, "5.00", date(2026, 10, 2), OCTOBER_END)], []),
        ([BEFORE[0], (*VIEWS, "5.10", OCTOBER, YEAR_END)], [CHANGED]),
        ([BEFORE[0]], [CHANGED]),
        ([], [CHANGED]),
        ([BEFORE[0], (*VIEWS, "5.00", OCTOBER, date(2026, 10, 30))], [CHANGED]),
        ([(*VIEWS, "5.00", OCTOBER, OCTOBER_END), (*VIEWS, "7.51", NOVEMBER, YEAR_END)], [MOVED]),
        ([(*VIEWS, "5.00", OCTOBER, OCTOBER_END), (*VIEWS, "3.33", NOVEMBER, YEAR_END)], [MOVED]),
        # The card after the last one, against the last one.
        ([BEFORE[1], (*VIEWS, "50.00", date(2027, 1, 1), date(2027, 12, 31))], [MOVED]),
        ([(*VIEWS, "40.00", SUMMER, SEPTEMBER_END), BEFORE[1]], [MOVED]),
        ([BEFORE[0], (*VIEWS, "500.00", OCTOBER, YEAR_END)], [CHANGED, MOVED]),
    ],
)
def test_a_published_price_stands_and_none_jumps(tmp_path: Path, now: list[Card], rules: list[str]) -> None:
    assert [rule for rule, _ in changes(tmp_path, now)] == rules


def test_what_is_said_names_the_price_the_days_and_the_file(tmp_path: Path) -> None:
    now = [(*VIEWS, "5.00", OCTOBER, date(2026, 10, 28)), (*VIEWS, "9.00", date(2026, 10, 29), YEAR_END)]
    assert [said for _, said in changes(tmp_path, now)] == [
        "view_count on x cost £5.00 per 1,000 from 2026-10-01 to 2026-10-31 in the last release, and does "
        "not on 3 of these days, of which figures are published (rate_cards.csv)",
        "view_count on x is £9.00 per 1,000 from 2026-10-29, but £5.00 in the last release: more than 50% "
        "apart (rate_cards.csv)",
    ]


def test_a_release_of_before_rate_cards_had_no_prices(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        assert list(price_changes(connection, tmp_path)) == []


@pytest.mark.parametrize("rule", [None, MOVED, CHANGED])
def test_the_release_gate_stops_what_changes_and_an_override_lets_its_own_rule_pass(
    tmp_path: Path, rule: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slipped point in a price of which a week is published: both rules fire."""
    monkeypatch.setattr("pipelines.gates.release_gate.validate", lambda *_: [])  # has tests of its own
    week = (date(2026, 11, 2), date(2026, 11, 8))
    priced = cells().with_columns(indicator_id=pl.lit("views_cost"), period_end=pl.lit(week[1]))
    previous = release_of(tmp_path / "last", priced)
    cards([("bluesky", "view_count", "5.00", *week)]).write_parquet(
        previous / "tables" / "dim_rate_card.parquet"
    )
    path = warehouse(
        tmp_path,
        collection(5),
        bench_values=priced,
        dim_rate_card=cards([("bluesky", "view_count", "50.00", *week)]),
        **RESIDENTS,
    )
    with duckdb.connect(str(path)) as connection:
        connection.execute("alter table dim_indicator add is_priced boolean default true")
        connection.execute("alter table dim_indicator add metrics varchar default 'view_count'")
        connection.execute(
            "update dim_indicator set indicator_id = 'views_cost' where indicator_id = 'by_day'"
        )
    allowed = {rule: Override(rule, "Finance", "pence were pounds", date(2026, 12, 1))} if rule else {}
    result = release_gate(path, "build-1", previous, allowed)
    assert {failure.partition(":")[0] for failure in result.failures} == {CHANGED, MOVED} - {rule}
    assert len(result.overridden) == len(allowed)
    assert {CHANGED, MOVED} <= set(RULES)
    assert not result.passed
