"""`beatbook override`: let a release pass although a rule of the release gate would stop it.

Belongs here: parsing and printing. Does not belong here: the rules (gates/release_gate.py).
"""

from datetime import datetime
from typing import Annotated

import typer

from pipelines.cli.common import Exit, Format, FormatOption, fail, plainly, print_rows
from pipelines.gates import overrides
from pipelines.gates.overrides import RULES, Override
from pipelines.settings import Settings
from pipelines.words import many

app = typer.Typer(
    help="Let a release pass that a rule of the release gate would stop: deliberately, until a day.",
    no_args_is_help=True,
)


@app.command()
def add(
    rule: Annotated[str, typer.Argument(help=f"One of {', '.join(RULES)}.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it holds.")],
    by: Annotated[str, typer.Option(help="Who decides; stands in release.json.")],
    reason: Annotated[str, typer.Option(help="Why; stands in release.json and below every table.")],
) -> None:
    """From now until a day the rule does not stop publication; the release says so, with name and reason."""
    settings = Settings()
    found = Override(rule, by.strip(), reason.strip(), until.date())
    if found.until_date < settings.profile.clock_day():
        fail(Exit.WRONG_CALL, f"{found.until_date} is over")
    if rule not in RULES:
        fail(Exit.BAD_INPUT, f"there is no rule {rule}; there are: {', '.join(RULES)}")
    with plainly(settings):
        settings.prepare()
        overrides.add(settings, found)
    typer.echo(f"{found}")
    typer.echo("`beatbook build` gates and publishes with it.")


@app.command("list")
def list_(format_: FormatOption = Format.TABLE) -> None:
    """Every override, those that have ended too."""
    settings = Settings()
    with plainly(settings):
        found = overrides.overrides(settings)
        holds = overrides.standing(found, settings.profile.clock_day())
    rows = [
        {
            "rule": each.rule,
            "holds": holds.get(each.rule) is each,
            "until_date": each.until_date.isoformat(),
            "by": each.by,
            "reason": each.reason,
        }
        for each in found
    ]
    print_rows(rows, format_, many(len(rows), "override"), "no rule has ever been overridden")
