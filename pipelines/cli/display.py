"""What the command line shows: progress, tables, status, for people; JSON and CSV are in common.py.

Belongs here: rich. Does not belong here: finding out what is shown.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

if TYPE_CHECKING:
    from pipelines.release.reader import BenchmarkTable, Status

#: Into a file or a pipe a table keeps its lines; on a terminal it fits the window.
WIDE = 150
console = Console(width=None if sys.stdout.isatty() else WIDE)
errors = Console(stderr=True)


class Watched:
    """Draws how far a run is: the platform asked now, accounts done of all, time left; then dbt's nodes."""

    def __init__(self, bars: Progress, total: int, day_count: int) -> None:
        self._bars = bars
        self._day_count = day_count
        self._days_by_platform: dict[str, int] = {}
        self._accounts = bars.add_task("pulling", total=total, visible=total > 0)
        self._nodes = bars.add_task("building the warehouse with dbt", total=None, visible=False)

    def accounts(self, platform: str, total: int) -> None:
        """Asking `total` accounts of a platform begins."""
        day = self._days_by_platform[platform] = self._days_by_platform.get(platform, 0) + 1
        text = f"day {day} of {self._day_count}: {platform}, {total} accounts"
        self._bars.update(self._accounts, description=text)
        if not errors.is_terminal:  # into a log, a line says as much as a bar
            errors.print(text, highlight=False)

    def account_done(self) -> None:
        """One of them is finished."""
        self._bars.advance(self._accounts)

    def building(self, node: str) -> None:
        """dbt finished a node."""
        self._bars.update(self._nodes, visible=True, advance=1, description=f"building the warehouse: {node}")


@contextmanager
def watching(total: int, day_count: int) -> Iterator[Watched]:
    """Progress bars on standard error, gone when it is over."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=errors, transient=True) as bars:
        yield Watched(bars, total, day_count)


def show_table(table: "BenchmarkTable") -> None:
    """A benchmark table: best first, then those without a number, each with its reason."""
    show = duration if table.unit == "seconds" else number
    usual = _usual_note(table)
    caption = f"The nation: {show(table.national_value) or 'none'}. {table.caption}"
    if usual:
        caption = f"Unless noted: {usual}. {caption}"
    drawn = Table(title=table.title, caption=caption, title_justify="left", caption_justify="left")
    drawn.add_column("rank", justify="right", no_wrap=True)
    drawn.add_column("force", no_wrap=True)
    drawn.add_column("time" if table.unit == "seconds" else table.unit, justify="right", max_width=16)
    drawn.add_column("95% interval", justify="right")
    drawn.add_column("n", justify="right")
    drawn.add_column("against the nation")
    drawn.add_column("note")
    for row in table.rows:
        low, high = row["ci95_low"], row["ci95_high"]
        interval = f"{show(low)} to {show(high)}" if low is not None and high is not None else ""
        if low is not None and high is None:
            interval = f"from {show(low)}"  # the upper limit of a median that is not reached
        rank = f"{row['rank']} of {row['ranked_of']}" if row["rank"] else ""
        note = ": ".join(filter(None, (row["value_note"], row["note_detail"])))
        verdict = (row["verdict"] or "").replace("_", " ")
        note = "" if note == usual else note
        drawn.add_row(rank, row["force_name"], show(row["value"]), interval, number(row["n"]), verdict, note)
    console.print(drawn)


def _usual_note(table: "BenchmarkTable") -> str | None:
    """What most rows with a number say: once below the table, not in every line."""
    details = Counter(row["note_detail"] for row in table.rows if row["value"] is not None)
    if not details:
        return None
    note, count = details.most_common(1)[0]
    return note if note and count * 2 > details.total() else None


def show_status(status: "Status") -> None:
    """What is published, what the last pull brought, what is missing and why."""
    told = status.release
    if told:
        console.print(f"[bold]Release[/] {told['release_id']}, data as of {told['data_as_of_utc']}")
        console.print(f"  {told['note']}")
    else:
        console.print("[bold]Nothing is published yet.[/] `beatbook run` does it.")
    counts = ("due", "landed", "refused", "throttled", "failed", "quarantined")
    drawn = Table("platform", "last pull", *counts)
    for row in status.pulls:
        drawn.add_row(row["platform"], row["day"], *(str(row[name]) for name in counts))
    console.print(drawn)
    for heading, lines in (("Missing", status.missing), ("Gates that failed", status.failed_gates)):
        if lines:
            console.print(f"[bold]{heading}[/]")
            show_lines(lines)


def show_rows(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Rows with the same keys."""
    drawn = Table(*(rows[0] if rows else ()), title=title, title_justify="left")
    for row in rows:
        drawn.add_row(*(value if isinstance(value, str) else number(value) for value in row.values()))
    console.print(drawn)


def show_lines(lines: Sequence[str], limit: int = 60) -> None:
    """A list, cut with a count where it is long."""
    for line in lines[:limit]:
        console.print(f"  {line}", markup=False, highlight=False)
    if len(lines) > limit:
        console.print(f"  and {len(lines) - limit} more")


def number(value: float | int | None) -> str:
    """Three significant figures at least, thousands parted; nothing for no number."""
    if value is None:
        return ""
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}"


def duration(seconds: float | int | None) -> str:
    """Seconds as people say them: the two largest units."""
    if seconds is None:
        return ""
    whole = round(seconds)
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for name, size in units:
        count, whole = divmod(whole, size)
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])
