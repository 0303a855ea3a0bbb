"""Bank holidays of each country, read from dbt/seeds/bank_holidays.csv, which is the sole list.

Belongs here: reading them. Does not belong here: which years must be there (dbt/tests,
assert_bank_holidays_are_known), or what is made of them.
"""

from datetime import date
from functools import cache
from pathlib import Path

from pipelines.registry.seed_rows import Row, keyed, read_rows


class _Holiday(Row, frozen=True, kw_only=True):
    holiday_date: date
    country: str
    name: str


@cache
def bank_holidays(seeds_dir: Path, country: str) -> frozenset[date]:
    """The days that are holidays in the country: England, Wales, Scotland or Northern Ireland.

    Raises:
        RegistryError: no such file, a cell that cannot be what it says, a day that is there twice.
    """
    rows = read_rows(seeds_dir / "bank_holidays.csv", _Holiday)
    keyed(rows, "country", "holiday_date")
    return frozenset(row.holiday_date for _, row in rows if row.country == country)
