"""`beatbook quarantine`: what the landing gate keeps out, and what a person decides of it.

Belongs here: parsing and printing. Does not belong here: who is quarantined (landing/quarantine.py).
"""

from datetime import date, timedelta
from typing import Annotated

import typer

from pipelines.cli.common import Day, Exit, Format, FormatOption, day_or_today, fail, print_rows, ready
from pipelines.landing.manifest import Decision
from pipelines.landing.quarantine import decisions, in_brief, quarantined
from pipelines.landing.store import Landing, open_landing
from pipelines.settings import Settings

app = typer.Typer(
    help="What the landing gate keeps out: list it, let it count, or keep out more.", no_args_is_help=True
)

Source = Annotated[str, typer.Argument(help="The platform, or `returns`.")]
On = Annotated[str, typer.Argument(help="The day of the pull, as 2026-11-09.")]
Accounts = Annotated[
    list[str] | None, typer.Option("--account", help="Only this account; may be given more than once.")
]
By = Annotated[str, typer.Option(help="Who decides; stands in release.json.")]
Reason = Annotated[str, typer.Option(help="Why; stands in release.json.")]


@app.command("list")
def list_(
    since: Day = None,
    platform: Annotated[str | None, typer.Option(help="Each account of this platform.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """What does not count: a line for each platform and day, or for each account of one platform."""
    settings = Settings()
    with ready(settings, needs_sandbox=False):
        landing = open_landing(settings)
        first = day_or_today(settings, since) - (timedelta() if since else timedelta(days=31))
        if platform is None:
            rows, decided = in_brief(landing, first), decisions(landing, first)
        else:
            rows = quarantined(landing, _source(landing, platform), first).to_dicts()
            decided = [row for row in decisions(landing, first) if row["platform"] == platform]
    print_rows(rows, format_, f"quarantined since {first}", f"nothing has been quarantined since {first}")
    if decided and format_ == Format.TABLE:
        shown = [
            {
                "platform": row["platform"],
                "day": row["day"],
                "decided": "counts" if row["is_release"] else "withdrawn" if row["run_ids"] else "held",
                "accounts": ", ".join(row["run_ids"] or row["account_ids"]) or "all",
                "by": row["by"],
                "reason": row["reason"],
            }
            for row in decided
        ]
        print_rows(shown, format_, "decisions")


@app.command()
def release(source: Source, day: On, by: By, reason: Reason, account: Accounts = None) -> None:
    """Let quarantined rows of a day count: the figures were looked at, and are right."""
    _decide(source, day, Decision(True, sorted(account or []), by.strip(), reason.strip()))


@app.command()
def hold(source: Source, day: On, by: By, reason: Reason, account: Accounts = None) -> None:
    """Keep rows of a day out that passed, or for good what the gate quarantined."""
    _decide(source, day, Decision(False, sorted(account or []), by.strip(), reason.strip()))


def _decide(source: str, text: str, decision: Decision) -> None:
    settings = Settings()
    with ready(settings, needs_sandbox=False):
        landing = open_landing(settings)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            fail(Exit.WRONG_CALL, f"{text!r} is no day; as 2026-11-09")
        if not decision.by or not decision.reason:
            fail(Exit.WRONG_CALL, "a decision needs a name (--by) and a reason (--reason)")
        _source(landing, source)
        runs = list(landing.runs(source, day, day))
        asked = {
            account
            for _, run_id in runs
            for account in landing.read(source, "requests", day, run_id)["account_id"]
        }
        if not runs:
            fail(Exit.BAD_INPUT, f"nothing of {source} landed on {day}")
        unknown = sorted(set(decision.account_ids) - asked)
        if unknown:
            fail(Exit.BAD_INPUT, f"not asked on {source} on {day}: {', '.join(unknown)}")
        if decision.is_release:
            out = set(quarantined(landing, source, day, day)["account_id"])
            if not out & set(decision.account_ids or out):
                fail(Exit.BAD_INPUT, f"nothing of that is quarantined on {source} on {day}")
        landing.decide(source, day, landing.new_run_id(), decision)
    verb = "counts" if decision.is_release else "is kept out"
    what = ", ".join(decision.account_ids) or f"all of {source}"
    typer.echo(f"{what} {verb} on {day}, by {decision.by}: {decision.reason}")
    typer.echo("`beatbook build` brings that into the benchmarks.")


def _source(landing: Landing, wanted: str) -> str:
    known = sorted({source for source, _ in landing.schemas})
    if wanted not in known:
        fail(Exit.BAD_INPUT, f"nothing is landed from {wanted}; there are: {', '.join(known)}")
    return wanted
