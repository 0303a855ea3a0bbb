"""The Dagster UI, its daemon and its code location, as one thing that is started and stopped.

Belongs here: the processes, and that none of them is left. Does not belong here: what they serve
(definitions.py), or the command's options (cli/main.py).
"""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from pipelines.landing.locks import BusyError, locked
from pipelines.settings import PROJECT, Settings

#: Dagster's own way to end takes seconds; what is left after this is killed, as it may be at any moment.
SECONDS_TO_END = 20


class NotServedError(Exception):
    """The UI was not started, or ended by itself; the message says why."""


@contextmanager
def only_one(settings: Settings, port: int, portal_port: int) -> Iterator[TextIO]:
    """Be the only UI of the data folder, on free ports: Dagster says neither at once.

    Raises:
        NotServedError: the folder has a UI, or somebody else listens on a port.
    """
    try:
        with locked(settings.locks / "ui", wait=False) as lock:
            check_port(port, "beatbook up --port N")
            check_port(portal_port, "beatbook up --portal-port N")
            yield lock
    except BusyError as error:
        raise NotServedError(f"{settings.home} has a UI already: {error}") from error


def check_port(port: int, instead: str, host: str = "127.0.0.1") -> None:
    """Refuse a port that somebody listens on, and a host that is no address of this machine.

    Raises:
        NotServedError: of a port that is taken the message says how another is chosen.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise NotServedError(f"port {port} is taken; choose another: {instead}") from error
            raise NotServedError(f"cannot listen on {host}, port {port}: {error.strerror}") from error


def serve(settings: Settings, port: int, lock: TextIO) -> None:
    """Serve until SIGTERM, Ctrl-C or the terminal's end; then, or when killed, no process of it is left.

    Raises:
        NotServedError: Dagster ended by itself.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    _end_dead_runs()
    print(
        f"Dagster UI: http://127.0.0.1:{port}  ({settings.profile.name}, data in {settings.home})", flush=True
    )
    dagster = [str(Path(sys.executable).with_name("dagster")), "dev"]
    place = ["-w", str(PROJECT / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
    try:
        _supervise([*dagster, *place], lock)
    finally:
        _end_dead_runs()


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end_dead_runs() -> None:
    import dagster as dg  # noqa: PLC0415  # takes seconds, and a taken port is said before

    from pipelines.orchestration.workers import end_dead_runs  # noqa: PLC0415

    with dg.DagsterInstance.get() as instance:
        end_dead_runs(instance, is_only_ui=True)


def _wait_for_group(group: int) -> None:
    """Until no process of a killed group is left: a run whose worker is still going counts as alive."""
    until = time.monotonic() + SECONDS_TO_END
    with suppress(ProcessLookupError):
        while time.monotonic() < until:
            os.killpg(group, 0)
            time.sleep(0.05)


def _supervise(command: list[str], lock: TextIO) -> None:
    """Run the command in a process group of its own, and leave none of the group.

    The watcher kills the group when this process is gone, however it went; until then it holds the lock, so
    that the next UI begins when the last one's processes have ended.
    """
    tree = subprocess.Popen(command, cwd=PROJECT, start_new_session=True)
    kill = ["/bin/sh", "-c", f"read gone; kill -9 -{tree.pid}"]
    watcher = subprocess.Popen(
        kill,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[lock.fileno()],
        start_new_session=True,
    )
    try:
        code = tree.wait()
        raise NotServedError(f"Dagster ended by itself, with code {code}; its last lines say why")
    except KeyboardInterrupt:
        with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            tree.terminate()
            tree.wait(SECONDS_TO_END)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(tree.pid, signal.SIGKILL)
        tree.wait()
        _wait_for_group(tree.pid)
        watcher.kill()
        watcher.wait()
