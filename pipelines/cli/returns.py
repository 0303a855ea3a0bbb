"""`beatbook returns`: check and submit the files that forces send.

Belongs here: parsing and printing. Does not belong here: reading files or landing them (pipelines/returns/).
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.common import Exit, Format, FormatOption, fail, print_rows, ready
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.returns import Declared, Return
    from pipelines.returns.sent import Expected, Sent

app = typer.Typer(
    help="Files that a force sends in place of an API. Columns: docs/returns.md.", no_args_is_help=True
)
File = Annotated[Path, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False)]
From = Annotated[
    str | None, typer.Option("--from", help="First day that the file covers, as 2026-10-01 (UK day).")
]
To = Annotated[str | None, typer.Option("--to", help="Last day that the file covers, included.")]
ExportedAt = Annotated[
    str | None,
    typer.Option(
        help="When the tool wrote the file, as '2026-11-02 09:15' (UK time) or 2026-11-02T09:15:00Z."
    ),
]


@app.command()
def check(
    file: File,
    period_from: From = None,
    period_to: To = None,
    exported_at: ExportedAt = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """List every bad row with line, column, value and reason. Exit code 1 when there is one.

    What is declared of the file is held against its rows where it is given.
    """
    from pipelines.returns import submit as submission

    settings = Settings()
    with ready(settings):
        declared = _declared(settings, period_from, period_to, exported_at)
        found = submission.check(settings, file, declared)
    _refuse(found, file, format_)
    typer.echo(f"{file.name}: {found.kind}, {found.row_count} rows, nothing wrong")


@app.command()
def submit(
    file: File,
    period_from: From = None,
    period_to: To = None,
    exported_at: ExportedAt = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Land a good file whole, or not at all. Landing the same file twice changes nothing.

    A return declares the period that it covers and when it was exported: in that period silence counts as
    a measured zero, and outside of it nothing is known.
    """
    from pipelines.returns import submit as submission

    settings = Settings()
    with ready(settings):
        declared = _declared(settings, period_from, period_to, exported_at)
        found = submission.check(settings, file, declared)
        _refuse(found, file, format_)
        if found.declared is None:
            fail(
                Exit.WRONG_CALL,
                f"{file.name}: say which period the file covers and when it was exported: "
                "--from 2026-10-01 --to 2026-10-31 --exported-at '2026-11-02 09:15'",
            )
        try:
            landed = submission.submit(settings, found)
        except submission.OtherwiseDeclaredError as error:
            fail(Exit.BAD_INPUT, f"{file.name}: {error}")
    if not landed.is_new:
        typer.echo(f"{file.name}: landed before, in run {landed.run_id}; nothing changed")
    if landed.quarantined:
        fail(Exit.GATE_FAILED, "quarantined by the landing gate: " + "; ".join(landed.quarantined))
    if not landed.is_new:
        return
    typer.echo(f"{file.name}: {landed.row_count} rows of {found.kind} landed in run {landed.run_id}")
    typer.echo("`beatbook build` brings them into the benchmarks.")


Force = Annotated[str | None, typer.Option(help="Only this force's, by its id.")]


@app.command("list")
def list_(force: Force = None, format_: FormatOption = Format.TABLE) -> None:
    """What was sent by which force, for which period, what it filled, and whether it counts."""
    from pipelines.landing.store import open_landing
    from pipelines.returns.sent import sent

    settings = Settings()
    with ready(settings, needs_sandbox=False):
        rows = sent(open_landing(settings), force)
    _print(rows, format_, "returns, the newest first")


@app.command()
def status(force: Force = None, format_: FormatOption = Format.TABLE) -> None:
    """Until when each account's returns reach, and what is overdue. Exit code 4 when something is.

    What a force has sent once it is expected to send for every month, by the tenth of the next.
    """
    from pipelines.landing.store import open_landing
    from pipelines.registry import load
    from pipelines.returns.sent import expected
    from pipelines.settings import SEEDS

    settings = Settings()
    with ready(settings, needs_sandbox=False):
        register = load(settings.register, SEEDS)
        found = expected(open_landing(settings), register, settings.profile.today())
    found = [row for row in found if force in (None, row.force_id)]
    _print(found, format_, "until when returns reach")
    if any(row.is_overdue for row in found):
        raise typer.Exit(Exit.INCOMPLETE)


@app.command()
def withdraw(
    return_id: Annotated[str, typer.Argument(help="As `beatbook returns list` shows it, such as r00000012.")],
    reason: Annotated[str, typer.Option(help="Why; stands in release.json.")],
    by: Annotated[str, typer.Option(help="Who withdraws it; stands in release.json.")],
) -> None:
    """Let a return count no more. Nothing is deleted; another may take its place, the same file included."""
    from pipelines.landing.store import open_landing
    from pipelines.returns.sent import NotWithdrawnError
    from pipelines.returns.sent import withdraw as record

    if not by.strip() or not reason.strip():
        fail(Exit.WRONG_CALL, "a withdrawal needs a name (--by) and a reason (--reason)")
    settings = Settings()
    with ready(settings, needs_sandbox=False):
        try:
            rows = record(settings, open_landing(settings), return_id, by.strip(), reason.strip())
        except NotWithdrawnError as error:
            fail(Exit.BAD_INPUT, str(error))
    for row in rows:
        typer.echo(
            f"{row.force_id}: {row.kind} of {row.period_from} to {row.period_to} withdrawn: {row.fills}"
        )
    typer.echo("`beatbook build` takes them out of the benchmarks.")


def _print(found: "Sequence[Sent] | Sequence[Expected]", format_: Format, title: str) -> None:
    """Rows as they are for scripts, and as words for people."""
    rows = [asdict(row) for row in found]
    if format_ == Format.TABLE:
        rows = [{name: _in_words(name, value) for name, value in row.items()} for row in rows]
    print_rows(rows, format_, title)


def _in_words(name: str, value: object) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else "yes" if value else "no"
    # The number of a run is enough to name it, and fits.
    return str(value).partition("-")[0] if name == "return_id" else str(value)


def _declared(
    settings: Settings, period_from: str | None, period_to: str | None, exported_at: str | None
) -> "Declared | None":
    """What the options declare; nothing where none of them is given."""
    from pipelines.returns.declare import declare
    from pipelines.returns.model import Refused
    from pipelines.returns.submit import present
    from pipelines.sources.account_pull import naive_utc

    given = {"--from": period_from, "--to": period_to, "--exported-at": exported_at}
    lacking = [name for name, value in given.items() if value is None]
    if len(lacking) == len(given):
        return None
    if lacking:
        fail(
            Exit.WRONG_CALL, f"{' and '.join(lacking)} as well: a period and an export are declared together"
        )
    try:
        return declare(period_from, period_to, exported_at, naive_utc(present(settings)))
    except Refused as refused:
        fail(Exit.BAD_INPUT, refused.reason)


def _refuse(found: "Return", file: Path, format_: Format) -> None:
    """Show the problems, if any, and exit."""
    if found.is_landable:
        return
    rows = [
        {"line": p.line or "file", "column": p.column or "", "value": p.value, "reason": p.reason}
        for p in found.problems
    ]
    print_rows(rows, format_, f"{file.name} cannot land: nothing of it was taken")
    count = len(rows)
    fail(Exit.BAD_INPUT, f"{count} problem{'s' if count > 1 else ''}; put them right and check again")
