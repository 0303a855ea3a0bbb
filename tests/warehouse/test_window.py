"""Which days a build computes anew, from what has landed since the last one."""

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipelines.landing.manifest import DamagedError
from pipelines.landing.store import Landing
from pipelines.settings import SEEDS
from pipelines.sources.catalogue import pulled_platforms, source
from pipelines.warehouse.window import OUTCOMES_BACK, Window, link_files, window
from tests.landing.landed import land, refused

DAY = date(2026, 11, 4)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    landing = Landing(tmp_path / "landing", {name: source(name).ENTITIES for name in pulled_platforms()})
    landing.prepare()
    return landing


def pull(landing: Landing, day: date, run_id: str | None = None) -> str:
    """A run of one account, landed and passed."""
    run_id = run_id or f"{day:%Y%m%d}T053000000000-0000"
    moment = datetime(day.year, day.month, day.day, 5, 30)  # noqa: DTZ001 (landing stores UTC without a zone)
    own = {"force_id": "kent", "account_id": "bluesky:kent", "pulled_at_utc": moment, "platform": "bluesky"}
    asked = {"entity": "posts", "status": "landed", "reason": "", "detail": ""}
    counts = {name: 0 for name, kind in landing.schemas["bluesky", "requests"].items() if kind == pl.Int64}
    land(landing, "bluesky", day, run_id, {"requests": [own | asked | counts]})
    return run_id


def returned(landing: Landing, day: date, sent: datetime, period_from: date | None = None) -> None:
    """A return of one message, declared from its day on or from an earlier one."""
    own = {"force_id": "kent", "account_id": "x:kent", "platform": "x", "pulled_at_utc": sent}
    texts = {"channel": "public", "conversation_id": "c", "message_id": "m", "direction": "inbound"}
    message = own | texts | {"sent_at_utc": sent, "is_automatic": None, "file_sha256": "", "line": 2}
    counts = {name: 0 for name, kind in landing.schemas["returns", "requests"].items() if kind == pl.Int64}
    asked = own | {"entity": "messages", "status": "landed", "reason": "", "detail": ""} | counts
    asked |= {"period_from_date": period_from or sent.date(), "period_to_date": sent.date()}
    rows = {"messages": [message], "requests": [asked]}
    land(landing, "returns", day, f"{day:%Y%m%d}T120000000000-0000", rows)


def found(landing: Landing, before: Window | None = None) -> Window:
    made = window(landing, before)
    assert made is not None
    return made


def test_nothing_landed_is_no_window(landing: Landing) -> None:
    assert window(landing, None) is None


def test_a_build_from_nothing_computes_all_of_history(landing: Landing) -> None:
    pull(landing, DAY)
    first = found(landing)
    # A pull knows 29 days before its own: 6 October, in the week of the 5th and the month of the 1st.
    assert first.history_from_date == date(2026, 10, 1)
    assert first.posts_from_date == first.messages_from_date == first.history_from_date
    assert first.data_as_of_utc == "2026-11-04T05:30:00"


def test_a_day_more_computes_what_its_pull_can_touch(landing: Landing) -> None:
    pull(landing, DAY)
    before = found(landing)
    pull(landing, DAY + timedelta(days=1))
    after = found(landing, before)
    assert after.posts_from_date == DAY - timedelta(days=31)
    assert after.messages_from_date == DAY - timedelta(days=10)
    assert after.history_from_date == before.history_from_date


def test_nothing_new_computes_nothing(landing: Landing) -> None:
    pull(landing, DAY)
    before = found(landing)
    again = found(landing, before)
    assert again.posts_from_date > DAY + timedelta(days=1)
    assert again.runs == before.runs


def test_what_was_young_at_the_last_build_is_computed_again_after_a_pause(landing: Landing) -> None:
    pull(landing, DAY)
    before = found(landing)
    pull(landing, DAY + timedelta(days=60))
    assert found(landing, before).posts_from_date == DAY - timedelta(days=31)


def test_a_run_that_is_judged_again_reopens_its_days(landing: Landing) -> None:
    run_id = pull(landing, DAY - timedelta(days=40))
    pull(landing, DAY)
    before = found(landing)
    kent = refused("bluesky:kent", "kent", "bluesky")
    landing.judge("bluesky", DAY - timedelta(days=40), run_id, [kent])
    assert found(landing, before).posts_from_date == DAY - timedelta(days=71)
    assert found(landing, before).messages_from_date == DAY - timedelta(days=50)


def test_a_run_that_is_gone_reopens_its_days(landing: Landing) -> None:
    early = DAY - timedelta(days=40)
    pull(landing, early - timedelta(days=1))
    run_id = pull(landing, early)
    pull(landing, DAY)
    before = found(landing)
    landing.manifest_path("bluesky", early, run_id).unlink()
    assert found(landing, before).messages_from_date == early - timedelta(days=10)


