"""Clean days of the sandbox nation, pulled without a network: what wrong figures are planted into."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.landing import pull as pull_module
from pipelines.landing import pulse as pulse_module
from pipelines.landing.pull import pull_day
from pipelines.landing.store import Landing, open_landing
from pipelines.registry import load
from pipelines.settings import SEEDS, Settings
from pipelines.sources.client import Client
from sandbox import register
from tests.sources.conftest import Answer, InProcess


def settings_of(
    folder: Path, patch: pytest.MonkeyPatch, seed: int = 7, answer: Answer = lambda _: None
) -> Settings:
    """A data folder whose pulls ask a sandbox in this process; `answer` may answer in its place."""
    (folder / "register").mkdir(parents=True)
    (folder / "register" / "accounts.csv").write_text(register.accounts_csv(seed))
    (folder / "register" / "account_events.csv").write_text(register.account_events_csv(seed))
    patch.setenv("BEATBOOK_HOME", str(folder))
    connect = pull_module.connect

    def in_process(*arguments: Any) -> Client:
        client = connect(*arguments)
        transport = InProcess((), None, answer, seed)
        client._http = httpx.AsyncClient(transport=transport, headers=client._http.headers)
        return client

    patch.setattr(pull_module, "connect", in_process)
    for module in (pull_module, pulse_module):
        patch.setattr(module, "load_register", lambda settings: load(settings.register, SEEDS))
    return Settings()


def pull(settings: Settings, platform: str, days: Sequence[date]) -> Landing:
    """Pull and gate these days."""
    landing = open_landing(settings)
    for day in days:
        pull_day(settings, platform, day, landing.new_run_id())
    return landing
