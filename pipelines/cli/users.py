"""`beatbook users`: who may sign in to the portal.

Belongs here: parsing and printing, and asking for a password. Does not belong here: keeping users
(portal/access/users.py), or what each role may read (portal/access/rules.py).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from pipelines.cli.common import Exit, Format, FormatOption, fail, plainly, print_rows
from pipelines.settings import Settings
from pipelines.words import many

app = typer.Typer(
    help="Who may sign in to the portal, and as what. Which role may read which page: docs/access.md.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="What the user signs in as.")]


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help="lead, force or engineer.")],
    force: Annotated[str | None, typer.Option(help="Whose, by its id, for the role force alone.")] = None,
) -> None:
    """Let somebody sign in. The password is asked for, or is the first line of standard input."""
    from portal.access import users

    with _keeping() as settings:
        user = users.add(settings, name, users.role_of(role), force, _password())
    typer.echo(f"{user.name} may sign in as {user.role}" + (f" of {force}" if force else ""))


@app.command("list")
def list_(format_: FormatOption = Format.TABLE) -> None:
    """Every user, with the tokens for scripts that they have."""
    from portal.access import grants, users

    now = datetime.now(UTC)
    with _keeping() as settings:
        rows = [
            {
                "name": user.name,
                "role": user.role,
                "force_id": user.force_id or "",
                "made_at_utc": user.made_at_utc.isoformat(timespec="seconds"),
                "token_count": len(grants.tokens_of(settings, user.name, user.stamp, now)),
            }
            for user in users.users(settings)
        ]
    print_rows(
        rows, format_, many(len(rows), "user"), "nobody may sign in: `beatbook users add` lets somebody"
    )


@app.command()
def remove(name: Name) -> None:
    """Let somebody sign in no more. Their sign-ins and tokens end at once."""
    from portal.access import grants, users

    with _keeping() as settings:
        users.remove(settings, name)
        grants.end_all(settings, name)
    typer.echo(f"{name} is no user any more")


@app.command()
def password(name: Name) -> None:
    """Give a user another password, read like that of `add`. Their sign-ins and tokens end at once."""
    from portal.access import grants, users

    with _keeping() as settings:
        users.set_password(settings, name, _password())
        grants.end_all(settings, name)
    typer.echo(f"{name} has another password")


@app.command("sign-out")
def sign_out(name: Name) -> None:
    """End somebody's sign-ins and tokens, also of somebody whom a directory signed in."""
    from portal.access import grants, users

    with _keeping() as settings:
        count = grants.end_all(settings, name)
        if not count and users.find(settings, name) is None:
            fail(Exit.BAD_INPUT, f"{name} is no user, and nobody of that name is signed in")
    typer.echo(f"sign-ins and tokens of {name} ended: {count}")


@contextmanager
def _keeping() -> Iterator[Settings]:
    """The profile's folder; a user that cannot be is said in a sentence."""
    from portal.access.users import UserError

    settings = Settings()
    with plainly(settings):
        settings.prepare()
        try:
            yield settings
        except UserError as error:
            fail(Exit.BAD_INPUT, str(error))


def _password() -> str:
    """Never an argument: those stand in the shell's history, and in what everyone sees of a process."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
