"""A release as a workbook: of one force everything of its own, of the country the headline figures of all.

Belongs here: which worksheets there are and what stands in them. Does not belong here: layout (sheets.py), or
arithmetic on metrics (dbt).

It is made when it is asked for and not with each release: it holds nothing that the release does not, and
forty-eight of them a day would be most of a release's time and space.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import polars as pl

from pipelines.release import figures
from pipelines.release.national import HEADLINES, NationalAsked, national
from pipelines.release.opened import rows_of
from pipelines.release.published import Release
from pipelines.release.reader import Asked, table_of
from pipelines.release.sentences import as_of, counted, kept_as, reasons
from pipelines.release.sheets import SHORTHAND, Cell, Table, write
from pipelines.release.summary import summary
from pipelines.settings import LONDON

#: Which reasons are which shorthand; the rest are `[x]`.
_SHORT = {"suppressed": "[c]", "not_applicable": "[z]", "nothing_to_count": "[z]"}
_FIGURE_HEADS = (
    *("Indicator", "Platform", "Value", "Unit", "95% from", "95% to", "n", "Effective n"),
    *("Rank", "All forces", "Peers", "Against others", "Against peers", "Change", "Status", "Note"),
)
_BRIEF_HEADS = (
    *("Indicator", "Platform", "Value", "95% interval", "All forces", "Peers", "Against others", "Change"),
)
_SERIES_HEADS = (
    "Indicator",
    "Platform",
    "Period",
    "From",
    "To",
    "Value",
    "Unit",
    "95% from",
    "95% to",
    "n",
    "Effective n",
    "Status",
)


def write_workbook(
    to: Path | BinaryIO,
    release: Release,
    connection: duckdb.DuckDBPyConnection,
    extract: Path | None,
    force: str | None,
) -> None:
    """Write the workbook of a force, whose extract is in the folder `extract`, or of the country.

    Raises:
        NotFoundError: no such force, or the release has no figures.
    """
    tables = _of_force(release, connection, force, extract) if force else _of_country(release, connection)
    moment = datetime.fromisoformat(release.data_as_of_utc).astimezone(UTC)
    about = _about(release)
    cover = _cover(release, tables[0].title)
    contents = Table(
        "Contents",
        "Contents",
        ["This worksheet contains one table.", about],
        ["Worksheet", "What it holds"],
        [[table.name, table.title] for table in tables],
    )
    notes = Table(
        "Shorthand",
        "Shorthand and notes",
        ["This worksheet contains one table.", about],
        ["Shorthand or note", "Meaning"],
        [*SHORTHAND.items(), *_reasons(release, connection)],
    )
    write(to, [cover, contents, *tables, notes], tables[0].title, moment)


def _about(release: Release) -> str:
    return f"{release.label} {release.release_id}, data as of {release.data_as_of_utc[:10]}. {release.note}"


def _cover(release: Release, title: str) -> Table:
    said = [
        ("What this is", "Benchmarks of police social media, made by Beatbook."),
        ("Release", release.release_id),
        ("Kind", f"{release.label}: {kept_as(release)}."),
        ("Data as of", as_of(release)),
        ("Figures", "Invented: made from the sandbox nation." if release.is_invented else release.note),
        ("Definitions", release.definitions_version),
        *(("Published although", line) for line in release.overridden),
    ]
    return Table("Cover", title, ["This worksheet contains one table."], ["About", "This workbook"], said)


def _of_force(
    release: Release, connection: duckdb.DuckDBPyConnection, force: str, extract: Path | None
) -> list[Table]:
    table = table_of(release, connection, Asked(force=force))
    about, first = _about(release), table.rows[0]
    name, area = first["area_name"], first["area_id"]
    headlines = [row for row in table.rows if row["indicator_id"] in HEADLINES and row["value"] is not None]
    headlines.sort(key=lambda row: HEADLINES.index(row["indicator_id"]))
    tables = [
        Table(
            "Summary",
            f"{table.title}: summary",
            ["This worksheet contains one table.", about, *table.above],
            _BRIEF_HEADS,
            [_in_brief(row) for row in headlines],
            is_one_page=True,
        ),
        Table(
            "All_indicators",
            f"{table.title}: all indicators",
            ["This worksheet contains one table.", about, *table.above],
            _FIGURE_HEADS,
            [_figure(row) for row in table.rows if row["value"] is not None],
        ),
        Table(
            "No_number",
            f"{table.title}: what has no number, and why",
            ["This worksheet contains one table.", about],
            ["Indicator", "Platforms", "Why"],
            [list(reason) for reason in reasons(table.rows)],
        ),
        _series("Trends", f"{name}: headline indicators by week and month", about, release, connection, area,
                "list_contains($ids, indicator_id)", {"ids": list(HEADLINES)}),
        _series("Response_times", f"{name}: answers by week and month", about, release, connection, area,
                "indicator_id in (select indicator_id from dim_indicator where known_by = 'messages')", {}),
    ]  # fmt: skip
    if extract is not None:
        tables += [
            _from_rows("Accounts", f"{name}: accounts", about, pl.read_parquet(extract / "accounts.parquet")),
            _from_rows("Posts", f"{name}: posts of thirteen months", about, _posts(release, extract)),
        ]
    return [*tables, _definitions(release, connection, about)]


def _of_country(release: Release, connection: duckdb.DuckDBPyConnection) -> list[Table]:
    table, about = national(release, connection, NationalAsked()), _about(release)
    title = f"{table.among_name}, {table.period.name}"
    rows: list[list[Cell]] = []
    for row in table.rows:
        cells = [row.cells[one["indicator_id"]] for one in table.indicators]
        rows.append([row.area_name, *(_brief_cell(cell) for cell in cells)])
    heads = [f"{one['name']} ({one['platform_name']})" for one in table.indicators]
    every: list[list[Cell]] = []
    for indicator in table.indicators:
        for row in table.rows:
            cell = row.cells[indicator["indicator_id"]]
            every.append([row.area_name, *_figure(cell)])
    return [
        Table(
            "Summary",
            f"{title}: what stands out",
            ["This worksheet contains one table.", about, table.period.remark or "As it was asked for."],
            ["Number", "What stands out"],
            [[nth, line] for nth, line in enumerate(summary(release, connection, table), 1)],
            is_one_page=True,
        ),
        Table(
            "National_table",
            f"{title}: headline indicators",
            ["This worksheet contains one table.", about],
            ["Force", *heads],
            rows,
        ),
        Table(
            "Figures",
            f"{title}: headline indicators with intervals and comparisons",
            ["This worksheet contains one table.", about],
            ["Force", *_FIGURE_HEADS],
            every,
        ),
        _definitions(release, connection, about),
    ]


def _in_brief(row: dict[str, Any]) -> list[Cell]:
    unit = row["unit"]
    return [
        row["indicator_name"],
        row["platform_name"],
        figures.amount(row["value"], unit),
        figures.interval(row["ci95_low"], row["ci95_high"], unit) or "[z]",
        figures.amount(row["all_forces_value"], unit) or "[z]",
        figures.amount(row["peers_value"], unit) or "[z]",
        figures.verdict(row) or "[z]",
        figures.change(row) or "[z]",
    ]


def _brief_cell(cell: dict[str, Any]) -> Cell:
    """A number as it is; without one the shorthand of its reason."""
    return cell["value"] if cell["value"] is not None else _SHORT.get(cell["value_note"], "[x]")


def _figure(row: dict[str, Any]) -> list[Cell]:
    """By _FIGURE_HEADS."""
    without = _SHORT.get(row["value_note"] or "", "[x]")
    has_value = row["value"] is not None
    status = "provisional" if row["is_provisional"] else "final" if has_value else "no number"
    cells: list[Cell] = [
        *(row["indicator_name"], row["platform_name"]),
        *(row["value"], row["unit"], row["ci95_low"], row["ci95_high"], row["n"], row["effective_n"]),
        figures.rank(row),
        *(row["all_forces_value"], row["peers_value"], figures.verdict(row), figures.peers_verdict(row)),
        *(figures.change(row), status, row["note"]),
    ]
    return [
        without if cell in {None, ""} and not has_value else "[z]" if cell in {None, ""} else cell
        for cell in cells
    ]


def _series(
    name: str,
    title: str,
    about: str,
    release: Release,
    connection: duckdb.DuckDBPyConnection,
    area: str,
    where: str,
    parameters: dict[str, Any],
) -> Table:
    """Weeks and months of some indicators of an area that have a number, of all its accounts."""
    sql = f"""
        select i.name, coalesce(p.platform_name, 'All platforms') as platform_name, v.period_type,
            v.period_start, v.period_end, v.value, v.unit, v.ci95_low, v.ci95_high, v.n, v.effective_n,
            v.is_provisional
        from (
            from bench_values
            where area_id = $area and account_scope = 'all' and value is not null
                and period_type in ('week', 'month') and {where}
        ) as v
        inner join dim_indicator as i on v.indicator_id = i.indicator_id
        left join dim_platform as p on v.platform = p.platform
        order by i.position, platform_name, v.period_type, v.period_start
    """
    rows: list[list[Cell]] = []
    for row in rows_of(release, connection, sql, {"area": area, **parameters}):
        status = "provisional" if row.pop("is_provisional") else "final"
        rows.append(["[z]" if cell is None else cell for cell in [*row.values(), status]])
    return Table(name, title, ["This worksheet contains one table.", about], _SERIES_HEADS, rows)


def _posts(release: Release, extract: Path) -> pl.DataFrame:
    """The posts of thirteen calendar months, the running one included, which lie in at most two years."""
    as_of = datetime.fromisoformat(release.data_as_of_utc).astimezone(LONDON).date()
    newest = pl.col("created_date") >= as_of.replace(year=as_of.year - 1, day=1)
    files = sorted(extract.glob("posts_*.parquet"))[-2:]
    return pl.concat(pl.read_parquet(file).filter(newest) for file in (*files, extract / "posts.parquet"))


def _from_rows(name: str, title: str, about: str, rows: pl.DataFrame) -> Table:
    """Rows of the extract; ids as text."""
    frame = rows.drop("force_id", "is_invented")
    heads = [column.replace("_", " ").capitalize() for column in frame.columns]
    return Table(name, title, ["This worksheet contains one table.", about], heads, frame.rows())


def _definitions(release: Release, connection: duckdb.DuckDBPyConnection, about: str) -> Table:
    rows = rows_of(release, connection, "from dim_indicator order by position")
    return Table(
        "Definitions",
        "Definitions of the indicators",
        ["This worksheet contains one table.", about],
        ["Indicator", "Version", "Unit", "Why it matters", "Numerator", "Denominator", "n counts", "Mind"],
        [
            [
                *(row["name"], row["indicator_version"], row["unit"], row["why_it_matters"]),
                *(row["numerator"], row["denominator"], counted(row["n_measure"]), row["caveats"]),
            ]
            for row in rows
        ],
    )


def _reasons(release: Release, connection: duckdb.DuckDBPyConnection) -> Sequence[tuple[str, str]]:
    rows = rows_of(release, connection, "from dim_value_note order by position")
    return [(row["name"], row["sentence"]) for row in rows]
