"""The Dagster UI as an engineer meets it in Chromium, on runs that were started on the command line."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sandbox.story import TAKEN_DOWN
from tests.e2e.conftest import DAYS, Nation
from tests.e2e.test_up import Up, free_port, until

pytestmark = [pytest.mark.e2e, pytest.mark.long]

LAPTOP = {"width": 1500, "height": 950}
NEWEST = "query { runsOrError(limit: 1) { ... on Runs { results { runId } } } }"


@pytest.fixture
def up(copied: Callable[[], Nation]) -> Iterator[Up]:
    """The UI on the pulled nation."""
    found = Up(copied(), free_port(), free_port())
    until(lambda: httpx.get(found.url.replace("graphql", "server_info")).is_success)
    yield found
    found.process.terminate()
    found.process.communicate()


def test_why_an_account_is_missing_is_one_click_from_its_run_and_the_timeline_has_the_run(
    up: Up, browser: Any
) -> None:
    ui = up.url.removesuffix("/graphql")
    page = browser.new_context(viewport=LAPTOP).new_page()
    page.set_default_timeout(240_000)  # beside other tests
    [run] = up.ask(NEWEST)["runsOrError"]["results"]
    page.goto(f"{ui}/runs/{run['runId']}")
    page.click("text=landing__bluesky >> nth=0")
    reason = page.locator(f"text=did not land: {TAKEN_DOWN}").first
    reason.wait_for()
    assert reason.inner_text() == f"did not land: {TAKEN_DOWN} (kent): suspended, AccountTakedown"

    page.goto(f"{ui}/overview/activity/timeline")
    for job in ("daily", "pull"):
        page.get_by_text(job, exact=True).first.wait_for()
    page.goto(f"{ui}/runs")
    page.locator(f"text={DAYS[-1]}").first.wait_for()
