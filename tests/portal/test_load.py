"""The portal under load, as a process of its own on loopback: releases are switched while it answers.

Belongs here: what only shows with many requests at once. Does not belong here: how fast it is.
"""

import itertools
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import httpx
import pytest
import stamina

from pipelines.disk import write_whole
from pipelines.landing.store import open_landing
from pipelines.release.marking import make_by_hand, make_due
from pipelines.release.published import Release
from pipelines.settings import PROJECT, Settings
from portal.library import Shelf
from tests.e2e.test_up import free_port
from tests.portal.test_app import EVERY_PAGE
from tests.release.official import NOVEMBER, OF_NOVEMBER, month, publish

SERVE = (
    "from pipelines.settings import Settings; from portal.serve import server; "
    "server(Settings(), '127.0.0.1', {port}).run()"
)
ABOUT = "platform=bluesky&period=2026-11"
#: Pages, files and images; each has the release's id and what Essex has in it.
ADDRESSES = [
    *(
        f"/indicators/followers?{ABOUT}",
        f"/tables/indicators/followers.csv?{ABOUT}",
        "/forces/essex?period=2026-11",
    ),
    *(f"/indicators/followers?{ABOUT}&period_type=month", f"/charts/ranked.svg?indicator=followers&{ABOUT}"),
]
#: What Essex has in each release, as pages and files write it.
VALUES = {"3.25": "20261212", "4.75": "20261213", "5.5": "20261214"}
CLIENTS, SWITCH_EVERY = 6, 25


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    return Settings()


@pytest.fixture
def releases(settings: Settings) -> list[Release]:
    return [
        publish(settings, date(2026, 12, int(day[-2:])), month(NOVEMBER, float(value)))
        for value, day in VALUES.items()
    ]


@pytest.fixture
def served(settings: Settings, releases: list[Release]) -> Iterator[tuple[str, int]]:
    """The address and the process of a portal; whoever asks may read every page."""
    port = free_port()
    environment = os.environ | {"BEATBOOK_PUBLIC_PAGES": EVERY_PAGE}
    process = subprocess.Popen([sys.executable, "-c", SERVE.format(port=port)], cwd=PROJECT, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        with stamina.set_testing(False):
            for attempt in stamina.retry_context(on=httpx.HTTPError, attempts=600, wait_max=0.1, timeout=60):
                with attempt:
                    httpx.get(f"{address}/health").raise_for_status()
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


class Load:
    """Clients that ask one after the other, and somebody who switches each time so many were answered."""

    def __init__(self, address: str, switches: Iterator[object]) -> None:
        self.address, self.switches = address, switches
        self.answers: Counter[tuple[int, str]] = Counter()
        self.failed: list[str] = []
        self.mixed: list[str] = []
        self._lock = threading.Lock()
        self._count = itertools.count(1)

    def run(self, requests: int) -> None:
        """Ask so often, all clients together."""
        wanted = itertools.cycle(ADDRESSES)
        share = [list(itertools.islice(wanted, requests // CLIENTS)) for _ in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(self._client, share))

    def _client(self, addresses: list[str]) -> None:
        with httpx.Client(base_url=self.address, timeout=60) as client:
            for path in addresses:
                try:
                    answer = client.get(path)
                except httpx.HTTPError as error:
                    self.failed.append(f"{path}: {error!r}")
                    continue
                self._look(path, answer)

    def _look(self, path: str, answer: httpx.Response) -> None:
        if answer.status_code != 200:
            self.failed.append(f"{path}: {answer.status_code} {answer.text[:200]}")
            return
        days = set(re.findall(r"(\d{8})T0530-", answer.text))
        values = {value for value in VALUES if re.search(rf"[>,]{re.escape(value)}0?[<,]", answer.text)}
        is_chart = path.startswith("/charts")
        if len(days) != 1 or (not is_chart and {VALUES[value] for value in values} != days):
            self.mixed.append(f"{path}: {days} {values}")
        with self._lock:
            self.answers[answer.status_code, *days] += 1  # type: ignore[index]
            if next(self._count) % SWITCH_EVERY == 0:
                next(self.switches)


def pointers(settings: Settings, releases: list[Release]) -> Iterator[object]:
    """The working release switched to and fro, as publishing and rolling back do it."""
    for release in itertools.cycle(releases):
        write_whole(settings.releases / "current", f"{release.release_id}\n".encode())
        yield release


def memory(process: int) -> int:
    """What a process holds of the memory now, in MB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) // 1000


@pytest.mark.long
def test_working_releases_are_switched_without_a_failed_request_or_a_mixed_page(
    settings: Settings, releases: list[Release], served: tuple[str, int]
) -> None:
    load = Load(served[0], pointers(settings, releases))
    load.run(200)
    assert (load.failed, load.mixed) == ([], [])
    assert len(load.answers) == len(releases)  # each of them was seen


def test_a_release_becomes_official_without_a_failed_request_or_a_mixed_page(
    settings: Settings, releases: list[Release], served: tuple[str, int]
) -> None:
    def official() -> Iterator[object]:
        landing = open_landing(settings)
        first, second, _ = releases
        why = ("A lead", "A test.")
        yield make_by_hand(settings, landing, OF_NOVEMBER, *why, first.release_id)
        yield make_by_hand(settings, landing, OF_NOVEMBER, *why, second.release_id, is_correction=True)
        yield from itertools.repeat(make_due(settings, landing, OF_NOVEMBER))

    load = Load(served[0], official())
    load.run(150)
    assert (load.failed, load.mixed) == ([], [])
    assert {day for _, day in load.answers} == set(VALUES.values())
    said = httpx.get(f"{served[0]}{ADDRESSES[0]}").text
    assert "Official release 2 (November 2026, corrected)" in said


@pytest.mark.long
def test_memory_is_steady_over_ten_thousand_requests_and_four_hundred_switches(
    settings: Settings, releases: list[Release], served: tuple[str, int]
) -> None:
    load = Load(served[0], pointers(settings, releases))
    held = []
    for _ in range(5):
        load.run(2_000)
        held.append(memory(served[1]))
    print(f"MB after each 2,000 requests: {held}")
    assert (load.failed, load.mixed) == ([], [])
    assert held[-1] < held[1] * 1.1


def test_what_is_kept_of_a_release_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb  # noqa: PLC0415

    monkeypatch.setattr("portal.library.KEPT_BYTES", 100)
    with duckdb.connect() as connection:
        shelf = Shelf(None, connection)  # type: ignore[arg-type]
        made = [shelf.kept(f"{nth}", lambda _: b"x" * 30) for nth in range(50)]
        assert len(made) == 50
        again = []
        shelf.kept("49", lambda _: again.append("made") or b"")  # type: ignore[func-returns-value]
        shelf.kept("0", lambda _: again.append("made anew") or b"x" * 30)  # type: ignore[func-returns-value]
        assert again == ["made anew"]
        assert sum(map(len, shelf._made.values())) <= 100
