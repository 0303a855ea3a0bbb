"""Declared rate cards, refused where a row cannot be what it says.

Belongs here: reading rate_cards.csv, and what must hold in it. Does not belong here: what reach would have
cost (dbt/models/benchmarks/bench_cost_equivalents), that a published price stays as it was (gates/prices.py),
or writing them (people do, in a review).
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from pipelines.registry.cells import Slug
from pipelines.registry.register import Metric, load_platforms
from pipelines.registry.seed_rows import Row, Rows, Where, keyed, read_rows, refer

FILE = "rate_cards.csv"


class RateCard(Row, frozen=True, kw_only=True):
    """`gbp_per_1k`: pounds for 1,000 of the metric, in whole pence."""

    rate_card_id: Slug
    card_version: Annotated[int, Meta(ge=1)]
    platform: str
    metric: Literal["view_count", "impression_count", "reach_count"]
    gbp_per_1k: Decimal
    from_date: date
    until_date: date
    source: str
    source_url: Annotated[
        str, Meta(pattern=r"^https?://\S+$", description="an address that begins with http:// or https://")
    ]
    declared_by: str
    declared_date: date


#: The file without a card.
NONE = ",".join(RateCard.__struct_fields__) + "\n"


def check_rate_cards(register_dir: Path, seeds_dir: Path) -> dict[tuple[str, str, date], RateCard]:
    """Every price of the register by its platform, metric and first day, in the order of the file.

    Raises:
        RegistryError: a cell is empty, wrong or names what does not exist, a platform has no such metric, a
            price is not above nought or not in whole pence, the days are the wrong way round, two prices hold
            on one day, or one version of a card has two sources.
    """
    rows = read_rows(register_dir / FILE, RateCard)
    refer(rows, "platform", {platform.platform for platform in load_platforms(seeds_dir)})
    metrics = [metric for _, metric in read_rows(seeds_dir / "platform_metrics.csv", Metric)]
    offered = {(metric.platform, metric.metric) for metric in metrics if metric.entity == "posts"}
    for where, row in rows:
        if (row.platform, row.metric) not in offered:
            raise where.error("metric", f"{row.platform} has no {row.metric} (platform_metrics.csv)")
        _check_price(where, row)
        if row.until_date < row.from_date:
            raise where.error("until_date", f"{row.until_date} is before from_date, {row.from_date}")
    _check_once(rows)
    return keyed(rows, "platform", "metric", "from_date")


def _check_price(where: Where, row: RateCard) -> None:
    if not row.gbp_per_1k.is_finite() or row.gbp_per_1k <= 0:
        raise where.error("gbp_per_1k", f"{row.gbp_per_1k} is not above nought")
    if row.gbp_per_1k != round(row.gbp_per_1k, 2):
        raise where.error("gbp_per_1k", f"{row.gbp_per_1k} is not in whole pence")
    if row.gbp_per_1k >= 10_000_000:
        raise where.error("gbp_per_1k", f"{row.gbp_per_1k} is no price of 1,000 views")


def _check_once(rows: Rows[RateCard]) -> None:
    """One price holds on a day, and what a card's version is has been published once."""
    for nth, (where, row) in enumerate(rows):
        for _, other in rows[:nth]:
            is_same = (row.platform, row.metric) == (other.platform, other.metric)
            if is_same and row.from_date <= other.until_date and other.from_date <= row.until_date:
                said = f"{other.rate_card_id} version {other.card_version} holds until {other.until_date}"
                raise where.error("from_date", f"two prices on one day: {said}")
            if (row.rate_card_id, row.card_version) == (other.rate_card_id, other.card_version):
                for column in ("source", "source_url"):
                    if getattr(row, column) != getattr(other, column):
                        said = f"version {row.card_version} of {row.rate_card_id} has another above"
                        raise where.error(column, f"{said}: {getattr(other, column)!r}")
