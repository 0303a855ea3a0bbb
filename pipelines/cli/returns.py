"""`beatbook returns`: the files that forces send.

Belongs here: what was sent, what is expected, withdrawing. Does not belong here: files on their way in
(importing.py), or any of it done (pipelines/returns/).
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import importing
from pipelines.cli.common import Exit, Format, FormatOption, check_forces, fail, print_rows, ready
from pipelines.settings import SEEDS, Settings

if TYPE_CHECKING:
    from pipelines.returns.sent import Expected, Sent

app = typer.Typer(
    help="Files that a force sends in place of an API. What to export, and columns: docs/returns.md.",
    no_args_is_help=True,
)
app.command("import")(importing.import_)
app.command()(importing.check)
app.command()(importing.template)

Force = Annotated[str | None, typer.Option(help="Only this force's, by its id.")]


@app.command("list")
def list_(force: Force = None, format_: FormatOption = Format.TABLE) -> None:
    """What was sent by which force, for which period, what it filled, and whether it counts."""
    from pipelines.landing.store import open_landing
    from pipelines.registry.register import load_forces
    from pipelines.returns.sent import sent

    settings = Settings()
    with ready(settings, needs_sandbox=False):
        check_forces(load_forces(SEEDS), force)
        rows = sent(open_landing(settings), force)
    none = f"nothing was returned yet{f' by {force}' if force else ''}"
    _print(rows, format_, "returns, the newest first", none)


@app.command()
def status(force: Force = None, format_: FormatOption = Format.TABLE) -> None:
    """Until when each account's returns reach, and what is overdue. Exit code 4 when something is.

    What a force has sent once it is expected to send for every month, by the tenth of the next: due_on is
    the last such day that has come.
    """
    from pipelines.landing.store import open_landing
    from pipelines.registry import load
    from pipelines.registry.register import load_forces
    from pipelines.returns.sent import expected

    settings = Settings()
    with ready(settings, needs_sandbox=False):
        check_forces(load_forces(SEEDS), force)
        register = load(settings.register, SEEDS)
        found = expected(open_landing(settings), register, settings.profile.today())
    found = [row for row in found if force in (None, row.force_id)]
    none = f"no open account{f' of {force}' if force else ''} has ever sent a return, and so none is expected"
    title = "until when returns reach; due_on: the last day on which a month's returns were due"
    _print(found, format_, title, none)
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


def _print(found: "Sequence[Sent] | Sequence[Expected]", format_: Format, title: str, none: str) -> None:
    """Rows as they are for scripts, and as words for people."""
    rows = [asdict(row) for row in found]
    if format_ == Format.TABLE:
        rows = [{name: _in_words(name, value) for name, value in row.items()} for row in rows]
    print_rows(rows, format_, title, none)


def _in_words(name: str, value: object) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else "yes" if value else "no"
    # The number of a run is enough to name it, and fits.
    return str(value).partition("-")[0] if name == "return_id" else str(value)
