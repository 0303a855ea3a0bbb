"""The `beatbook` command: parsing and printing.

Belongs here: options, and which exit code an outcome is. Does not belong here: doing it. What does it is
imported by the command that runs, so that the others answer at once.
"""

import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import accounts, display, override, quarantine, returns
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
from pipelines.imports import importing
from pipelines.settings import SEEDS, Settings
from sandbox.cli import app as sandbox_app

if TYPE_CHECKING:
    from pipelines.orchestration.runs import Outcome

app = typer.Typer(
    help="The benchmarking warehouse for UK police social media.",
    epilog="Exit codes: 0 done; 1 bad input; 2 wrong call; 3 a gate failed, nothing published, or a replay "
    "differs; "
    "4 incomplete (status); 5 infrastructure. BEATBOOK_PROFILE=production reads the real register; "
    "the default, sandbox, invents every figure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(returns.app, name="returns")
app.add_typer(accounts.app, name="accounts")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(override.app, name="override")
app.add_typer(sandbox_app, name="sandbox")

Forces = Annotated[list[str] | None, typer.Option("--force", help="Only this force (repeat for more).")]


@app.command()
def run(
    days: Annotated[int, typer.Option(min=1, help="Sandbox only: how many days to pull, one by one.")] = 1,
    until: Day = None,
    force: Forces = None,
    again: Annotated[bool, typer.Option(help="Pull earlier days that have landed once more.")] = False,
) -> None:
    """Pull, gate, build, gate, release: the daily job, end to end.

    Days before the last that have landed already are not pulled again. An account, platform or force that
    fails is named, and the rest is published; a gate that fails stops publication and the last release
    stays.
    """
    from pipelines.landing.store import open_landing
    from pipelines.registry import load_register
    from pipelines.release.status import already_landed
    from pipelines.sources.catalogue import pulled_platforms

    settings = Settings()
    last = day_or_today(settings, until)
    if not settings.profile.has_past and (days > 1 or until):
        fail(Exit.WRONG_CALL, "a platform shows only the present: production pulls today, and no other day")
    first, newest = settings.profile.days()
    if last > newest or (last - first).days < days - 1:
        asked = f"{days} days up to {last}" if days > 1 else f"{last}"
        fail(Exit.WRONG_CALL, f"{asked} cannot be pulled: the days of the sandbox are {first} to {newest}")
    with ready(settings):
        settings.author_hash_key()  # a run without it would fail at the first account
        register = load_register(settings)
        unknown = sorted(set(force or []) - set(register.forces))
        if unknown:
            names = ", ".join(unknown)
            fail(Exit.BAD_INPUT, f"no such force: {names}; dbt/seeds/forces.csv has their ids")
        wanted = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
        landing = open_landing(settings)
        todo = [d for d in wanted if d == last or again or not already_landed(landing, d)]
        total = sum(
            len([a for a in register.accounts_due(p, d) if not force or a.force_id in force])
            for d in todo
            for p in pulled_platforms()
        )
        plural = "s" if len(todo) > 1 else ""
        begin = (
            f"{settings.profile.name}: {len(todo)} day{plural} to pull, up to {last}; data in {settings.home}"
        )
        display.errors.print(begin, markup=False, highlight=False, soft_wrap=True)
        with display.watching(total, len(todo)) as progress:
            with importing():
                from pipelines.orchestration import runs

            outcome = runs.run(settings, todo, force or [], progress)
        _finish(settings, outcome)


@app.command()
def build(
    full: Annotated[
        bool, typer.Option(help="From nothing, in place of what is new since the last build.")
    ] = False,
) -> None:
    """Build, gate and publish from what has landed, without pulling.

    What the last build had seen is not computed again, unless models, seeds or the register have changed.
    """
    settings = Settings()
    with ready(settings, needs_sandbox=False):
        with display.watching(0, 0) as progress:
            with importing():
                from pipelines.orchestration import runs

            outcome = runs.build(settings, progress, full=full)
        _finish(settings, outcome)


@app.command()
def plan(day: Day = None, format_: FormatOption = Format.TABLE) -> None:
    """Requests, quota units and price of a day's run, before anything is spent."""
    from pipelines.landing import plan as planning
    from pipelines.landing.store import open_landing
    from pipelines.registry import load_register

    settings = Settings()
    with ready(settings):
        asked = day_or_today(settings, day)
        plans = planning.plan(settings, load_register(settings), open_landing(settings), asked)
        print_rows([asdict(row) for row in plans], format_, f"What the run of {asked} needs")


@app.command()
def table(
    indicator: Annotated[
        str | None, typer.Argument(help="Left out, without --force: list the indicators.")
    ] = None,
    force: Annotated[str | None, typer.Option(help="One force's indicators, beside all forces.")] = None,
    platform: Annotated[str | None, typer.Option(help="Default: all, or the one with most numbers.")] = None,
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


@app.command()
def up(port: Annotated[int, typer.Option(help="Where the Dagster UI listens.")] = 3000) -> None:
    """The Dagster UI, its schedule and (in the sandbox profile) the sandbox, until you stop it."""
    from pipelines.orchestration import ui

    settings = Settings()
    try:
        with ui.only_one(settings, port) as lock, ready(settings):
            ui.serve(settings, port, lock)
    except ui.NotServedError as error:
        fail(Exit.INFRASTRUCTURE, str(error))


def _finish(settings: Settings, outcome: "Outcome") -> None:
    """Say what was published, or why not, and exit with the outcome's code."""
    from pipelines.release import reader
    from pipelines.release.published import DamagedReleaseError, current, folder_of

    try:
        release = current(settings)
        kept = f"release {release.release_id} stays current" if release else "nothing is published yet"
    except DamagedReleaseError as error:
        release, kept = None, error.damage[0]
    if outcome.exit or release is None:
        display.errors.print("[bold red]Not published[/]: ", end="")
        display.errors.print(f"{kept}.", markup=False, highlight=False, soft_wrap=True)
        for reason in outcome.reasons:
            display.errors.print(f"  {reason}", markup=False, highlight=False, soft_wrap=True)
        refuse_disk(settings, "\n".join(outcome.reasons))
        raise typer.Exit(outcome.exit or Exit.INFRASTRUCTURE)
    if settings.profile.is_invented:  # whoever tries it sees a table; production's readers have their own
        display.show_table(reader.table(settings, reader.Asked("answered_1h_pct")))
    folder = folder_of(settings, release)
    newest = release.data_as_of_utc[:10]
    for row in release.quarantined:
        if row["day"] == newest:
            of = f"{row['account_count']} accounts of {row['force_count']} forces"
            line = f"{row['platform']} quarantined on {newest}: {of}: {row['detail']}"
            display.errors.print(line, markup=False, highlight=False, soft_wrap=True)
    for line in release.overridden:
        display.errors.print(f"Published although {line}", markup=False, highlight=False, soft_wrap=True)
    gates = ", ".join(gate["gate"] for gate in release.gates)
    own = sys.argv[0]  # as it was called, so that it can be called again
    for line in (
        f"Gates     passed: {gates}",
        f"Release   {folder}",
        f"Extracts  {folder / 'extracts'}/<force_id>/",
        f"Revises   {release.revised_count} cells of {release.revises}"
        if release.revises
        else "Revises   nothing: there is no release before it",
        f"More      {own} table, {own} status, {own} revisions, {own} --help",
        "Dagster   make up, then http://127.0.0.1:3000",
    ):
        display.console.print(line, markup=False, highlight=False, soft_wrap=True)
