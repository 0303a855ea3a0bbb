"""What the command line shows: progress, status, rows, for people; JSON and CSV are in common.py.

Belongs here: rich. Does not belong here: finding out what is shown.
"""

import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from pipelines.cli.fitted import fitted
from pipelines.release.figures import number
from pipelines.release.published import BUILD_ANEW, PUT_BACK
from pipelines.words import many

if TYPE_CHECKING:
    from pipelines.release.missing import AccountStatus
    from pipelines.release.replay import Replayed
    from pipelines.release.status import Status

#: Into a file or a pipe a table keeps its lines; on a terminal it fits the window.
WIDE = 200
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
        text = f"day {day} of {self._day_count}: {platform}, {many(total, 'account')} to poll"
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


def show_status(status: "Status") -> None:
    """What is published and built, what the last pull brought, what is missing and why."""
    _show_published(status)
    drawn = Table(
        "platform",
        "last pull",
        "accounts polled",
        "landed",
        "refused",
        "throttled",
        "failed",
        "quarantined",
    )
    for row in status.pulls:
        counts = (row[name] for name in ("polled", "landed", "refused", "throttled", "failed", "quarantined"))
        drawn.add_row(row["platform"], row["day"], *map(str, counts))
    console.print(drawn)
    if status.missing:
        console.print("[bold]Missing[/] (one force: `beatbook status --force <force_id>`)")
        show_lines(status.missing_in_brief)
    if status.overdue:
        show_lines([f"returns overdue: {line}" for line in status.overdue])
    _show_gates(status)


def show_force(status: "Status", force_name: str, accounts: Sequence["AccountStatus"]) -> None:
    """Why a force is missing, account by account, below what is published at all."""
    _show_published(status)
    _show_gates(status)
    drawn = Table(title=f"{force_name}: its accounts when they were last pulled", title_justify="left")
    for head in ("account", "last pull", "outcome", "since", "why", "what to do"):
        drawn.add_column(head, no_wrap=head in ("last pull", "since"), overflow="fold")
    for account in accounts:
        cells = (account.last_pull, account.outcome, account.since, account.reason, account.to_do)
        drawn.add_row(*map(escape, (account.account_id, *cells)))
    console.print(drawn if accounts else f"The register has no account of {escape(force_name)}.")


def _show_published(status: "Status") -> None:
    release, build = status.release, status.build
    if release:
        console.print(f"[bold]Release[/] {release['release_id']}, data as of {release['data_as_of_utc']}")
        console.print(f"  {release['note']}")
    elif status.damage:
        console.print(f"[bold red]The release is damaged:[/] {BUILD_ANEW}.")
        show_lines(status.damage)
    else:
        console.print("[bold]Nothing is published yet.[/] `beatbook run` does it.")
    if build:
        computed = f"the days from {build['computed_from_date']}, the rest as it was"
        if build["is_full"]:
            computed = f"every day from {build['history_from_date']}"
            computed += f" ({build['from_nothing']})" * bool(build["from_nothing"])
        elif not build["computed_from_date"]:
            computed = "nothing was new"
        console.print(f"[bold]Last build[/] {build['built_at_utc']}: {computed}", highlight=False)
    if status.official:
        console.print(f"[bold]Newest[/] {status.official}", highlight=False)
    if status.official_damage:
        console.print("[bold red]What is official is damaged:[/] ", end="")
        console.print(f"{PUT_BACK}.", highlight=False, soft_wrap=True)
        show_lines(status.official_damage)
    if status.held:
        console.print("[bold red]Not official yet[/] ", end="")
        console.print(status.held, markup=False, highlight=False, soft_wrap=True)
    if status.next_official:
        console.print(f"[bold]Next official release[/] {status.next_official}", highlight=False)
    if status.calendar:
        show_lines([status.calendar])
    if status.failed_build:
        console.print("[bold red]Failed build[/] ", end="")
        console.print(status.failed_build, markup=False, highlight=False, soft_wrap=True)


def _show_gates(status: "Status") -> None:
    for heading, lines in (("Gates that failed", status.failed_gates), ("Runs that wait", status.waiting)):
        if lines:
            console.print(f"[bold]{heading}[/]")
            show_lines(lines)


def show_rows(rows: Sequence[dict[str, Any]], title: str, none: str | None = None) -> None:
    """Rows with the same keys, of which the first names the row; without any the sentence `none`."""
    if not rows:
        show_text([none or f"{title}: none"])
        return
    show_text([title])
    shown = [{head: _shown(value) for head, value in row.items()} for row in rows]
    console.print(fitted(console, shown, name=list(shown[0])[:1]), crop=False)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    is_number = isinstance(value, int | float) or value is None
    return number(value) if is_number else str(value)


def show_text(lines: Sequence[str], style: str | None = None) -> None:
    """Sentences, wrapped between words: an id is never parted."""
    for line in lines:
        wrapped = textwrap.fill(
            line, console.width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
        console.print(wrapped, style=style, markup=False, highlight=False, soft_wrap=True)


def show_lines(lines: Sequence[str], limit: int = 60) -> None:
    """A list, cut with a count where it is long."""
    for line in lines[:limit]:
        console.print(f"  {line}", markup=False, highlight=False)
    if len(lines) > limit:
        console.print(f"  and {len(lines) - limit} more")


def show_replayed(done: "Replayed") -> None:
    """Whether a release came out the same a second time; if not, what did not, and why that may be."""
    extracts = sorted({name.split("/")[1] for name in done.differing if name.startswith("extracts/")})
    lines = [name for name in done.differing if not name.startswith("extracts/")]
    if extracts:
        lines.append(
            f"extracts of {many(len(extracts), 'force')}: {textwrap.shorten(', '.join(extracts), 100)}"
        )
    if done.failures:
        lines = ["it could not be built again:", *done.failures]
    said = [f"release {done.release.release_id}: {'same' if done.is_same else 'differs'}"]
    said += [f"  {line}" for line in lines]
    if done.judged_again:
        said.append(f"Runs judged again since, and taken as judged then: {done.judged_again}.")
    if done.is_same:
        said.append(
            f"Every file has its checksum, built anew from {many(done.run_count, 'run')} of the landing."
        )
    said += [f"Perhaps why: {reason}." for reason in done.reasons if not done.is_same]
    if not (done.is_same or done.reasons or done.failures):
        said.append("Code, models, seeds, register and landing are as they were then: this is a fault.")
    for line in said:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
