"""The `beatbook` command: parsing and printing.

Belongs here: options, and which exit code an outcome is. Does not belong here: doing it. What does it is
imported by the command that runs, so that the others answer at once.
"""

import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from pipelines.cli import (
    accounts,
    benchmark_display,
    benchmarks,
    display,
    override,
    portal,
    purposes,
    quarantine,
    reading,
    releases,
    returns,
    users,
)
from pipelines.cli.common import (
    Day,
    Exit,
    Format,
    FormatOption,
    check_forces,
    day_or_today,
    fail,
    print_rows,
    ready,
    refuse_disk,
)
from pipelines.imports import importing
from pipelines.settings import LONDON, Settings, SettingsError
from pipelines.words import many
from sandbox.cli import app as sandbox_app

if TYPE_CHECKING:
    from pipelines.orchestration.runs import Outcome


class Beatbook(TyperGroup):
    """The command of all commands: a setting that is wrong stops each of them in the same way."""

    def invoke(self, ctx: Any) -> Any:
        """Call the command."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            fail(Exit.INFRASTRUCTURE, str(error))


app = typer.Typer(
    cls=Beatbook,
    help="The benchmarking warehouse for UK police social media.",
    epilog="Exit codes: 0 done; 1 bad input; 2 wrong call; 3 a gate failed, nothing published or made "
    "official, or a replay differs; "
    "4 incomplete (status, returns status, accounts discover and neighbourhoods); "
    "5 infrastructure, a damaged release included. BEATBOOK_PROFILE=production reads the real register; "
    "the default, sandbox, invents every figure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(benchmarks.app)
app.add_typer(reading.app)
app.add_typer(portal.app)
app.command()(purposes.purposes)
app.add_typer(returns.app, name="returns")
app.add_typer(accounts.app, name="accounts")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(override.app, name="override")
app.add_typer(releases.app, name="releases")
app.add_typer(users.app, name="users")
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
        check_forces(register.forces, *(force or ()))
        wanted = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
        landing = open_landing(settings)
        todo = [d for d in wanted if d == last or again or not already_landed(landing, d)]
        total = sum(
            len([a for a in register.accounts_to_pull(p, d) if not force or a.force_id in force])
            for d in todo
            for p in pulled_platforms()
        )
        days_to_pull = many(len(todo), "day")
        begin = f"{settings.profile.name}: {days_to_pull} to pull, up to {last}; data in {settings.home}"
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
def pulse(
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M"],
            help="Sandbox only: when, in London. Default: on its last day, what the clock shows.",
        ),
    ] = None,
) -> None:
    """Pull what cannot wait for the daily run: posts whose next age is passing, and open conversations.

    Run it every hour: the first hour and the first day of a post are measured by it. It lands and gates;
    nothing is built, and nothing that it does can fail the day. `plan --pulse` says what it costs.
    """
    settings = Settings()
    moment = at.replace(tzinfo=LONDON) if at else None
    try:
        settings.profile.pulse_moment(moment)
    except SettingsError as error:
        fail(Exit.WRONG_CALL, str(error))
    with ready(settings):
        settings.author_hash_key()
        with display.watching(0, 1) as progress:
            with importing():
                from pipelines.orchestration import runs

            outcome = runs.pulse(settings, moment, progress)
    for line in outcome.brought:
        display.console.print(line, markup=False, highlight=False, soft_wrap=True)
    for line in outcome.reasons:
        display.errors.print(line, markup=False, highlight=False, soft_wrap=True)
    refuse_disk(settings, "\n".join(outcome.reasons))
    raise typer.Exit(outcome.exit)


@app.command()
def plan(
    day: Day = None,
    of_pulse: Annotated[bool, typer.Option("--pulse", help="Of one pulse in place of a day's run.")] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Requests, quota units and price of a day's run or of one pulse, before anything is spent."""
    from pipelines.landing import plan as planning
    from pipelines.landing.store import open_landing
    from pipelines.registry import load_register

    settings = Settings()
    with ready(settings):
        asked = day_or_today(settings, day)
        register, landing = load_register(settings), open_landing(settings)
        plans = planning.plan(settings, register, landing, asked, of_pulse=of_pulse)
        what = "one pulse on" if of_pulse else "the run of"
        print_rows([asdict(row) for row in plans], format_, f"What {what} {asked} needs")


@app.command()
def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the Dagster UI listens.")] = 3000,
    portal_port: Annotated[int, typer.Option(min=1, max=65535, help="Where the portal listens.")] = 3001,
) -> None:
    """The Dagster UI, its schedule, the portal and (in the sandbox) the sandbox, until you stop it."""
    from pipelines.orchestration import ui

    settings = Settings()
    try:
        with ui.only_one(settings, port, portal_port) as lock, ready(settings):
            from portal.serve import announced, beside

            with beside(settings, portal_port) as address:
                typer.echo("\n".join(announced(settings, address)))
                ui.serve(settings, port, lock)
    except ui.NotServedError as error:
        fail(Exit.INFRASTRUCTURE, str(error))


#: What is shown after a build: the first of these that has a number, as one return may fill few.
_SHOWN = ("answered_1h_pct", "posts_per_week", "followers_per_1k")


def _finish(settings: Settings, outcome: "Outcome") -> None:
    """Say what was published, or why not, and exit with the outcome's code."""
    from pipelines.release import official, reader
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
        for indicator in (*_SHOWN, _SHOWN[0]):
            shown = reader.table(settings, reader.Asked(indicator, release=official.WORKING))
            if shown.has_numbers:
                break
        benchmark_display.show_table(shown)
    folder = folder_of(settings, release)
    newest = release.data_as_of_utc[:10]
    for row in release.quarantined:
        if row["day"] == newest:
            of = f"{many(row['account_count'], 'account')} of {many(row['force_count'], 'force')}"
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
        f"Revises   {many(release.revised_count, 'cell')} of {release.revises}"
        if release.revises
        else "Revises   nothing: there is no release before it",
        f"More      {own} table, {own} status, {own} revisions, {own} --help",
        "See it    make up, then http://127.0.0.1:3001 (the portal) and http://127.0.0.1:3000 (Dagster)",
    ):
        display.console.print(line, markup=False, highlight=False, soft_wrap=True)
