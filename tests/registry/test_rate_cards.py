"""Declared rate cards: a row that cannot be what it says is refused by file, line and column."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.registry import RegistryError, check_rate_cards
from pipelines.registry.rate_cards import FILE, NONE
from pipelines.settings import SEEDS
from sandbox.register import RATE_CARD_COLUMNS, rate_cards_csv

GOOD = {
    "rate_card_id": "agency-2026",
    "card_version": "1",
    "platform": "youtube",
    "metric": "view_count",
    "gbp_per_1k": "6.40",
    "from_date": "2026-04-01",
    "until_date": "2027-03-31",
    "source": "an agency",
    "source_url": "https://example.org/rates",
    "declared_by": "Finance",
    "declared_date": "2026-03-20",
}
FACEBOOK = {"platform": "facebook", "metric": "reach_count"}


def write(folder: Path, *rows: dict[str, str]) -> None:
    (folder / FILE).write_text(NONE + "".join(",".join((GOOD | row).values()) + "\n" for row in rows))


def refused(folder: Path, *rows: dict[str, str]) -> RegistryError:
    write(folder, *rows)
    with pytest.raises(RegistryError) as found:
        check_rate_cards(folder, SEEDS)
    return found.value


def test_the_seed_as_committed_prices_nothing() -> None:
    """There is no card yet whose price anybody could look up."""
    assert (SEEDS / FILE).read_text() == NONE
    assert check_rate_cards(SEEDS, SEEDS) == {}


def test_those_of_the_sandbox_are_what_a_register_may_hold_and_say_that_they_are_invented(
    tmp_path: Path,
) -> None:
    assert ",".join(RATE_CARD_COLUMNS) + "\n" == NONE
    (tmp_path / FILE).write_text(rate_cards_csv())
    found = check_rate_cards(tmp_path, SEEDS).values()
    assert {card.source for card in found} == {"sandbox (invented)"}
    youtube = [(card.card_version, card.gbp_per_1k) for card in found if card.platform == "youtube"]
    assert youtube == [(1, Decimal("6.40")), (2, Decimal("6.90"))]


def test_a_card_prices_several_platforms_and_another_version_follows_it(tmp_path: Path) -> None:
    later = {"card_version": "2", "from_date": "2027-04-01", "until_date": "2028-03-31"}
    write(tmp_path, {}, FACEBOOK, later | {"source": "the same agency"})
    assert len(check_rate_cards(tmp_path, SEEDS)) == 3


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"rate_card_id": "Agency 2026"}, "rate_card_id", "small letters, digits and hyphens"),
        ({"card_version": "0"}, "card_version", "a whole number of 1 or more"),
        ({"platform": "myspace"}, "platform", "'myspace' is not in the register"),
        ({"metric": "like_count"}, "metric", "like_count"),
        ({"metric": "impression_count"}, "metric", "youtube has no impression_count"),
        ({"gbp_per_1k": ""}, "gbp_per_1k", "empty"),
        ({"gbp_per_1k": "six"}, "gbp_per_1k", "should hold a number"),
        ({"gbp_per_1k": "0"}, "gbp_per_1k", "0 is not above nought"),
        ({"gbp_per_1k": "-6.40"}, "gbp_per_1k", "-6.40 is not above nought"),
        ({"gbp_per_1k": "NaN"}, "gbp_per_1k", "NaN is not above nought"),
        ({"gbp_per_1k": "6.405"}, "gbp_per_1k", "6.405 is not in whole pence"),
        ({"gbp_per_1k": "10000000"}, "gbp_per_1k", "no price of 1,000"),
        ({"from_date": "1 April"}, "from_date", "date"),
        ({"until_date": ""}, "until_date", "empty"),
        ({"until_date": "2026-03-31"}, "until_date", "2026-03-31 is before from_date, 2026-04-01"),
        ({"source": ""}, "source", "empty"),
        ({"source_url": ""}, "source_url", "empty"),
        ({"source_url": "their website"}, "source_url", "an address that begins with"),
        ({"declared_by": ""}, "declared_by", "empty"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, cells: dict[str, str], column: str, problem: str) -> None:
    found = refused(tmp_path, FACEBOOK, cells)
    assert (found.line, found.column) == (3, column)
    assert problem in found.problem


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"rate_card_id": "other"}, "from_date", "one day: agency-2026 version 1 holds until 2027"),
        ({"card_version": "2", "from_date": "2027-03-31"}, "from_date", "two prices on one day"),
        (FACEBOOK | {"source": "another agency"}, "source", "version 1 of agency-2026 has another above"),
        (FACEBOOK | {"source_url": "https://example.org/b"}, "source_url", "'https://example.org/rates'"),
    ],
)
def test_a_day_has_one_price_and_a_version_one_source(
    tmp_path: Path, cells: dict[str, str], column: str, problem: str
) -> None:
    found = refused(tmp_path, {}, cells)
    assert (found.line, found.column) == (3, column)
    assert problem in found.problem
