"""A day's pull when platforms do their worst: it ends, says why, and keeps nothing of what they said."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from pipelines.landing import pull as pull_module
from pipelines.landing.pull import Pulled, pull_day
from pipelines.landing.store import open_landing
from pipelines.settings import Settings
from pipelines.sources.catalogue import pulled_platforms
from pipelines.sources.limits import Limits
from sandbox import serve
from tests.landing.conftest import Pulls

DAY = date(2026, 11, 9)
BESIDE = ["norfolk", "suffolk", "dorset"]
ECHOED = "s3cret/that?was=echoed"
Start = Callable[..., Settings]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """A sandbox with faults behind a socket, and a home for what is pulled from it; limits as given."""
    running: list[Any] = []

    def starting(*faults: str, **limits: float) -> Settings:
        running.append(serve.start(faults=faults))
        monkeypatch.setenv("BEATBOOK_SANDBOX_URL", running[-1].__enter__())
        monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
        monkeypatch.setattr(pull_module, "Limits", partial(Limits, **limits))
        return Settings()

    yield starting
    for sandbox in running:
        sandbox.__exit__(None, None, None)


def log_of(settings: Settings, pulled: Pulled) -> pl.DataFrame:
    return open_landing(settings).read(pulled.platform, "requests", pulled.day, pulled.run_id)


def test_bad_servers_hold_their_own_accounts_and_no_others(start: Start) -> None:
    worst = {
        "kent": ("wait", "throttled", "rate_limited"),
        "essex": ("hang", "failed", "timed_out"),
        "surrey": ("drip", "failed", "timed_out"),
        "sussex": ("bomb", "failed", "too_large"),
        "gwent": ("repeat", "failed", "repeated_page"),
        "derbyshire": ("endless", "failed", "too_many_pages"),
    }
    faults = [f"mastodon:{force}:{kind}" for force, (kind, *_) in worst.items()]
    settings = start(*faults, request_seconds=1.5, server_seconds=3, pages=20)
    pulled = pull_day(settings, "mastodon", DAY, "run-1", forces=[*worst, *BESIDE])
    log = log_of(settings, pulled)
    bad = log.filter(~pl.col("status").is_in(["landed", "empty"]), pl.col("force_id").is_in(list(worst)))
    for force, (_, status, reason) in worst.items():
        first = bad.filter(pl.col("force_id") == force).row(0, named=True)
        assert (status, reason) == (first["status"], first["reason"]), force
    details = "\n".join(bad["detail"])
    for limit in (
        "the server's 3 seconds were over",
        "to wait 3600 s, and of the server's 3 seconds",
        "more than 20 further pages",
    ):
        assert limit in details
    # Of the others only those are not there that are gone: suspended, moved, closed.
    beside = log.filter(~pl.col("force_id").is_in(list(worst)))
    assert set(beside["status"]) <= {"landed", "empty", "refused"}
    assert beside.filter(pl.col("entity") == "messages")["force_id"].n_unique() == len(BESIDE)
    assert pulled.due_count == log["account_id"].n_unique()


def test_a_pull_ends_at_its_deadline_and_every_account_says_so(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_MAX_MINUTES_PER_PULL", "0.02")
    settings = start("mastodon:*:drip")
    began = time.monotonic()
    pulled = pull_day(settings, "mastodon", DAY, "run-1")
    assert time.monotonic() - began < Limits().request_seconds  # far more than those
    log = log_of(settings, pulled)
    assert log["account_id"].n_unique() == log.height == pulled.due_count
    assert set(log["status"]) == {"failed"}
    assert set(log["reason"]) == {"timed_out"}
    said = Counter(detail.partition(" /")[0] for detail in log["detail"])
    assert said["not asked: the platform's 1.2 seconds were over before"] > 100
    assert said["the platform's 1.2 seconds were over at"] <= 4
    assert (
        said.total()
        == said["the platform's 1.2 seconds were over at"]
        + (said["not asked: the platform's 1.2 seconds were over before"])
    )


def _everywhere(request: httpx.Request, status: int) -> httpx.Response:
    """The secret in every place of an answer that has words, and in the address."""
    error = {"code": ECHOED, "message": ECHOED, "errors": [{"reason": ECHOED, "message": ECHOED}]}
    body = {"error": error, "message": ECHOED, ECHOED: ECHOED, "items": [{ECHOED: ECHOED}], "feed": ECHOED}
    headers = {
        "retry-after": ECHOED,
        "ratelimit-reset": ECHOED,
        "x-ratelimit-remaining": ECHOED,
        "location": f"https://{ECHOED}",
        "link": f'<{request.url.copy_set_param("key", ECHOED)}>; rel="next"',
        "content-type": f"application/json; charset={ECHOED}",
        "x-said": ECHOED,
    }
    return httpx.Response(status, json=body, headers=headers)


def _odd(request: httpx.Request, headers: dict[str, str]) -> httpx.Response:
    return httpx.Response(200, content=ECHOED.encode(), headers=headers)


def _raised(request: httpx.Request, error: type[Exception]) -> httpx.Response:
    raise error(f"{ECHOED} {request.url}")


ECHOES: dict[str, Callable[[httpx.Request], httpx.Response]] = {
    **{f"{n}": partial(_everywhere, status=n) for n in (200, 302, 400, 401, 403, 404, 429, 500)},
    "a list": lambda _: httpx.Response(200, json=[{ECHOED: ECHOED, "id": {ECHOED: 1}}]),
    "no JSON": partial(_odd, headers={}),
    "packing": partial(_odd, headers={"content-encoding": ECHOED}),
    "no gzip": partial(_odd, headers={"content-encoding": "gzip"}),
    "elsewhere": partial(_odd, headers={"link": f'<https://{ECHOED}>; rel="next"'}),
    "network": partial(_raised, error=httpx.ReadError),
    "ours": partial(_raised, error=ValueError),
}


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("platform", pulled_platforms())
def test_what_a_platform_says_back_is_in_no_file(
    pulls: Pulls, monkeypatch: pytest.MonkeyPatch, platform: str, echo: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Of an error codes and paths are kept; its words may hold our key, or whom we asked about."""
    monkeypatch.setattr(Settings, "token", lambda self, platform: ECHOED)
    pulls.instead = ECHOES[echo]
    pulled = pulls.pull(platform, DAY, "run-1")
    assert pulled.status_counts.get("landed", 0) == 0
    assert ECHOED not in str(pulled)
    assert pulled.missing
    found = [path for path in pulls.settings.home.rglob("*") if path.is_file()]
    for path in found:
        held = str(pl.read_parquet(path).to_dicts()) if path.suffix == ".parquet" else path.read_text()
        assert "s3cret" not in held, path
    assert any("requests" in str(path) for path in found)
