"""Days pulled into a landing folder from a sandbox in process."""

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from pipelines.landing.pull import Pulled, pull_day
from pipelines.landing.store import Landing, open_landing
from pipelines.settings import Settings
from pipelines.sources.catalogue import pulled_platforms, source
from tests.gates.nation import settings_of
from tests.landing.landed import refused
from tests.sources.conftest import Answer

FORCE, BESIDE = "kent", "essex"


class Pulls:
    """Days pulled into one landing folder, two forces only."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.instead: Answer = lambda _: None

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        return self.instead(request)

    @property
    def landing(self) -> Landing:
        return open_landing(self.settings)

    def pull(self, platform: str, day: date, run_id: str, *quarantined: str) -> Pulled:
        """One run, of which the accounts of these forces do not pass the gate."""
        pulled = pull_day(self.settings, platform, day, run_id, forces=[FORCE, BESIDE])
        if quarantined:
            asked = self.landing.read(platform, "requests", day, run_id)
            out = asked.filter(pl.col("force_id").is_in(quarantined)).select("account_id", "force_id")
            accounts = [refused(account, force, platform) for account, force in out.unique().iter_rows()]
            self.landing.judge(platform, day, run_id, accounts)
        return pulled

    def rows(self, platform: str, entity: str, day: date, run_id: str, force: str = FORCE) -> Any:
        return [
            row
            for row in self.landing.read(platform, entity, day, run_id).to_dicts()
            if row["force_id"] == force
        ]

    def messages(self, platform: str, day: date, run_id: str, force: str = FORCE) -> set[tuple[str, str]]:
        key = source(platform).KEYS["messages"]
        found = self.rows(platform, "messages", day, run_id, force)
        keys = {(row["account_id"], row[key]) for row in found}
        assert len(keys) == len(found)
        return keys


@pytest.fixture
def pulls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulls:
    """A sandbox in process in place of the network."""

    def answer(request: httpx.Request) -> httpx.Response | None:
        return made.answer(request)

    made = Pulls(settings_of(tmp_path / "home", monkeypatch, answer=answer))
    return made


@pytest.fixture(params=pulled_platforms())
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)
