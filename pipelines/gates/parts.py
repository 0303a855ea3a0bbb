"""What nights tell of days, weekends of weekdays, accounts with declared hours of those without: relations of
the attack on suppressed counts.

Belongs here: how the parts of a force's conversations add up. Does not belong here: other relations
(disclosure.py), or which parts are shown (dbt/models/marts/fct_response_parts).
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache

import polars as pl

from pipelines.gates.bounds import Row
from pipelines.gates.relations import Cell, Key, Relations
from pipelines.settings import SEEDS

#: A part, and what with it is all.
OTHER = {"night": "day", "weekend": "weekday"}


def of_parts(cells: dict[Key, Cell], expressions: dict[Key, list[int]], relations: Relations) -> None:
    """Two parts are all conversations of a month, and of what is longer no more than all.

    Whom nobody followed for an hour is in neither part: a reader who does not mind is hardly ever wrong, so
    the attack does not mind either. Days that are all weekend, or none, have no more than that part.
    """
    for key in [key for key in expressions if key.part in OTHER]:
        other, whole = key._replace(part=OTHER[key.part]), key._replace(part="all")
        if other not in expressions or whole not in expressions:
            continue
        total = cells[whole].total
        known = [count for part in (key, other) if (count := cells[part].total) is not None]
        is_month = key.period_type == "month"
        if total is None and known:
            most = sum(known) if len(known) == 2 and is_month else None
            relations.rows.append(
                Row(expressions[whole], sum(known), most, f"{key} and what is not {key.part}")
            )
        if total is None:
            continue
        if len(known) < 2:
            both = [*expressions[key], *expressions[other]]
            relations.rows.append(Row(both, total if is_month else 0, total, f"{whole} and its parts"))
        elif is_month and key.part == "weekend":
            for part, is_weekend in ((key, True), (other, False)):
                pieces = [piece for piece in expressions[whole] if _is_all(relations, piece, key, is_weekend)]
                most = max(total - sum(known), 0) + (cells[part].total or 0)
                relations.rows.append(Row(pieces, 0, most, f"{part} and the days that are nothing else"))


def of_staffed(cells: dict[Key, Cell], expressions: dict[Key, list[int]], relations: Relations) -> None:
    """Accounts with declared hours are some of all: where others are left out, the rest is theirs.

    What these have is published nowhere, and is a suppressed count like any other.
    """
    for key in [key for key in expressions if key.part == "staffed"]:
        whole = key._replace(part="all")
        if whole not in expressions:
            continue
        cell, total = cells[key], cells[whole].total
        if total is None:
            relations.rows.append(Row(expressions[whole], cell.least, None, f"{key}, which are some of them"))
        elif cell.is_suppressed:
            relations.rows.append(Row(expressions[key], 0, total, str(whole)))
        elif cell.leaves_out:
            others = key._replace(part="left out")
            cells[others], expressions[others] = Cell(None, 0, True), [relations.variable(others)]
            relations.rows.append(Row(expressions[others], 0, total - cell.least, f"{whole} and {key}"))


def _is_all(relations: Relations, piece: int, key: Key, is_weekend: bool) -> bool:
    first, last = relations.days[piece]
    days = [first + timedelta(days) for days in range((last - first).days + 1)]
    return all(_is_weekend(key.area_id, day) is is_weekend for day in days)


def _is_weekend(force_id: str, day: date) -> bool:
    """Saturdays, Sundays and the bank holidays of the force's country; without one, those of England."""
    countries, holidays = _holidays()
    return day.weekday() > 4 or day in holidays[countries.get(force_id) or "England"]


@cache
def _holidays() -> tuple[dict[str, str | None], dict[str, set[date]]]:
    """Each force's country, and each country's bank holidays."""
    holidays: defaultdict[str, set[date]] = defaultdict(set)
    rows = pl.read_csv(SEEDS / "bank_holidays.csv", try_parse_dates=True)
    for day, country in rows.select("holiday_date", "country").iter_rows():
        holidays[country].add(day)
    forces = pl.read_csv(SEEDS / "forces.csv").select("force_id", "country")
    return dict(forces.iter_rows()), holidays
