"""`beatbook returns import`, `check` and `template`: files of forces on their way in.

Belongs here: parsing, asking and printing. Does not belong here: reading files or landing them
(pipelines/returns/).
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import paths
from pipelines.cli.common import Exit, Format, FormatOption, fail, print_rows, ready
from pipelines.settings import SEEDS, Settings
from pipelines.words import many

if TYPE_CHECKING:
    from pipelines.registry.register import Register
    from pipelines.returns import Return
    from pipelines.returns.submit import Asked


class Order(StrEnum):
    """Which comes first in dates such as 03/10/2026."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


Files = Annotated[list[Path], typer.Argument(help="Exports as they come out of the tool, or ours.")]
Force = Annotated[str | None, typer.Option(help="Whose files these are, such as avon-and-somerset.")]
AccountOption = Annotated[
    list[str] | None,
    typer.Option("--account", help="Which account, where the file does not say: facebook:name (repeat)."),
]
From = Annotated[str | None, typer.Option("--from", help="First day that the file covers, as 2026-10-01.")]
To = Annotated[str | None, typer.Option("--to", help="Last day that the file covers, included.")]
ExportedAt = Annotated[
    str | None,
    typer.Option(help="When the tool wrote the file: '2026-11-02 09:15' (UK time) or 2026-11-02T09:15:00Z."),
]
OrderOption = Annotated[Order | None, typer.Option(help="Which comes first in dates such as 03/10/2026.")]


