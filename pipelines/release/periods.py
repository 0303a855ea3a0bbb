"""Which period a table is of: the one asked for, or the newest that is final for all indicators alike.

Belongs here: reading what was asked, and the choice when nothing was. Does not belong here: the figures
(reader.py), or which periods there are (dbt: dim_period).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date

import duckdb


class NotFoundError(Exception):
    """What was asked for is not in the release; the message says what there is."""


@dataclass(frozen=True)
class Period:
    """A period of the release. `remark` says how it was chosen, where nobody asked for it."""

    period_type: str
    start: date
    end: date
    remark: str = ""

    @property
    def name(self) -> str:
        """As it is written in a title."""
        last = f"{calendar.month_name[self.end.month]} {self.end.year}"
        match self.period_type:
            case "week":
                month = f" {calendar.month_name[self.start.month]}" * (self.start.month != self.end.month)
                return f"week of {self.start.day}{month} to {self.end.day} {last}"
            case "month":
                return last
            case "quarter":
                return f"{self.start.year}-Q{self.end.month // 3}"
            case "year":
                return str(self.start.year)
            case _:
                return f"twelve months to {last}"


#: How a period is asked for, and which type it then is; a day is in one of every type.
_FORMS = (
    (r"(\d{4}-\d\d-\d\d)", None),
    (r"(\d{4}-\d\d)", "month"),
    (r"(\d{4})-[Qq]([1-4])", "quarter"),
    (r"(\d{4})", "year"),
)


def choose(connection: duckdb.DuckDBPyConnection, asked: str | None, period_type: str | None) -> Period:
    """The period that a table is of. `asked`: a day (2026-10-21), month (2026-10), quarter (2026-Q4) or year
    (2026), None for the newest that is final. `period_type`: one of those of dim_period; None is what `asked`
    says, a month for a day and where nothing was asked.

    Raises:
        NotFoundError: the release has no such period; the message says from when to when it has some.
    """
    if asked is None:
        return _newest(connection, period_type)
    day, said = _read(asked)
    chosen = period_type or said or "month"
    if said not in (None, chosen) and (said, chosen) != ("month", "rolling_12_months"):
        raise NotFoundError(f"{asked} is a {said} and no {chosen}: give a day that is in the {chosen}")
    rows = connection.sql(
        "select period_start, period_end from dim_period where period_type = $period_type order by 1",
        params={"period_type": chosen},
    ).fetchall()
    for start, end in rows:
        # The twelve months that end with a month are named after it.
        begins = end.replace(day=1) if chosen == "rolling_12_months" else start
        if begins <= day <= end:
            return Period(chosen, start, end)
    there = f"; there are: {rows[0][0]} to {rows[-1][1]}" if rows else ""
    raise NotFoundError(f"the release has no {chosen.replace('_', ' ')} with {asked}{there}")


def final_months(connection: duckdb.DuckDBPyConnection) -> list[date]:
    """The first day of each month that is final for all indicators alike, the newest first."""
    rows = connection.sql(_PERIODS).fetchall()
    return [start for type_, start, _, _, is_final in rows if type_ == "month" and is_final]


def _read(asked: str) -> tuple[date, str | None]:
    for form, said in _FORMS:
        if found := re.fullmatch(form, asked):
            year, *rest = (int(part) for group in found.groups() for part in group.split("-"))
            if said == "quarter":
                rest = [3 * rest[0] - 2]
            try:
                return date(year, *[*rest, 1, 1][:2]), said
            except ValueError:
                break
    raise NotFoundError(f"{asked} is no day (2026-10-21), month (2026-10), quarter (2026-Q4) or year (2026)")


def _newest(connection: duckdb.DuckDBPyConnection, period_type: str | None) -> Period:
    rows = connection.sql(_PERIODS).fetchall()
    for wanted in [period_type] if period_type else ["month", "week"]:
        for type_, start, end, _, is_final in rows:
            if type_ == wanted and is_final:
                remark = f"The newest {wanted} that is final for all indicators."
                if wanted != (period_type or "month"):
                    remark = f"No month is final for all indicators yet: this is the newest {wanted} that is."
                return Period(wanted, start, end, remark)
    wanted = period_type or "week"
    over = [row for row in rows if row[0] == wanted and row[3]]
    for _, start, end, is_over, _ in over or [row for row in rows if row[0] == wanted]:
        which = "newest that is over" if is_over else "newest"
        remark = f"No {wanted} is final for all indicators yet: this is the {which}."
        return Period(wanted, start, end, remark)
    raise NotFoundError(f"the release has no {wanted}")


#: Newest first, whether it is over, and whether it is final: on no platform on which an indicator has numbers
#: is a force's cell provisional. A week or month must also have numbers for all that has numbers within it:
#: of one from before messages were collected, tables could not be set side by side.
_PERIODS = """
    with cells as (
        select v.indicator_id, v.platform, v.period_type, v.period_start, v.period_end, v.value,
            v.is_provisional
        from bench_values as v
        inner join dim_area as a on v.area_id = a.area_id and a.area_type = 'force'
        where v.account_scope = 'all'
    ),
    numbered as (
        select indicator_id, platform, period_type, period_start, period_end, count(value) as number_count,
            bool_or(is_provisional) as is_open
        from cells
        group by all
    ),
    open_periods as (
        select distinct period_type, period_start
        from numbered
        where is_open and (indicator_id, platform) in (
            select (indicator_id, platform) from numbered where number_count > 0
        )
    ),
    by_indicator as (
        select indicator_id, period_type, period_start, period_end, sum(number_count) as number_count
        from numbered
        where period_type in ('week', 'month')
        group by all
    ),
    lacking as (
        select distinct own.period_type, own.period_start
        from by_indicator as own
        inner join by_indicator as other
            on own.indicator_id = other.indicator_id and other.number_count > 0
                and own.period_start <= other.period_end and own.period_end >= other.period_start
        where own.number_count = 0
    )
    select p.period_type, p.period_start, p.period_end, p.is_complete,
        p.is_complete and exists (
            from numbered as n
            where n.period_type = p.period_type and n.period_start = p.period_start and n.number_count > 0
        )
        and (p.period_type, p.period_start) not in (select (period_type, period_start) from open_periods)
        and (p.period_type, p.period_start) not in (select (period_type, period_start) from lacking)
            as is_final
    from dim_period as p
    order by p.period_start desc
"""
