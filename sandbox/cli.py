"""The commands: serve the nation, print the truth, write a force's return.

Here: parsing and printing. Not here: anything that decides an answer.
"""

import gc
import os
import socket
import sys
import threading
from typing import Annotated

import msgspec
import typer
import uvicorn

from sandbox import clock, faults, routers
from sandbox.app import create_app
from sandbox.faults import Fault
from sandbox.nation import nation
from sandbox.returns import KINDS, write_return
from sandbox.truth import truth

app = typer.Typer(help="A whole nation on loopback. All its figures are invented.")

FAULT = (
    "PLATFORM:SCOPE:KIND, several times if wanted: bluesky:kent:503. A scope is a force, an account or *; "
    f"a kind one of {', '.join(sorted(faults.KINDS))}."
)
Seed = Annotated[int, typer.Option(help="Which nation.")]
At = Annotated[str, typer.Option(help="The moment, ISO 8601, UTC unless it says otherwise.")]
Force = Annotated[str, typer.Option("--force", help="Only this force.")]


def _moment(text: str) -> int:
    try:
        return clock.ms(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not ISO 8601") from error


def _end_with_parent() -> None:
    """Whoever started us holds our input open; when it closes, nobody needs us any more."""
    sys.stdin.buffer.read()
    os._exit(0)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = 8765,
    seed: Seed = 7,
    fault: Annotated[list[str] | None, typer.Option(help=FAULT)] = None,
    watch_stdin: Annotated[bool, typer.Option(help="Stop when the input closes.")] = False,
) -> None:
    """Serve the nation on 127.0.0.1; the first line printed is its address."""
    try:
        wanted = [Fault.parse(text) for text in fault or []]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    served = create_app(seed, wanted)
    gc.set_threshold(200_000)  # what is made stays: to look through it for garbage was a seventh of the CPU
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    typer.echo(f"http://127.0.0.1:{listener.getsockname()[1]}")
    sys.stdout.flush()
    if watch_stdin:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    # A deliberately cut connection is no news, so only what is critical is logged.
    config = uvicorn.Config(served, access_log=False, log_level="critical", lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


@app.command("truth")
def print_truth(
    at: At, seed: Seed = 7, force: Force = "", platform: Annotated[str, typer.Option()] = ""
) -> None:
    """Print what a client should find at a moment, as JSON."""
    known = {account.force_id for account in nation(seed).accounts}
    for what, wanted, there_are in (("force", force, known), ("platform", platform, set(routers.NAMES))):
        if wanted and wanted not in there_are:
            typer.echo(f"no such {what}: {wanted}; there are: {', '.join(sorted(there_are))}", err=True)
            raise typer.Exit(1)
    found = truth(seed, _moment(at), force, platform)
    typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())


@app.command("return")
def print_return(
    kind: Annotated[str, typer.Argument(help=" or ".join(KINDS))],
    force: Annotated[str, typer.Option("--force", help="Whose return.")],
    at: At,
    platform: Annotated[str, typer.Option(help="x or facebook, usually.")] = "facebook",
    seed: Seed = 7,
) -> None:
    """Write a force's own return, as CSV."""
    try:
        text = write_return(seed, kind, force, platform, _moment(at))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(text, nl=False)


if __name__ == "__main__":
    app()
