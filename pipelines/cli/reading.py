"""What stands behind the figures: commands that read, and change nothing that is published.

Belongs here: options, and which exit code a finding is. Does not belong here: reading (release/), or how it
looks (display.py).
"""

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from pipelines.cli import display
from pipelines.cli.common import (
    Day,
    Exit,
    Format,
    FormatOption,
    as_json,
    day_or_today,
    fail,
    plainly,
    print_rows,
    ready,
    refuse_disk,
)
from pipelines.settings import SEEDS, Settings
from pipelines.words import many

app = typer.Typer()


@app.command()
def status(
    force: Annotated[
        str | None, typer.Option(help="Why this force is missing: each of its accounts, and what to do.")
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """What is published, what the last build and pull brought, what is missing.

    Exit code 4: incomplete; 5: the release that is published, or an official one, is damaged.
    """
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
    if found.is_damaged:
        raise typer.Exit(Exit.INFRASTRUCTURE)
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
    if about.keys() == {"release"}:
        typer.echo(f"nothing landed on {asked}: this is the present build alone", err=True)
    shown = [row | {"failed": len(row["failed"]), "page": str(row["page"])} for row in rows]
    print_rows(shown, format_, f"What is expected of the landing of {asked} and of the present build")
    if format_ == Format.TABLE:
        typer.echo(settings.profile.note)
        for name, folder in about.items():
            typer.echo(f"{name}: {folder / 'index.html'}")


@app.command()
def verify() -> None:
    """Hold each file of every release that is kept against its checksum. Exit code 5: one is damaged.

    Official ones are held against their line in official.json as well.
    """
    from pipelines.release.official import damaged as damaged_officials
    from pipelines.release.published import PUT_BACK, current
    from pipelines.release.published import verify as look

    settings = Settings()
    with plainly(settings):
        found = look(settings)
        officials = damaged_officials(settings)
        for release_id, lines in officials.items():
            found[release_id] = [*found.get(release_id, []), *lines]
        for damage in found.values():
            for line in damage:
                typer.echo(line)
        damaged = sum(bool(damage) for damage in found.values())
        typer.echo(f"releases: {len(found)}, of them damaged: {damaged}")
        for release_id in officials:
            if found[release_id]:
                typer.echo(f"{release_id} is official: {PUT_BACK}")
        current(settings)  # whole releases are of no use to readers if the pointer names none of them
    if damaged:
        raise typer.Exit(Exit.INFRASTRUCTURE)


@app.command()
def revisions(format_: FormatOption = Format.TABLE) -> None:
    """What the working release revises, counted by reason; csv and json: every revised cell, old and new."""
    from pipelines.release.official import WORKING
    from pipelines.release.opened import open_release
    from pipelines.release.revisions import NAME, summary

    settings = Settings()
    with plainly(settings):
        release, connection = open_release(settings, WORKING)
        if format_ != Format.TABLE:
            print_rows(connection.table(NAME).pl().to_dicts(), format_, NAME)
        elif release.revises:
            are = "is another" if release.revised_count == 1 else "are others"
            title = f"{many(release.revised_count, 'cell')} of release {release.revises} {are} in"
            title += f" {release.release_id}. {release.note}"
            none = f"release {release.release_id} revises no cell of release {release.revises}"
            print_rows(summary(connection), format_, title, none)
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
    from pipelines.release.replay import replay as again

    settings = Settings()
    with ready(settings, needs_sandbox=False):
        with display.watching(0, 0) as progress:
            done = again(settings, open_landing(settings), release, progress.building)
        refuse_disk(settings, "\n".join(done.failures))
    display.show_replayed(done)
    if not done.is_same:
        raise typer.Exit(Exit.GATE_FAILED)
