"""`beatbook releases`: which there are, what is different between two, going back, and making one official.

Belongs here: parsing and printing. Does not belong here: any of it (pipelines/release).
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import display
from pipelines.cli.common import Exit, Format, FormatOption, as_json, fail, plainly, print_rows
from pipelines.settings import Settings
from pipelines.words import many

if TYPE_CHECKING:
    from pipelines.release.official import Official
    from pipelines.release.published import Release

app = typer.Typer(
    help="Working releases of every day, official ones of every month: docs/runbook.md, Official releases.",
    no_args_is_help=True,
)

By = Annotated[str, typer.Option(help="Who decides; is kept with it.")]
Reason = Annotated[str, typer.Option(help="Why; is kept with it.")]


@app.command("list")
def list_(
    verify: Annotated[bool, typer.Option(help="Read every file and say which releases are whole.")] = True,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Every release that is kept, official and working: its month, state, size, and whether it is whole."""
    from pipelines.release.listing import listing

    settings = Settings()
    with plainly(settings):
        rows = listing(settings, is_verified=verify)
    shown = rows if format_ != Format.TABLE else [_in_brief(row) for row in rows]
    print_rows(shown, format_, many(len(rows), "release"), "nothing is published yet")
    if any(row["damage"] for row in rows):
        if format_ == Format.TABLE:
            display.show_lines([line for row in rows for line in row["damage"]])
        raise typer.Exit(Exit.INFRASTRUCTURE)


@app.command()
def diff(
    one: Annotated[str, typer.Argument(help="An id, `official` or `working`.")],
    other: Annotated[str, typer.Argument(help="Another. Which of them is the newer is found out.")],
    format_: FormatOption = Format.TABLE,
) -> None:
    """Every cell of the older of two releases that is not the same in the newer: old, new and why.

    A table is of sentences. A period that the older one had not seen to its end is no difference.
    """
    from pipelines.landing.store import open_landing
    from pipelines.release.difference import counted, difference, in_order
    from pipelines.release.sentences import which

    settings = Settings()
    with plainly(settings):
        old, new = in_order(_found(settings, one), _found(settings, other))
        frame = difference(settings, open_landing(settings), old, new)
    for name, release in (("Old", old), ("New", new)):
        typer.echo(f"{name}: {which(release)}", err=format_ != Format.TABLE)
    if format_ == Format.JSON:
        typer.echo(as_json(frame.to_dicts()))
        return
    if format_ == Format.CSV:
        from pipelines.release.files import defused

        typer.echo(defused(frame).write_csv(), nl=False)
        return
    for row in counted(frame):
        typer.echo(f"{many(row['cells'], 'cell')}: {row['why']}")
    for sentence in frame["sentence"]:
        display.console.print(sentence, markup=False, highlight=False, soft_wrap=True)
    if old.release_id == new.release_id:
        typer.echo("They are one and the same release.")
    elif frame.is_empty():
        typer.echo("No cell differs between them.")
    else:
        differ = "differs" if frame.height == 1 else "differ"
        typer.echo(f"{many(frame.height, 'cell')} {differ} between them.")


@app.command()
def rollback(
    release: Annotated[str, typer.Argument(help="The id of a release that is kept.")], by: By, reason: Reason
) -> None:
    """Make another working release current, mostly an earlier one, until the next build publishes.

    Nothing is deleted. What was rolled back from does not become official. An official release is not
    rolled back: a mistake in one is mended by a following one (`official --correction`).
    """
    from pipelines.landing.locks import holder
    from pipelines.release.rollback import NotRolledBackError, roll_back

    if not by.strip() or not reason.strip():
        fail(Exit.WRONG_CALL, "a rollback needs a name (--by) and a reason (--reason)")
    settings = Settings()
    with plainly(settings):
        settings.prepare()
        if process := holder(settings.locks / "warehouse"):
            typer.echo(f"A build is under way (process {process}): once it has ended this goes on.", err=True)
        try:
            done = roll_back(settings, release, by, reason, datetime.now(UTC))
        except NotRolledBackError as error:
            fail(Exit.BAD_INPUT, f"Nothing was rolled back: {error}.")
    typer.echo(f"{done.to_release} is current, by {done.by}: {done.reason}")
    typer.echo(f"{done.from_release or 'what was current'} stays, and `beatbook build` publishes again.")


@app.command()
def official(
    release: Annotated[
        str | None, typer.Argument(help="Its id. Default: the newest whole one with the month final.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who decides; without it, what the calendar says is done.")] = "",
    reason: Annotated[str, typer.Option(help="Why by hand; stands with the release.")] = "",
    correction: Annotated[
        bool, typer.Option(help="Once more the month of the last one, because a figure in it is wrong.")
    ] = False,
) -> None:
    """Make official what is due by the calendar, as the schedule does; or, with --by and --reason, by hand.

    Its month has to be final and not announced for later. Exit code 3: nothing was made official, and why.
    """
    from pipelines.landing.store import open_landing
    from pipelines.release.marking import NotOfficialError, make_by_hand, make_due

    settings = Settings()
    now = settings.profile.present()
    if bool(by.strip()) != bool(reason.strip()) or ((release or correction) and not by.strip()):
        fail(Exit.WRONG_CALL, "by hand it needs a name (--by) and a reason (--reason)")
    with plainly(settings):
        settings.prepare()
        landing = open_landing(settings)
        try:
            if by.strip():
                mark: Official | None = make_by_hand(
                    settings, landing, now, by, reason, release, is_correction=correction
                )
            else:
                mark = make_due(settings, landing, now)
        except NotOfficialError as error:
            fail(Exit.GATE_FAILED, f"Nothing was made official: {error}.")
    if mark is None:
        typer.echo(f"Nothing is due. {_next(settings, now)}")
        return
    typer.echo(f"{mark.label}: {mark.release_id}")
    if mark.revises:
        changed = f"{many(mark.revised_count, 'cell')} of {mark.revises}"
        typer.echo(f"It changes {changed}: `beatbook releases diff` lists them.")
    typer.echo("It is frozen and kept for ever; `beatbook table` and the portal show it.")


def _next(settings: Settings, now: datetime) -> str:
    from pipelines.registry.release_calendar import check_release_calendar, coming
    from pipelines.settings import SEEDS

    row = coming(check_release_calendar(SEEDS), now)
    return f"Next: {row.month_name}, {row.when}." if row else "No date is announced."


def _found(settings: Settings, asked: str) -> "Release":
    from pipelines.release.official import find
    from pipelines.release.periods import NotFoundError

    release = find(settings, asked)
    if release is None:
        raise NotFoundError("nothing is published yet: `beatbook run` publishes")
    return release


def _in_brief(row: dict[str, Any]) -> dict[str, Any]:
    """What fits a line; the rest stands in the other formats."""
    whole = {True: "whole", False: "damaged", None: "not read"}[row["is_whole"]]
    return {
        "release": row["release_id"],
        "state": row["state"],
        "final month": row["final_month"] or "",
        "published": row["created_at_utc"],
        "figures": row["value_count"],
        "revises": row["revised_count"],
        "MB": round(row["bytes"] / 1e6, 1),
        "own MB": round(row["own_bytes"] / 1e6, 1),
        "whole": whole,
    }
