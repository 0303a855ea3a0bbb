"""Ten exports as their tools write them, sent through a browser: their figures stand in the next release."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.gates.records import record
from pipelines.gates.release_gate import release_gate
from pipelines.landing.store import open_landing
from pipelines.registry import load
from pipelines.release.publish import publish
from pipelines.release.published import folder_of
from pipelines.returns import submit as submission
from pipelines.settings import SEEDS
from pipelines.warehouse.build import current_build
from portal.access import demonstration
from portal.serve import beside
from tests.e2e.returning import Warehouse, warehouse
from tests.e2e.test_every_export import of_maker, register
from tests.e2e.test_up import free_port
from tests.returns.exports import COUNTERS, MAKERS, Export

pytestmark = [pytest.mark.e2e, pytest.mark.dbt, pytest.mark.long]

TOOLS = (
    *("facebook 1", "instagram 1", "x posts 1", "tweets 1", "linkedin 1", "tiktok 1", "youtube 1"),
    *("hootsuite 1", "sprout 1", "hootsuite inbox"),
)
#: What the forms ask where a file does not say: the day and the time in the United Kingdom.
ASKED = {"period_from": "2026-05-01", "period_to": "2026-05-31", "exported_at": "2026-06-08 09:15"}


@dataclass
class Door:
    """Kent's page for sending, in a browser."""

    page: Any
    url: str

    def sign_in(self, password: str) -> None:
        self.page.goto(f"{self.url}/sign-in")
        self.page.fill("#name", "kent")
        self.page.fill("#password", password)
        self.page.press("#password", "Enter")

    def send(self, export: Export, path: Path) -> str:
        """What the receipt says."""
        self.page.goto(f"{self.url}/send/kent")
        self.page.set_input_files("input[name=file]", path)
        for account in export.said.get("accounts", ()):
            self.page.fill("input[name=account]", account)
        self.page.click("button:text-is('Preview')")
        for field, answer in ASKED.items():
            if self.page.locator(f"input[name={field}]:visible").count():
                self.page.fill(f"input[name={field}]", answer)
        if self.page.locator("button:text-is('Preview again')").count():
            self.page.click("button:text-is('Preview again')")
        self.page.click("button:text-is('Land this')")
        return str(self.page.inner_text("[role=status]"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """The sandbox's profile, for there the register is a file of the data folder."""
    made = warehouse(tmp_path / "home", monkeypatch, "sandbox")
    register(made.settings.register)
    monkeypatch.setattr(submission, "load_register", lambda settings: load(settings.register, SEEDS))
    return made


@pytest.fixture
def door(home: Warehouse, browser: Any) -> Iterator[Door]:
    with beside(home.settings, free_port()) as url:
        context = browser.new_context(java_script_enabled=False)
        found = Door(context.new_page(), url)
        found.sign_in(demonstration(home.settings)["kent"])
        yield found
        context.close()


def test_ten_unedited_exports_sent_through_the_browser_stand_in_the_next_release(
    home: Warehouse, door: Door, tmp_path: Path
) -> None:
    exports = {name: MAKERS[name](of_maker(nth)) for nth, name in enumerate(TOOLS)}
    for name, export in exports.items():
        path = tmp_path / name / export.file
        path.parent.mkdir()
        path.write_bytes(export.data)
        rows = f"{len(export.rows)} rows of {export.kind.replace('_', ' ')} landed."
        assert door.send(export, path).startswith(rows), name

    home.build()
    settings, build = home.settings, current_build(home.settings)
    assert build is not None
    verdict = release_gate(settings.warehouse, build.build_id, None)
    assert verdict.failures == []
    record(settings.gates, verdict)
    release = folder_of(settings, publish(settings, open_landing(settings)))

    with (release / "extracts" / "kent" / "posts.csv").open(newline="", encoding="utf-8") as file:
        held = {row["post_id"].removeprefix("'"): row for row in csv.DictReader(file)}
    sent = [row for export in exports.values() if export.kind == "posts" for row in export.rows]
    assert len(sent) == 9 * 12
    for row in sent:
        published = held[row["post_id"]]
        figures = {name: "" if row[name] is None else str(row[name]) for name in COUNTERS}
        assert {name: published[name] for name in COUNTERS} == figures, row["post_id"]
    # Of messages it is the conversations that stand there.
    [(count,)] = home.ask("select count(*) from fct_conversations where force_id = 'kent'")
    assert count > 0
