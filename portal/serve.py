"""Serving the portal: by itself, or beside the Dagster UI in its process.

Belongs here: uvicorn. Does not belong here: what is served (app.py).
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from pipelines.settings import Settings
from portal.access import demonstration
from portal.app import build_app

#: What is being answered when it ends may take so long.
SECONDS_TO_END = 5


def server(settings: Settings, host: str, port: int) -> uvicorn.Server:
    """A server that has not been started."""
    config = uvicorn.Config(
        build_app(settings),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    return uvicorn.Server(config)


@contextmanager
def beside(settings: Settings, port: int) -> Iterator[str]:
    """Serve on loopback in a thread as long as the context lasts; yields the address.

    Raises:
        OSError: the port is taken.
    """
    served = server(settings, "127.0.0.1", port)
    # Who comes before the server has started waits for it.
    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = threading.Thread(target=served.run, args=([listener],), name="portal", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            served.should_exit = True
            thread.join(SECONDS_TO_END)


def announced(settings: Settings, address: str) -> list[str]:
    """What is said when it starts: where it is, and in the sandbox who may try it."""
    lines = [f"Portal: {address}"]
    if settings.profile.is_invented:
        words = (f"{name} {password}" for name, password in demonstration(settings).items())
        lines.append(f"  sign in as, with: {'; '.join(words)}")
    return lines
