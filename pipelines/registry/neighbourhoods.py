"""Neighbourhoods and the accounts that serve them, refused where a row cannot be what it says.

Belongs here: reading neighbourhoods.csv, and what must hold in it. Does not belong here: what data.police.uk
says today (pipelines/discovery/neighbourhoods.py), figures (dbt/models/benchmarks/bench_neighbourhoods), or
writing the rows (people do, in a review).
"""

import csv
import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pipelines.registry.register import Register, load
from pipelines.registry.seed_rows import Row, Rows, Where, read_rows

FILE = "neighbourhoods.csv"
#: By so much the neighbourhoods of a force may together have more residents than its area: data.police.uk
#: counts in another year than ONS, and rounds. More is a doubled row or a slipped digit.
MARGIN = 0.1


class Neighbourhood(Row, frozen=True, kw_only=True):
    """One neighbourhood for as long as it was drawn so and had these accounts; the next row of the same
    neighbourhood begins after it. `account_ids`: those of its accounts, with | between them."""

    force_id: str
    neighbourhood_id: str
    neighbourhood_name: str
    resident_count: Annotated[int, Meta(ge=1)] | None = None
    no_residents_because: Literal["zero", "not_a_number", "not_stated"] | None = None
    account_ids: str | None = None
    valid_from_date: date
    valid_until_date: date | None = None
    source: str
    source_date: date

    @property
    def accounts(self) -> tuple[str, ...]:
        """The ids of its accounts, in the order of the cell."""
        return tuple(self.account_ids.split("|")) if self.account_ids else ()

    def holds_on(self, day: date) -> bool:
        """Whether the row is what holds on `day`."""
        return self.valid_from_date <= day <= (self.valid_until_date or date.max)


class _Population(Row, frozen=True, kw_only=True):
    force_id: str
    vintage: str
    reference_year: int
    population: int


#: The file without a neighbourhood.
NONE = ",".join(Neighbourhood.__struct_fields__) + "\n"


def as_csv(rows: Iterable[Neighbourhood]) -> str:
    """The file of these rows, in their order."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Neighbourhood.__struct_fields__)
    writer.writerows(msgspec.structs.astuple(row) for row in rows)
    return out.getvalue()


def check_neighbourhoods(register_dir: Path, seeds_dir: Path) -> list[Neighbourhood]:
    """All rows of the register, in the order of the file.

    Raises:
        RegistryError: a cell is empty, wrong or names what does not exist, an account is of another force or
            of another type, two rows of one neighbourhood hold on one day, or a force's neighbourhoods have
            more residents together than its area, by more than `MARGIN`.
    """
    rows = read_rows(register_dir / FILE, Neighbourhood)
    register = load(register_dir, seeds_dir)
    for where, row in rows:
        if row.force_id not in register.forces:
            raise where.error("force_id", f"{row.force_id!r} is not in the register")
        if (row.resident_count is None) != (row.no_residents_because is not None):
            raise where.error(
                "no_residents_because", "goes with an empty resident_count, and only with an empty one"
            )
        if row.valid_until_date is not None and row.valid_until_date < row.valid_from_date:
            raise where.error(
                "valid_until_date", f"{row.valid_until_date} is before valid_from_date, {row.valid_from_date}"
            )
        _check_accounts(where, row, register)
    _check_once(rows)
    _check_residents(rows, seeds_dir)
    return [row for _, row in rows]


def _check_accounts(where: Where, row: Neighbourhood, register: Register) -> None:
    for nth, account_id in enumerate(row.accounts):
        account = register.accounts.get(account_id)
        if account is None:
            raise where.error("account_ids", f"{account_id!r} is not in the register")
        if account.force_id != row.force_id:
            raise where.error("account_ids", f"{account_id} is an account of {account.force_id}")
        if account.account_type != "neighbourhood":
            raise where.error("account_ids", f"{account_id} is no neighbourhood's: {account.account_type}")
        if account_id in row.accounts[:nth]:
            raise where.error("account_ids", f"{account_id} is there twice")


def _check_once(rows: Rows[Neighbourhood]) -> None:
    """A neighbourhood has one row on a day."""
    seen: dict[tuple[str, str], Rows[Neighbourhood]] = {}
    for where, row in rows:
        others = seen.setdefault((row.force_id, row.neighbourhood_id), [])
        for above, other in others:
            later = max(row.valid_from_date, other.valid_from_date)
            if row.holds_on(later) and other.holds_on(later):
                raise where.error(
                    "valid_from_date", f"{row.neighbourhood_id} holds already: line {above.line}"
                )
        others.append((where, row))


def _check_residents(rows: Rows[Neighbourhood], seeds_dir: Path) -> None:
    """A sum grows on the day on which a row begins, so that it is enough to look then."""
    newest: dict[str, _Population] = {}
    for _, found in read_rows(seeds_dir / "force_populations.csv", _Population):
        last = newest.setdefault(found.force_id, found)
        if (found.reference_year, found.vintage) > (last.reference_year, last.vintage):
            newest[found.force_id] = found
    by_force: dict[str, Rows[Neighbourhood]] = {}
    for where, row in rows:
        by_force.setdefault(row.force_id, []).append((where, row))
    for force_id, own in by_force.items():
        for day in {row.valid_from_date for _, row in own}:
            total = 0
            for where, row in own:
                if not row.holds_on(day) or row.resident_count is None:
                    continue
                if force_id not in newest:
                    raise where.error(
                        "resident_count", f"{force_id} has no residents (force_populations.csv)"
                    )
                total += row.resident_count
                of_force = newest[force_id].population
                if total > (1 + MARGIN) * of_force:
                    raise where.error(
                        "resident_count",
                        f"with it the neighbourhoods of {force_id} have {total:,} residents on {day}, over "
                        f"{MARGIN:.0%} more than the force's {of_force:,} ({newest[force_id].vintage})",
                    )
