"""The real forces, read from the seeds that dbt reads: the sole copy.

Here: force ids, names, populations and a size for those without residents.
Not here: anything invented.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parent.parent / "dbt" / "seeds"
RESIDENTS_PER_OFFICER = 400  # about the national average: turns officers into a comparable size
SIZE_WITHOUT_FIGURES = 500_000


@dataclass(frozen=True, slots=True)
class Force:
    """One force, with the size from which its invented accounts are scaled, and its residents if any."""

    force_id: str
    name: str
    size: int
    residents: int | None
    on_police_uk: bool


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _true(text: str) -> bool:
    return text.strip().lower() in {"true", "yes", "1", "t"}


@lru_cache(maxsize=1)
def forces() -> tuple[Force, ...]:
    """All forces in the order of their ids."""
    populations: dict[str, tuple[str, int]] = {}
    for row in _rows("force_populations.csv"):
        if row["population"]:
            found = (row["reference_year"], round(float(row["population"])))
            populations[row["force_id"]] = max(populations.get(row["force_id"], found), found)
    out = []
    for row in sorted(_rows("forces.csv"), key=lambda r: r["force_id"]):
        force_id = row["force_id"]
        population = populations[force_id][1] if force_id in populations else None
        officers = row["officers_fte"]
        if population is not None and _true(row["is_per_head"]):
            size = population
        elif officers:
            size = round(float(officers)) * RESIDENTS_PER_OFFICER
        else:
            size = SIZE_WITHOUT_FIGURES
        out.append(Force(force_id, row["force_name"], size, population, _true(row["on_police_uk"])))
    return tuple(out)
