"""`beatbook returns`: check and submit the files that forces send.

Belongs here: parsing and printing. Does not belong here: reading files or landing them (pipelines/returns/).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.common import Exit, Format, FormatOption, fail, print_rows, ready
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.returns import Declared, Return

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
