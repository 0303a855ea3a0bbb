"""What is published and what is not: commands that read, and change nothing that is published.

Belongs here: options, and which exit code a finding is. Does not belong here: reading (release/), or how it
looks (display.py).
"""

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from pipelines.cli import display, figures
from pipelines.cli.common import (
    Day,
    Exit,
    Format,
    FormatOption,
    PeriodType,
    as_json,
    day_or_today,
    fail,
    plainly,
    print_rows,
    ready,
    refuse_disk,
)
from pipelines.settings import SEEDS, Settings

app = typer.Typer()


@app.command()
def table(
    indicator: Annotated[
        str | None, typer.Argument(help="Left out, without --force: list the indicators.")
    ] = None,
    force: Annotated[str | None, typer.Option(help="One force's indicators, beside all forces.")] = None,
    platform: Annotated[str | None, typer.Option(help="Default: the one with the most numbers.")] = None,
    scope: Annotated[
        str, typer.Option(help="Which accounts: all, official, officers, neighbourhood.")
    ] = "all",
    period: Annotated[
        str | None,
        typer.Option(
            help="A day (2026-10-21), month (2026-10), quarter (2026-Q4) or year. Default: the newest final."
        ),
    ] = None,
    period_type: Annotated[
        PeriodType | None, typer.Option(help="Which period holds the day; a month, if not said.")
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """A benchmark table of the current release: 48 forces, each with a number or the reason for none.

    Without a period it is the newest month that is final for all indicators, so that tables can be set side
    by side.
    """
    from pipelines.release import reader
    from pipelines.release.periods import NotFoundError

    settings = Settings()
    with plainly(settings):
        try:
            if indicator is None and force is None:
                _, connection = reader.open_release(settings)
                print_rows(reader.indicators(connection), format_, "Indicators")
                return
            found = reader.table(
                settings,
                reader.Asked(indicator, force, platform, scope, period, period_type and period_type.value),
            )
        except NotFoundError as error:
            fail(Exit.BAD_INPUT, str(error))
    if format_ == Format.TABLE:
        display.show_table(found)
    else:
        print_rows(found.rows, format_, found.title)


@app.command()
def explain(
    indicator: Annotated[str, typer.Argument(help="Its id or name; `beatbook table` lists them.")],
    force: Annotated[str, typer.Argument(help="Its id or name.")],
    period: Annotated[
        str | None, typer.Argument(help="As of `beatbook table`. Default: the newest final.")
    ] = None,
    platform: Annotated[str | None, typer.Option(help="Default: the first with a number.")] = None,
    scope: Annotated[
        str, typer.Option(help="Which accounts: all, official, officers, neighbourhood.")
    ] = "all",
    period_type: Annotated[PeriodType | None, typer.Option(help="As of `beatbook table`.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """The whole way of one number: what it counts, of which accounts, by which formula, beside whom."""
    from pipelines.release import reader
    from pipelines.release.explain import explain as look
    from pipelines.release.periods import NotFoundError

    settings = Settings()
    asked = reader.Asked(indicator, force, platform, scope, period, period_type and period_type.value)
    with plainly(settings):
        try:
            found = look(settings, asked)
        except NotFoundError as error:
            fail(Exit.BAD_INPUT, str(error))
    if format_ == Format.TABLE:
        display.show_explanation(found)
    elif format_ == Format.JSON:
        typer.echo(as_json(asdict(found)))
    else:
        print_rows(found.accounts, format_, found.title)


@app.command()
def incidents(
    force: Annotated[str | None, typer.Option(help="The incidents of one force.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """What was said, shared and gained in each declared incident, beside what is usual for the force."""
    from pipelines.release import reader
    from pipelines.release.periods import NotFoundError

    settings = Settings()
    with plainly(settings):
        try:
            release, connection = reader.open_release(settings)
            rows = reader.incidents(connection, force)
        except NotFoundError as error:
            fail(Exit.BAD_INPUT, str(error))
    if format_ != Format.TABLE:
        print_rows(rows, format_, "Incidents")
    elif rows:
        print_rows(
            [figures.incident(row) for row in rows], format_, f"Incidents in release {release.release_id}"
        )
    else:
        typer.echo("no incident is declared: write it into incidents.csv of the register")


@app.command()
def status(
    force: Annotated[
        str | None, typer.Option(help="Why this force is missing: each of its accounts, and what to do.")
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """What is published, what the last build and pull brought, what is missing. Exit code 4: incomplete."""
    from pipelines.landing.store import open_landing
    from pipelines.orchestration.queue import waiting
    from pipelines.registry import load
    from pipelines.release.missing import of_force
    from pipelines.release.status import status as look
    from pipelines.returns.sent import overdue_in_brief

    settings = Settings()
    with plainly(settings):
        landing = open_landing(settings)
        found = look(settings, landing)
        found.waiting = list(waiting(settings, datetime.now(UTC)).values())
        found.overdue = overdue_in_brief(settings, landing)
        if force is not None:
            register = load(settings.register, SEEDS)
            if force not in register.forces:
                fail(Exit.BAD_INPUT, f"no such force: {force}; dbt/seeds/forces.csv has their ids")
            accounts = of_force(landing, register, force, settings.profile.today())
    if force is not None:
        if format_ == Format.TABLE:
            display.show_force(found, register.forces[force].force_name, accounts)
        else:
            print_rows([asdict(account) for account in accounts], format_, f"Accounts of {force}")
        is_well = found.is_published and all(account.is_well for account in accounts)
    else:
        if format_ == Format.JSON:
            typer.echo(as_json(asdict(found)))
        elif format_ == Format.CSV:
            print_rows(found.pulls, format_, "Pulls")
        else:
            display.show_status(found)
        is_well = found.is_complete
    if not is_well:
        raise typer.Exit(Exit.INCOMPLETE)


@app.command()
def gates(day: Day = None, format_: FormatOption = Format.TABLE) -> None:
    """What the gates expect of a day's landing and of the present build, and what held: pages to look at.

    Judged once more by the expectations of now; what is quarantined or published does not change.
    """
    from pipelines.gates.data_docs import folder_of, of_build, of_landing
    from pipelines.landing.store import open_landing
    from pipelines.registry import load
    from pipelines.sources.catalogue import pulled_platforms
    from pipelines.warehouse.build import NotBuiltError

    settings = Settings()
    with ready(settings, needs_sandbox=False):
        landing, asked = open_landing(settings), day_or_today(settings, day)
        forces = load(settings.register, SEEDS).forces
        rows, about = [], {}
        for source in (*pulled_platforms(), "returns"):
            if found := of_landing(settings, landing, source, asked, forces):
                rows += found
                about[source] = folder_of(settings, source, asked)
        with suppress(NotBuiltError):
            rows += of_build(settings)
            about["release"] = folder_of(settings, "release")
    if not rows:
        fail(Exit.BAD_INPUT, f"nothing landed on {asked}, and nothing is built")
    shown = [row | {"failed": len(row["failed"]), "page": str(row["page"])} for row in rows]
    print_rows(shown, format_, f"What is expected of the landing of {asked} and of the present build")
    if format_ == Format.TABLE:
        for name, folder in about.items():
            typer.echo(f"{name}: {folder / 'index.html'}")


@app.command()
def verify() -> None:
    """Hold each file of every release that is kept against its checksum. Exit code 5: one is damaged."""
    from pipelines.release.published import current
    from pipelines.release.published import verify as look

    settings = Settings()
    with plainly(settings):
        found = look(settings)
        for damage in found.values():
            for line in damage:
                typer.echo(line)
        damaged = sum(bool(damage) for damage in found.values())
        typer.echo(f"releases: {len(found)}, of them damaged: {damaged}")
        current(settings)  # whole releases are of no use to readers if the pointer names none of them
    if damaged:
        raise typer.Exit(Exit.INFRASTRUCTURE)


@app.command()
def revisions(format_: FormatOption = Format.TABLE) -> None:
    """What the current release revises, counted by reason; csv and json: every revised cell, old and new."""
    from pipelines.release import reader
    from pipelines.release.periods import NotFoundError
    from pipelines.release.revisions import NAME, summary

    settings = Settings()
    with plainly(settings):
        try:
            release, connection = reader.open_release(settings)
        except NotFoundError as error:
            fail(Exit.BAD_INPUT, str(error))
        if format_ != Format.TABLE:
            print_rows(connection.table(NAME).pl().to_dicts(), format_, NAME)
        elif release.revises:
            title = f"{release.revised_count} cells of release {release.revises} are others in"
            print_rows(summary(connection), format_, f"{title} {release.release_id}")
        else:
            typer.echo(f"release {release.release_id}: there is none before it to compare with")


@app.command()
def replay(
    release: Annotated[str, typer.Argument(help="The id of a release that is kept.")] = "current",
) -> None:
    """Build a release once more, beside, from what it was built from, and compare every file's checksum.

    Later landings are left out, and nothing is changed. Exit code 3: it did not come out the same, and why
    that may be.
    """
    from pipelines.landing.store import open_landing
    from pipelines.release.periods import NotFoundError
    from pipelines.release.replay import replay as again

    settings = Settings()
    with ready(settings, needs_sandbox=False):
        try:
            with display.watching(0, 0) as progress:
                done = again(settings, open_landing(settings), release, progress.building)
        except NotFoundError as error:
            fail(Exit.BAD_INPUT, str(error))
        refuse_disk(settings, "\n".join(done.failures))
    display.show_replayed(done)
    if not done.is_same:
        raise typer.Exit(Exit.GATE_FAILED)