def test_a_late_return_reopens_the_days_that_it_speaks_of(landing: Landing) -> None:
    for back in range(120, -1, -10):
        pull(landing, DAY - timedelta(days=back))
    before = found(landing)
    returned(landing, DAY, datetime(2026, 9, 20, 12))  # noqa: DTZ001
    after = found(landing, before)
    # Replies in it may answer questions of a month before.
    assert after.messages_from_date == after.posts_from_date == date(2026, 8, 18)


def test_a_return_reopens_the_silence_that_it_declares(landing: Landing) -> None:
    for back in range(120, -1, -10):
        pull(landing, DAY - timedelta(days=back))
    before = found(landing)
    returned(landing, DAY, datetime(2026, 9, 20, 12), date(2026, 9, 1))  # noqa: DTZ001
    assert found(landing, before).posts_from_date == date(2026, 7, 30)


def test_a_return_from_before_history_moves_its_beginning(landing: Landing) -> None:
    pull(landing, DAY)
    before = found(landing)
    returned(landing, DAY, datetime(2025, 3, 10, 12))  # noqa: DTZ001
    after = found(landing, before)
    assert after.history_from_date == after.posts_from_date == date(2025, 3, 1)


def test_links_lead_to_the_files_of_the_window_and_to_every_schema(landing: Landing, tmp_path: Path) -> None:
    for back in range(60, -1, -1):
        pull(landing, DAY - timedelta(days=back))
    before = found(landing)
    pull(landing, DAY + timedelta(days=1))
    link_files(landing, found(landing, before), tmp_path / "reading")
    names = {path.name for path in (tmp_path / "reading" / "bluesky" / "requests").iterdir()}
    days = {name[:8] for name in names if name != "schema.parquet"}
    assert min(days) == f"{DAY - timedelta(days=31):%Y%m%d}"
    assert max(days) == f"{DAY + timedelta(days=1):%Y%m%d}"
    for source_name, entity in landing.schemas:
        assert (tmp_path / "reading" / source_name / entity / "schema.parquet").exists()


@pytest.mark.parametrize("what", ["requests", "manifest"])
def test_a_damaged_run_is_named_and_nothing_is_linked_in_its_place(
    landing: Landing, tmp_path: Path, what: str
) -> None:
    run_id = pull(landing, DAY)
    whole = found(landing)
    path = (
        landing.manifest_path("bluesky", DAY, run_id)
        if what == "manifest"
        else landing.path("bluesky", "requests", DAY, run_id)
    )
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(DamagedError, match=path.name):
        link_files(landing, whole, tmp_path / "reading")
    with pytest.raises(DamagedError, match=path.name):
        window(landing, None)


def test_a_pulse_is_read_and_makes_no_day(landing: Landing, tmp_path: Path) -> None:
    """Nobody was due on a day of which there is only a pulse; its posts are of two days before it at most."""
    pull(landing, DAY)
    before = found(landing)
    next_day = DAY + timedelta(days=1)
    pulse = pull(landing, next_day, "r00000009-a-pulse")
    after = found(landing, before)
    assert (after.first_pull_date, after.last_pull_date) == (DAY, DAY)
    assert after.history_from_date == before.history_from_date
    assert after.data_as_of_utc == f"{next_day}T05:30:00"
    assert after.runs[f"bluesky/{next_day}/{pulse}"].posts_from == next_day - timedelta(days=2)
    link_files(landing, after, tmp_path / "links")
    assert (tmp_path / "links" / "bluesky" / "requests" / f"{pulse}.parquet").exists()


def test_a_return_of_outcomes_reopens_the_appeals_of_four_weeks_before(landing: Landing) -> None:
    for back in range(120, -1, -10):
        pull(landing, DAY - timedelta(days=back))
    before = found(landing)
    came = date(2026, 9, 20)
    sent = datetime(2026, 11, 4, 12)  # noqa: DTZ001 (landing stores UTC without a zone)
    own = {"force_id": "kent", "account_id": "x:kent", "pulled_at_utc": sent, "platform": "x"}
    outcome = own | {"post_id": "1", "outcome": "located", "outcome_date": came, "file_sha256": "", "line": 2}
    counts = {name: 0 for name, kind in landing.schemas["returns", "requests"].items() if kind == pl.Int64}
    asked = own | {"entity": "outcomes", "status": "landed", "reason": "", "detail": ""} | counts
    asked |= {"period_from_date": came, "period_to_date": came}
    run_id = f"{DAY:%Y%m%d}T120000000000-0000"
    land(landing, "returns", DAY, run_id, {"outcomes": [outcome], "requests": [asked]})
    # A day more for London's summer time; the history of before does not begin earlier for it.
    after = found(landing, before)
    assert after.runs[f"returns/{DAY}/{run_id}"].posts_from == came - OUTCOMES_BACK - timedelta(days=1)
    assert after.posts_from_date <= came - OUTCOMES_BACK - timedelta(days=1)
    assert after.history_from_date == before.history_from_date
    days = yaml.safe_load((SEEDS.parent / "dbt_project.yml").read_text())["vars"]["outcome_days"]
    assert timedelta(days=days) == OUTCOMES_BACK
