"""Declared incidents, refused where a row cannot be what it says.

Belongs here: reading incidents.csv, and what must hold in it. Does not belong here: what was said and
shared in one (dbt/models/benchmarks/bench_incidents), or writing them (people do, in a review).
"""

from datetime import date
from pathlib import Path
from typing import Literal

from pipelines.registry.cells import Slug
from pipelines.registry.register import Force
from pipelines.registry.seed_rows import Row, keyed, read_rows, refer

FILE = "incidents.csv"


class Incident(Row, frozen=True, kw_only=True):
    incident_id: Slug
    incident_name: str
    incident_type: Literal["emergency", "disorder", "campaign", "event"]
    force_id: str
    from_date: date
    until_date: date
    declared_by: str
    declared_date: date
    source: str


#: The file without an incident.
NONE = ",".join(Incident.__struct_fields__) + "\n"


def check_incidents(register_dir: Path, seeds_dir: Path) -> dict[tuple[str, str], Incident]:
    """Every incident of the register by its id and force, in the order of the file.

    Raises:
        RegistryError: a cell is empty, wrong or names what does not exist, a force is there twice in one
            incident, the days are the wrong way round, or one incident has two names or types.
    """
    rows = read_rows(register_dir / FILE, Incident)
    refer(rows, "force_id", keyed(read_rows(seeds_dir / "forces.csv", Force), "force_id"))
    first: dict[str, Incident] = {}
    for where, row in rows:
        if row.until_date < row.from_date:
            raise where.error("until_date", f"{row.until_date} is before from_date, {row.from_date}")
        before = first.setdefault(row.incident_id, row)
        for column in ("incident_name", "incident_type"):
            if getattr(row, column) != getattr(before, column):
                raise where.error(column, f"{row.incident_id} has another above: {getattr(before, column)!r}")
    return keyed(rows, "incident_id", "force_id")
