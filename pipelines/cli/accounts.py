"""`beatbook accounts`: the register, its conflicts, and what discovery proposes.

Belongs here: parsing and printing. Does not belong here: editing the register; people do that, in
dbt/seeds/accounts.csv and neighbourhoods.csv, in a review.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import paths
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
)
from pipelines.discovery import neighbourhoods as found_neighbourhoods
from pipelines.discovery import police_uk
from pipelines.discovery.proposals import propose, read_dump
from pipelines.disk import write_whole
from pipelines.registry import check_neighbourhoods, load_register
from pipelines.registry.neighbourhoods import as_csv
from pipelines.settings import SEEDS, Settings
from pipelines.sources.client import Client
from pipelines.sources.errors import SourceError
from pipelines.sources.limits import DISCOVERY
from pipelines.words import many

app = typer.Typer(
    help="The register of accounts: list, conflicts, discover, neighbourhoods.", no_args_is_help=True
)


@app.command("list")
def list_(
    force: Annotated[str | None, typer.Option(help="Only this force.")] = None,
    platform: Annotated[str | None, typer.Option(help="Only this platform.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Every account with its state, where we know it from, and since when."""
    settings = Settings()
    with ready(settings):
        register = load_register(settings)
        check_forces(register.forces, force)
        if platform not in (None, *register.platforms):
            there_are = ", ".join(register.platforms)
            fail(Exit.BAD_INPUT, f"no such platform: {platform}; there are: {there_are}")
    rows = [
        {
            "account_id": a.account_id,
            "force_id": a.force_id,
            "platform": a.platform,
            "handle": a.handle,
            "account_type": a.account_type,
            "state": register.state(a.account_id, settings.profile.today()),
            "source": a.source,
            "source_date": a.source_date.isoformat(),
        }
        for a in register.accounts.values()
        if force in (None, a.force_id) and platform in (None, a.platform)
    ]
    print_rows(rows, format_, many(len(rows), "account"), "the register has no such account")


@app.command()
def conflicts(format_: FormatOption = Format.TABLE) -> None:
    """Where sources name different accounts for one force and platform."""
    settings = Settings()
    with ready(settings):
        register = load_register(settings)
    rows = [
        {
            "force_id": claim.force_id,
            "platform": claim.platform,
            "handle": claim.handle,
            "source": claim.source,
            "source_date": claim.source_date.isoformat(),
            "url": claim.url or "",
        }
        for conflict in register.conflicts()
        for claim in conflict.claims
    ]
    none = "no sources name different accounts for one force and platform"
    print_rows(rows, format_, many(len(register.conflicts()), "conflict"), none)


@app.command()
def discover(
    file: Annotated[
        Path | None,
        typer.Argument(help="A stored answer; left out, data.police.uk.", parser=paths.file),
    ] = None,
    day: Day = None,
    neighbourhoods: Annotated[bool, typer.Option(help="Also every neighbourhood (minutes).")] = False,
    defects: Annotated[bool, typer.Option(help="List every defect found instead of proposals.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also what agrees with the register.")] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Ask data.police.uk which accounts forces name, and propose changes to the register.

    Exit code 4: a force or a neighbourhood did not answer, and what is said of the others stands.
    """
    settings = Settings()
    with ready(settings):
        register = load_register(settings)
        asked = day_or_today(settings, day)
        try:
            if file is not None:
                _, discovery = read_dump(file)
            else:
                listed = [f.force_id for f in register.forces.values() if f.on_police_uk]
                discovery = asyncio.run(_ask(settings, listed, neighbourhoods))
        except SourceError as error:
            fail(Exit.BAD_INPUT, str(error))
    if defects:
        rows = [
            {"force_id": f.force_id, "type": f.type or "", "url": f.url, "defects": ", ".join(f.defects)}
            for f in discovery.found
            if f.defects
        ]
        of = many(len(discovery.found), "engagement method")
        title = f"With a defect: {len(rows)} of {of}"
        print_rows(rows, format_, title, none=title)
    else:
        proposals = propose(discovery.found, register, answered=discovery.answered, day=asked)
        rows = [
            {
                "kind": p.kind,
                "force_id": p.force_id,
                "platform": p.platform,
                "account_id": p.account_id or "",
                "handle": p.handle or "",
                "because": p.because,
            }
            for p in proposals
            if every or p.kind != "agrees"
        ]
        counted = _counted(p.kind for p in proposals)
        print_rows(rows, format_, counted, none=counted)
    per_platform = Counter(f.platform for f in discovery.found if f.is_account)
    found = ", ".join(f"{name} {count}" for name, count in per_platform.most_common())
    typer.echo(f"{many(len(discovery.found), 'engagement method')}; accounts: {found}", err=True)
    _end(discovery)


@app.command()
def neighbourhoods(
    force: Annotated[list[str] | None, typer.Option(help="Only these forces (repeat it).")] = None,
    day: Day = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help="Write neighbourhoods.csv as it would be to this file, to be reviewed.",
            parser=paths.new_file,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what agrees with the register.")] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Ask data.police.uk for every neighbourhood (minutes), and propose rows of neighbourhoods.csv.

    Exit code 4: a force or a neighbourhood did not answer, and what is said of the others stands.
    """
    settings = Settings()
    with ready(settings):
        register = load_register(settings)
        held = check_neighbourhoods(settings.register, SEEDS)
        asked = day_or_today(settings, day)
        listed = [f.force_id for f in register.forces.values() if f.on_police_uk]
        for unlisted in sorted(set(force or ()) - set(listed)):
            fail(Exit.BAD_INPUT, f"data.police.uk does not list {unlisted!r}")
        discovery = asyncio.run(_ask(settings, [f for f in listed if force is None or f in force], True))
        proposals = found_neighbourhoods.propose(discovery, register, held, asked)
        if to is not None:
            write_whole(to, as_csv(found_neighbourhoods.proposed(held, proposals, asked)).encode())
    rows = [
        {
            "kind": p.kind,
            "force_id": p.force_id,
            "neighbourhood_id": p.neighbourhood_id,
            "name": p.row.neighbourhood_name if p.row else "",
            "residents": (p.row.resident_count or p.row.no_residents_because) if p.row else "",
            "accounts": (p.row.account_ids or "") if p.row else "",
            "because": p.because,
        }
        for p in proposals
        if every or p.kind != "agrees"
    ]
    counted = _counted(p.kind for p in proposals)
    print_rows(rows, format_, counted, none=counted)
    for line in found_neighbourhoods.defects(discovery, proposals):
        typer.echo(line, err=True)
    _end(discovery)


def _counted(kinds: Iterable[str]) -> str:
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(kinds).items()))
    return f"Proposals (nothing is changed): {counts or 'none'}"


def _end(discovery: police_uk.Discovery) -> None:
    """Name who did not answer, and end with the code of what is done in part."""
    for failure in discovery.failures:
        who = " ".join(filter(None, (failure.force_id, failure.neighbourhood_id)))
        typer.echo(f"{who}: not read: {failure.reason} ({failure.detail})", err=True)
    if discovery.failures:
        raise typer.Exit(Exit.INCOMPLETE)


async def _ask(settings: Settings, force_ids: list[str], neighbourhoods: bool) -> police_uk.Discovery:
    base = settings.base_url(police_uk.BASE_URL, police_uk.SANDBOX_PATH)
    moment = settings.profile.moment_of(settings.profile.today())
    async with Client(police_uk.platform(base), now=lambda: moment, limits=DISCOVERY) as client:
        return await police_uk.discover(client, force_ids, neighbourhoods)
