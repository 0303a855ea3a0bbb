"""Days pulled into a landing folder from a sandbox in process."""

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.landing import pull as pull_module
from pipelines.landing.pull import Pulled, pull_day
from pipelines.landing.store import Landing, open_landing
from pipelines.registry import load
from pipelines.settings import SEEDS, Settings
from pipelines.sources.catalogue import pulled_platforms, source
from pipelines.sources.client import Client
from sandbox import register
from tests.sources.conftest import Answer, InProcess

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

    def pull(self, platform: str, day: date, run_id: str, **verdicts: str) -> Pulled:
        """One run, and then its gate's verdict for each force that is named."""
        pulled = pull_day(self.settings, platform, day, run_id, forces=[FORCE, BESIDE])
        if verdicts:
            rows: list[dict[str, object]] = [
                {"platform": platform, "force_id": force, "verdict": verdict}
                for force, verdict in verdicts.items()
            ]
            self.landing.judge(platform, day, run_id, rows)
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
    (tmp_path / "register").mkdir()
    (tmp_path / "register" / "accounts.csv").write_text(register.accounts_csv(7))
    (tmp_path / "register" / "account_events.csv").write_text(register.account_events_csv(7))
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path))
    connect = pull_module.connect

    def in_process(*arguments: Any) -> Client:
        client = connect(*arguments)
        transport = InProcess((), None, made.answer)
        client._http = httpx.AsyncClient(transport=transport, headers=client._http.headers)
        return client

    monkeypatch.setattr(pull_module, "connect", in_process)
    monkeypatch.setattr(pull_module, "load_register", lambda settings: load(settings.register, SEEDS))
    made = Pulls(Settings())
    return made


@pytest.fixture(params=pulled_platforms())
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)
