"""One at a time, across processes: file locks, which the system lets go when their holder dies.

Belongs here: the lock. Does not belong here: what it guards. Dagster's own pools are not used for this: a
run that is killed would keep its place in them.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


class BusyError(Exception):
    """Somebody else holds the lock; the message names the process."""


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[TextIO]:
    """Hold the lock `path` for as long as the context lasts, and longer where a child is given the file.

    Raises:
        BusyError: it is taken, and `wait` is False.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as lock:  # not "w": who is refused must not wipe out the holder's name
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"process {path.read_text() or '(unknown)'} holds {path}") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock


def holder(path: Path) -> int | None:
    """The process that holds the lock; None where nobody does. Only for locks that are waited for: looking
    takes the lock for a moment."""
    try:
        with path.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read() or 0)
    except FileNotFoundError:
        pass
    return None
