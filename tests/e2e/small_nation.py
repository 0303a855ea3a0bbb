"""A sandbox whose register holds three forces, so that a run takes seconds."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

import sandbox.register
from sandbox.app import create_app
from sandbox.limits import Limits

FORCES = {"derbyshire", "kent", "surrey"}


def _of_forces(text: str) -> list[str]:
    head, *rows = text.splitlines()
    return [head, *(row for row in rows if row.split(",")[1] in FORCES)]


@contextmanager
def small_nation() -> Iterator[str]:
    """Serves it as long as the context lasts; yields its address."""
    accounts = _of_forces(sandbox.register.accounts_csv(7))
    ids = {row.split(",")[0] for row in accounts}
    events = [row for row in sandbox.register.account_events_csv(7).splitlines() if row.split(",")[0] in ids]
    head, *declared = sandbox.register.staffed_hours_csv().splitlines()
    hours = [head, *(row for row in declared if row.split(",")[1] in {"", *ids})]
    areas = sandbox.register.neighbourhoods_csv(7).splitlines()
    areas = [areas[0], *(row for row in areas if row.split(",")[0] in FORCES)]
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as listener:
        patch.setattr(sandbox.register, "accounts_csv", lambda seed: "\n".join(accounts) + "\n")
        patch.setattr(sandbox.register, "account_events_csv", lambda seed: "\n".join(events) + "\n")
        patch.setattr(sandbox.register, "staffed_hours_csv", lambda: "\n".join(hours) + "\n")
        patch.setattr(sandbox.register, "neighbourhoods_csv", lambda seed: "\n".join(areas) + "\n")
        # A day is one moment here, so that all runs of it spend one window of five minutes.
        app = create_app(limits=Limits(generosity=1_000_000))
        config = uvicorn.Config(app, access_log=False, log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()
