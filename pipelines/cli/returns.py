"""`beatbook returns`: check and submit the files that forces send.

Belongs here: parsing and printing. Does not belong here: reading files or landing them (pipelines/returns/).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.common import Exit, Format, FormatOption, fail, print_rows, ready
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.returns import Return

app = typer.Typer(
    help="Files that a force sends in place of an API. Columns: docs/returns.md.", no_args_is_help=True
)
File = Annotated[Path, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False)]


@app.command()
def check(file: File, format_: FormatOption = Format.TABLE) -> None:
    """List every bad row with line, column, value and reason. Exit code 1 when there is one."""
    from pipelines.returns import submit as submission

    settings = Settings()
    with ready(settings):
        found = submission.check(settings, file)
    _refuse(found, file, format_)
    typer.echo(f"{file.name}: {found.kind}, {found.row_count} rows, nothing wrong")


@app.command()
def submit(file: File, format_: FormatOption = Format.TABLE) -> None:
    """Land a good file whole, or not at all. Landing the same file twice changes nothing."""
    from pipelines.returns import submit as submission

    settings = Settings()
    with ready(settings):
        found = submission.check(settings, file)
        _refuse(found, file, format_)
        landed = submission.submit(settings, found)
    if not landed.is_new:
        typer.echo(f"{file.name}: landed before, in run {landed.run_id}; nothing changed")
    if landed.quarantined:
        fail(Exit.GATE_FAILED, "quarantined by the landing gate: " + "; ".join(landed.quarantined))
    if not landed.is_new:
        return
    typer.echo(f"{file.name}: {landed.row_count} rows of {found.kind} landed in run {landed.run_id}")
    typer.echo("`beatbook build` brings them into the benchmarks.")


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
