"""Bank holidays: read from the seed by country, a wrong row refused by its place."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.registry import RegistryError
from pipelines.registry.holidays import bank_holidays
from pipelines.settings import SEEDS

HEAD = "holiday_date,country,name\n"


def test_each_country_has_its_own() -> None:
    """St Andrew's Day is Scotland's, Easter Monday is not."""
    scotland, england = (bank_holidays(SEEDS, country) for country in ("Scotland", "England"))
    assert date(2026, 11, 30) in scotland - england
    assert date(2026, 4, 6) in england - scotland
    assert bank_holidays(SEEDS, "Wales") == england


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        ("2026-12-32,England,Boxing Day\n", 2, "holiday_date"),
        ("2026-12-25,England,\n", 2, "name"),
        ("2026-12-25,England,Christmas Day\n" * 2, 3, "holiday_date"),
    ],
)
def test_a_wrong_row_is_named_by_its_place(tmp_path: Path, rows: str, line: int, column: str) -> None:
    (tmp_path / "bank_holidays.csv").write_text(HEAD + rows)
    with pytest.raises(RegistryError) as wrong:
        bank_holidays(tmp_path, "England")
    assert (wrong.value.line, wrong.value.column) == (line, column)
