"""The command in a process that is forked when all is imported, and that ends itself at a given boundary.

A boundary is whatever a run does to the names or the beginnings of files in its data folder: opening one to
write, renaming, linking, removing, making a folder. The interpreter announces each before it happens
(`sys.addaudithook`), so the product has no hook for this. What is killed before one boundary is killed after
the one before it.
"""

import hashlib
import json
import os
import re
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pipelines.settings import Settings

os.environ.update(Settings().environment())  # before importing: no telemetry

import dbt.adapters.duckdb.connections
import dbt.cli.main  # noqa: F401
import great_expectations  # noqa: F401

import pipelines.orchestration.runs  # noqa: F401
from pipelines.cli import app

#: What happens to a file → at which place the arguments have its path, and the folder that it is relative to.
CHANGES = {
    "os.rename": (1, 3),
    "os.link": (1, 3),
    "os.symlink": (1, 2),
    "os.remove": (0, 1),
    "os.rmdir": (0, 1),
    "os.mkdir": (0, 2),
    "open": (0, None),
    "subprocess.Popen": (0, None),
}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_FORCE = re.compile(r"/extracts/[a-z-]+")
_NUMBER = re.compile(r"[0-9a-f]{8,}(-[0-9a-f]{4,})*|[0-9]+")
#: What is below these has one name for each kind of change.
_MANY = re.compile(
    r"/(dbt|reading|releases/.staging/tables|releases/.removed[^/]*|landing/[a-z]+/[a-z]+|dagster/storage)/.*"
)


def command(words: list[str], env: dict[str, str], said: Path, seen: Path | None, end: str = "") -> None:
    """`beatbook WORDS` with this environment, in a session of its own, its output in the file `said`.

    The boundaries go to the file `seen`, a line each. Before the n-th boundary of a name the process kills
    itself, `end` being "n name".
    """
    os.setsid()
    for name in [name for name in os.environ if name.startswith(("BEATBOOK", "DAGSTER", "DBT"))]:
        del os.environ[name]
    os.environ.update(env)
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    if seen is not None:
        _watch(env["BEATBOOK_HOME"], os.open(seen, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), end)
    sys.argv = ["beatbook", *words]
    app(words)


def _watch(home: str, seen: int, end: str) -> None:
    counts: dict[str, int] = {}

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event not in CHANGES or (name := boundary(home, event, args)) is None:
            return
        counts[name] = counts.get(name, 0) + 1
        line = f"{counts[name]} {name}"
        os.write(seen, f"{line}\n".encode())
        if line == end:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def boundary(home: str, event: str, args: tuple[Any, ...]) -> str | None:
    """The name of a boundary, the same in each run; None for what is not about the data folder."""
    if event == "subprocess.Popen":
        return f"{event} {Path(os.fsdecode(args[0])).name}"
    at, beside = CHANGES[event]
    path = args[at]
    if isinstance(path, int) or (event == "open" and not args[2] & WRITES):
        return None
    path = os.fsdecode(path)
    if beside is not None and args[beside] >= 0:
        path = os.path.join(os.readlink(f"/proc/self/fd/{args[beside]}"), path)
    if not path.startswith(f"{home}/"):
        return None
    within = _MANY.sub(r"/\1/...", path.removeprefix(home))
    return f"{event} {_NUMBER.sub('#', _FORCE.sub('/extracts/*', within))}"


def read_on(releases: Path, until: Connection) -> None:
    """Read what `current` names in a loop until told to stop; sends how often and what was broken."""
    count, broken = 0, set[str]()
    while not until.poll(0.01):
        pointer = releases / "current"
        if not pointer.exists():
            continue
        named = pointer.read_text().strip()
        try:
            said = json.loads((releases / named / "release.json").read_bytes())
            files = said["files"].items()
            broken |= {
                f"{named}: {name}" for name, sha256 in files if digest(releases / named / name) != sha256
            }
        except (OSError, ValueError) as error:
            broken.add(f"{named}: {error}")
        count += 1
    until.send((count, sorted(broken)))


def digest(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
