"""The figures of a release: tables, one number's way, questions, incidents, mergers.

Belongs here: options. Does not belong here: reading (release/), or how it looks (benchmark_display.py).
"""

from dataclasses import asdict
from typing import Annotated

import typer

from pipelines.cli import benchmark_display
from pipelines.cli.common import Format, FormatOption, PeriodType, ReleaseOption, as_json, plainly, print_rows
from pipelines.release import figures
from pipelines.settings import Settings

app = typer.Typer()
#: The default of --platform (opened.usual_platform).
USUAL_PLATFORM = "Default: the one with the most numbers, or all where that compares like with like"


@app.command()
def table(
    indicator: Annotated[
        str | None, typer.Argument(help="Left out, without --force: list the indicators.")
    ] = None,
    force: Annotated[
        str | None, typer.Option(help="One force's indicators, beside all forces and its peers.")
    ] = None,
    peers_of: Annotated[
        str | None, typer.Option(help="Of an indicator: that force, its peers, and these together.")
    ] = None,
    platform: Annotated[str | None, typer.Option(help=f"{USUAL_PLATFORM}; with --force every one.")] = None,
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
    release: ReleaseOption = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """A benchmark table of the official release: 48 forces, each with a number or the reason for none.

    Without a period it is the newest month that is final for all indicators, so that tables can be set side
    by side. Before the first official release it is the working one of every day.
    """
    from pipelines.release import reader
    from pipelines.release.opened import open_release

    settings = Settings()
    with plainly(settings):
        if indicator is None and force is None and peers_of is None:
            _, connection = open_release(settings, release)
            print_rows(reader.indicators(connection), format_, "Indicators")
            return
        found = reader.table(
            settings,
            reader.Asked(
                indicator,
                force,
                platform,
                scope,
                period,
                period_type and period_type.value,
                peers_of,
                release,
            ),
        )
    if format_ == Format.TABLE:
        benchmark_display.show_table(found)
    else:
        print_rows(found.rows, format_, found.title)


@app.command()
def explain(
    indicator: Annotated[str, typer.Argument(help="Its id or name; `beatbook table` lists them.")],
    force: Annotated[str, typer.Argument(help="Its id or name.")],
    period: Annotated[
        str | None, typer.Argument(help="As of `beatbook table`. Default: the newest final.")
    ] = None,
    platform: Annotated[str | None, typer.Option(help=f"{USUAL_PLATFORM}, as of `beatbook table`.")] = None,
    scope: Annotated[
        str, typer.Option(help="Which accounts: all, official, officers, neighbourhood.")
    ] = "all",
    period_type: Annotated[PeriodType | None, typer.Option(help="As of `beatbook table`.")] = None,
    release: ReleaseOption = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """The whole way of one number: what it counts, of which accounts, by which formula, beside whom."""
    from pipelines.release import reader
    from pipelines.release.explain import explain as look

    settings = Settings()
    asked = reader.Asked(
        indicator, force, platform, scope, period, period_type and period_type.value, release=release
    )
    with plainly(settings):
        found = look(settings, asked)
    if format_ == Format.TABLE:
        benchmark_display.show_explanation(found)
    elif format_ == Format.JSON:
        typer.echo(as_json(asdict(found)))
    else:
        print_rows(found.accounts, format_, found.title)


@app.command()
def questions(release: ReleaseOption = None, format_: FormatOption = Format.TABLE) -> None:
    """The claims that the benchmarks are to settle: what the figures say today, or what is missing."""
    from pipelines.release import reader
    from pipelines.release.opened import open_release

    settings = Settings()
    with plainly(settings):
        found, connection = open_release(settings, release)
        rows = reader.questions(found, connection)
    if format_ == Format.TABLE:
        benchmark_display.show_questions(
            rows, f"Questions and what {found.label} {found.release_id} says. {found.note}"
        )
    else:
        print_rows(rows, format_, "Questions")


@app.command()
def incidents(
    force: Annotated[str | None, typer.Option(help="The incidents of one force.")] = None,
    release: ReleaseOption = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """What was said, shared and gained in each declared incident, beside what is usual for the force."""
    from pipelines.release import reader
    from pipelines.release.opened import open_release

    settings = Settings()
    with plainly(settings):
        found, connection = open_release(settings, release)
        rows = reader.incidents(found, connection, force)
    if format_ != Format.TABLE:
        print_rows(rows, format_, "Incidents")
    elif rows:
        title = f"Incidents: {found.label} {found.release_id}. {found.note}"
        print_rows([figures.incident(row) for row in rows], format_, title)
    else:
        whose = f" for {force}" if force else ""
        typer.echo(f"no incident is declared{whose}: write it into incidents.csv of the register")


@app.command()
def mergers(
    force: Annotated[str | None, typer.Option(help="The mergers of one force.")] = None,
    release: ReleaseOption = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """What changed when accounts were merged or closed, against forces that merged nothing.

    Engagements, posts and answers of the force in the twelve weeks before and after; a merger without them
    says what is missing.
    """
    from pipelines.release import reader
    from pipelines.release.opened import open_release

    settings = Settings()
    with plainly(settings):
        found, connection = open_release(settings, release)
        rows = reader.mergers(found, connection, force)
    if format_ != Format.TABLE:
        print_rows(rows, format_, "Mergers")
    elif rows:
        title = f"Mergers and closings of accounts: {found.label} {found.release_id}. {found.note}"
        benchmark_display.show_mergers(rows, title)
    else:
        of = f" of {force}" if force else ""
        typer.echo(
            f"no account{of} was merged or closed: write such events into account_events.csv of the register"
        )
