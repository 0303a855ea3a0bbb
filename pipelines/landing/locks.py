"""One at a time, across processes: file locks, which the system lets go when their holder dies.

Belongs here: the lock. Does not belong here: what it guards. Dagster's own pools are not used for this: a
run that is killed would keep its place in them.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BusyError(Exception):
    """Somebody else holds the lock."""


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock `path` for as long as the context lasts.

    Raises:
        BusyError: it is taken, and `wait` is False.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"{path} is taken") from error
        yield