def check(
    files: Files,
    force: Force = None,
    account: AccountOption = None,
    period_from: From = None,
    period_to: To = None,
    exported_at: ExportedAt = None,
    order: OrderOption = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Show what files would bring, or list every bad row. Nothing lands. Exit code 1 when a row is bad."""
    settings = Settings()
    with ready(settings):
        asked = _asked(force, account, period_from, period_to, exported_at, order)
        _read_all(settings, files, asked, format_)
    if format_ == Format.TABLE:
        typer.echo("Nothing has landed: `beatbook returns import` with the same words lands it.")


def import_(
    files: Files,
    force: Force = None,
    account: AccountOption = None,
    period_from: From = None,
    period_to: To = None,
    exported_at: ExportedAt = None,
    order: OrderOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Land without asking, as a script does.")] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Land files that forces send, each whole or not at all, after a preview and a question.

    A file is taken as its tool writes it (Meta Business Suite, X, LinkedIn, TikTok, YouTube Studio,
    Hootsuite, Sprout, Orlo) or with Beatbook's own columns (`beatbook returns template`). What it does not
    say, the options say. With any problem in any of the files, nothing lands.
    """
    settings = Settings()
    with ready(settings):
        asked = _asked(force, account, period_from, period_to, exported_at, order)
        found = [_complete(settings, *each, asked) for each in _read_all(settings, files, asked, format_)]
        if not yes:
            if not sys.stdin.isatty():
                fail(Exit.WRONG_CALL, "nothing has landed: say --yes where nobody can be asked")
            typer.confirm("Land this?" if len(found) == 1 else f"Land these {len(found)} files?", abort=True)
        for path, each in zip(files, found, strict=True):
            _land(settings, path, each)
    typer.echo(f"Next: `beatbook build` brings them into the benchmarks; then {_where(found)}.")


def template(
    kind: Annotated[str | None, typer.Argument(help="Only this kind, such as posts.")] = None,
    to: Annotated[
        Path, typer.Option(help="The folder in which it is written.", parser=paths.folder)
    ] = Path(),
) -> None:
    """Write an empty Excel workbook for a kind of return, with a cover sheet, lists and an example."""
    from pipelines.registry.register import load_platforms
    from pipelines.returns.kinds import KINDS
    from pipelines.returns.template import write_template

    kinds = {each.name: each for each in KINDS}
    if kind is not None and kind not in kinds:
        fail(Exit.WRONG_CALL, f"there is no kind {kind}; there are: {', '.join(kinds)}")
    settings = Settings()
    platforms = [each.platform for each in load_platforms(SEEDS)]
    for name in [kind] if kind else kinds:
        path = to / f"beatbook-{name}.xlsx"
        if path.exists():
            fail(Exit.BAD_INPUT, f"{path} is there already; move it away first")
        write_template(path, kinds[name], platforms, settings.profile.today())
        typer.echo(f"{path}: fill in the sheets Cover and {name}, then `beatbook returns import {path}`")


def _asked(
    force: str | None,
    accounts: list[str] | None,
    period_from: str | None,
    period_to: str | None,
    exported_at: str | None,
    order: Order | None,
) -> "Asked":
    from pipelines.returns.submit import Asked

    said = order.value.replace("-", "_") if order else None
    return Asked(period_from, period_to, exported_at, force, tuple(accounts or ()), said)


def _read_all(
    settings: Settings, files: Sequence[Path], asked: "Asked", format_: Format
) -> "list[tuple[Path, Return]]":
    """Every file as read, each with its preview; ends the command where one has a problem."""
    from pipelines.registry import load_register

    register = load_register(settings)
    found = [(path, _read(settings, path, asked)) for path in files]
    count = sum(_show(path, each, register, format_) for path, each in found)
    if count:
        advice = "put them right and try again" if count > 1 else "put it right and try again"
        fail(Exit.BAD_INPUT, f"{many(count, 'problem')}: nothing was taken; {advice}")
    return found


def _read(settings: Settings, path: Path, asked: "Asked") -> "Return":
    from pipelines.returns import submit as submission

    try:
        return submission.check(settings, path, asked=asked)
    except IsADirectoryError:
        fail(Exit.BAD_INPUT, f"{_named(path)} is a folder; give the files in it")
    except FileNotFoundError:
        fail(Exit.BAD_INPUT, f"{_named(path)}: there is no such file")
    except PermissionError:
        fail(Exit.BAD_INPUT, f"{_named(path)} may not be read by this user")
    except ValueError as error:
        fail(Exit.WRONG_CALL, str(error))


def _show(path: Path, found: "Return", register: "Register", format_: Format) -> int:
    """The preview of a file or its problems; how many there are."""
    from pipelines.returns import preview

    if found.problems:
        rows = [
            {"line": p.line or "file", "column": p.column or "", "value": p.value, "reason": p.reason}
            for p in found.problems
        ]
        print_rows(rows, format_, f"{_named(path)} cannot land: nothing of it was taken")
        return len(rows)
    typer.echo(f"{_named(path)}: {preview.title(found)}")
    for line in preview.lines(found, register):
        typer.echo(f"  {line}")
    if found.lacking:
        typer.echo(f"  not said yet: {_and(found.lacking)}")
    return 0


def _complete(settings: Settings, path: Path, found: "Return", asked: "Asked") -> "Return":
    """The return with its declaration, asked for where nobody has said it."""
    from pipelines.returns import preview

    if found.declared is not None:
        return found
    options = " ".join(f"{option} {_EXAMPLES[option]}" for option in found.lacking)
    if not sys.stdin.isatty():
        fail(
            Exit.WRONG_CALL,
            f"{_named(path)}: the file does not say {_and([_LACKED[each] for each in found.lacking])}, and "
            f"without that nobody knows on which days silence is a zero. Add, such as: {options}",
        )
    days = preview.first_and_last(found)
    suggested = {
        "--from": str(days[0]) if days else None,
        "--to": str(days[1]) if days else None,
        "--exported-at": f"{datetime.fromtimestamp(path.stat().st_mtime):%Y-%m-%d %H:%M}",  # noqa: DTZ006
    }
    said = {
        option: typer.prompt(f"{path.name}: {_QUESTIONS[option]}", default=suggested[option])
        for option in found.lacking
    }
    fields = {"--from": "period_from", "--to": "period_to", "--exported-at": "exported_at"}
    again = _read(settings, path, replace(asked, **{fields[option]: said[option] for option in said}))
    if again.problems:
        fail(Exit.BAD_INPUT, f"{_named(path)}: {again.problems[0].reason}")
    return again


_EXAMPLES = {"--from": "2026-10-01", "--to": "2026-10-31", "--exported-at": "'2026-11-02 09:15'"}
_LACKED = {
    "--from": "the first day that it covers",
    "--to": "the last day that it covers",
    "--exported-at": "when it was exported",
}
_QUESTIONS = {
    "--from": "first day that the export covers (the range chosen in the tool)",
    "--to": "last day that it covers",
    "--exported-at": "when it was exported (UK time)",
}


def _land(settings: Settings, path: Path, found: "Return") -> None:
    from pipelines.returns import submit as submission

    try:
        landed = submission.submit(settings, found)
    except submission.OtherwiseDeclaredError as error:
        fail(Exit.BAD_INPUT, f"{_named(path)}: {error}")
    if not landed.is_new:
        typer.echo(f"{_named(path)}: landed before, in run {landed.run_id}; nothing changed")
    if landed.quarantined:
        fail(Exit.GATE_FAILED, "quarantined by the landing gate: " + "; ".join(landed.quarantined))
    if landed.is_new:
        typer.echo(
            f"{_named(path)}: {many(landed.row_count, 'row')} of {found.kind} landed in run {landed.run_id} "
            f"(file {found.sha256[:12]})"
        )


def _where(found: "Sequence[Return]") -> str:
    """The command that shows what became of these files."""
    if all(each.kind == "tool_figures" for each in found):
        return "`beatbook returns list` shows them; a tool's own figures are in no benchmark"
    forces = {force for each in found for force in _distinct(each, "force_id")}
    platforms = {platform for each in found for platform in _distinct(each, "platform")}
    force = forces.pop() if len(forces) == 1 else "FORCE"
    platform = f" --platform {platforms.pop()}" if len(platforms) == 1 else ""
    return f"`beatbook table --force {force}{platform}` shows a force's figures"


def _distinct(found: "Return", column: str) -> list[str]:
    has = column in found.found.collect_schema()
    return found.found.select(column).unique().collect()[column].to_list() if has else []


def _named(path: Path) -> str:
    return "".join(character if character.isprintable() else "�" for character in path.name or str(path))


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))
