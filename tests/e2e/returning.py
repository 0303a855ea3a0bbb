"""A warehouse made of returns alone: the production profile, its real register, and files that a test writes.

Belongs here: submitting and building in this process. Does not belong here: what is expected of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.landing.store import open_landing
from pipelines.returns import submit as submission
from pipelines.settings import Settings
from pipelines.warehouse.build import build

POSTS = ("platform", "handle", "post_id", "created_at", "observed_at", "kind")
MESSAGES = ("platform", "handle", "channel", "conversation_id", "message_id", "direction", "sent_at")
Cells = Iterable[object]


def csv(columns: Cells, rows: Iterable[Cells]) -> str:
    """The text of a file; a cell that is None is empty."""
    return "".join(",".join("" if c is None else str(c) for c in row) + "\n" for row in [columns, *rows])


@dataclass
class Warehouse:
    """A data folder of the production profile."""

    settings: Settings
    builds: int = 0

    def submit(self, text: str, period_from: str, period_to: str, exported_at: str) -> str:
        """Land a return in Beatbook's own columns; its run."""
        return self.send("return.csv", text.encode(), submission.Asked(period_from, period_to, exported_at))

    def send(self, name: str, data: bytes, asked: submission.Asked) -> str:
        """Land a file of this name; its run."""
        path = self.settings.home / name
        path.write_bytes(data)
        found = submission.check(self.settings, path, asked=asked)
        path.unlink()
        assert found.is_landable, found.problems[:3]
        landed = submission.submit(self.settings, found)
        assert landed.quarantined == []
        return landed.run_id

    def build(self, *, full: bool = False) -> None:
        self.builds += 1
        build(self.settings, open_landing(self.settings), f"build-{self.builds}", full=full)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            return connection.sql(sql).fetchall()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table."""
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            return connection.table(table).pl().to_dicts()

    def cell(self, indicator_id: str, area_id: str, period_type: str, start: str) -> tuple[Any, ...]:
        """Value, n, reason and detail of a force's cell on Facebook, all accounts."""
        (found,) = self.ask(
            "select value, n, value_note, note_detail from bench_values where platform = 'facebook' "
            f"and account_scope = 'all' and indicator_id = '{indicator_id}' and area_id = '{area_id}' "
            f"and period_type = '{period_type}' and period_start = '{start}'"
        )
        return found


def warehouse(home: Path, monkeypatch: pytest.MonkeyPatch, profile: str = "production") -> Warehouse:
    """An empty one."""
    monkeypatch.setenv("BEATBOOK_HOME", str(home))
    monkeypatch.setenv("BEATBOOK_PROFILE", profile)
    monkeypatch.setenv("BEATBOOK_HASH_KEY", "a key for tests, of thirty-two bytes or more")
    settings = Settings()
    settings.prepare()
    return Warehouse(settings)
