"""Going back to an earlier release: the pointer and a record, nothing else, until the next build."""

from datetime import UTC, date, datetime

import pytest

from pipelines.landing.store import Landing
from pipelines.release.listing import listing
from pipelines.release.marking import make_due
from pipelines.release.official import find, officials
from pipelines.release.periods import NotFoundError
from pipelines.release.publish import publish as publish_build
from pipelines.release.published import DamagedReleaseError, current, folder_of, folders
from pipelines.release.rollback import NotRolledBackError, roll_back, rollbacks, withdrawn
from pipelines.settings import Settings
from tests.damage import flip
from tests.release.official import NOVEMBER, OF_NOVEMBER, month, publish
from tests.release.small_build import build

NOW = datetime(2026, 12, 14, 8, tzinfo=UTC)


def test_the_pointer_goes_back_with_person_and_reason_and_nothing_is_deleted(settings: Settings) -> None:
    first = publish(settings, date(2026, 12, 12), month(NOVEMBER))
    second = publish(settings, date(2026, 12, 13), month(NOVEMBER, 9.0))
    done = roll_back(settings, first.release_id, "An engineer", "Followers were doubled.", NOW)
    release = current(settings)
    assert release
    assert release.release_id == first.release_id
    assert rollbacks(settings) == [done]
    assert (done.by, done.from_release, done.withdrawn) == (
        "An engineer",
        second.release_id,
        [second.release_id],
    )
    assert len(folders(settings)) == 2
    assert withdrawn(settings) == {second.release_id}


def test_what_was_rolled_back_from_never_becomes_official(settings: Settings, landing: Landing) -> None:
    first = publish(settings, date(2026, 12, 12), month(NOVEMBER))
    publish(settings, date(2026, 12, 13), month(NOVEMBER, 9.0))
    publish(settings, date(2026, 12, 14), month(NOVEMBER, 9.5))
    roll_back(settings, first.release_id, "An engineer", "Followers were doubled.", NOW)
    mark = make_due(settings, landing, OF_NOVEMBER)
    assert mark
    assert mark.release_id == first.release_id


def test_an_official_release_stays_where_the_working_one_goes_back(
    settings: Settings, landing: Landing
) -> None:
    first = publish(settings, date(2026, 12, 12), month(NOVEMBER))
    publish(settings, date(2026, 12, 13), month(NOVEMBER, 9.0))
    mark = make_due(settings, landing, OF_NOVEMBER)
    roll_back(settings, first.release_id, "An engineer", "Followers were doubled.", OF_NOVEMBER)
    official, working = find(settings), find(settings, "working")
    assert official
    assert working
    assert officials(settings) == [mark]
    assert (official.release_id[:8], working.release_id[:8]) == ("20261213", "20261212")


def test_an_official_release_is_never_rolled_back_from(settings: Settings, landing: Landing) -> None:
    first = publish(settings, date(2026, 12, 12), month(NOVEMBER))
    publish(settings, date(2026, 12, 13), month(NOVEMBER, 9.0))
    mark = make_due(settings, landing, OF_NOVEMBER)
    assert mark
    third = publish(settings, date(2026, 12, 22), month(NOVEMBER, 9.0))
    done = roll_back(settings, first.release_id, "An engineer", "Followers were doubled.", OF_NOVEMBER)
    assert done.withdrawn == [third.release_id]
    assert withdrawn(settings) == {third.release_id}
    # Earlier versions wrote official releases down too.
    record = settings.releases / "rollbacks.json"
    record.write_text(record.read_text().replace(third.release_id, mark.release_id))
    assert withdrawn(settings) == set()
    states = {row["release_id"]: row["state"] for row in listing(settings, is_verified=False)}
    assert states[mark.release_id] == "Official release 1 (November 2026)"


@pytest.mark.parametrize(
    ("release", "by", "reason", "problem"),
    [
        ("20261212T0530-0000000001", "", "why", "needs a name and a reason"),
        ("20261212T0530-0000000001", "who", " ", "needs a name and a reason"),
        ("20261213T0530-0000000001", "who", "why", "is the current release"),
        ("20200101T0530-0000000001", "who", "why", "is kept"),
    ],
)
def test_what_cannot_be_is_refused(
    settings: Settings, release: str, by: str, reason: str, problem: str
) -> None:
    publish(settings, date(2026, 12, 12), month(NOVEMBER))
    publish(settings, date(2026, 12, 13), month(NOVEMBER))
    with pytest.raises((NotRolledBackError, NotFoundError), match=problem):
        roll_back(settings, release, by, reason, NOW)
    assert rollbacks(settings) == []


def test_a_damaged_release_is_not_gone_back_to(settings: Settings) -> None:
    first = publish(settings, date(2026, 12, 12), month(NOVEMBER))
    publish(settings, date(2026, 12, 13), month(NOVEMBER))
    flip(folder_of(settings, first) / "tables" / "bench_values.parquet")
    with pytest.raises(DamagedReleaseError):
        roll_back(settings, first.release_id, "who", "why", NOW)
    release = current(settings)
    assert release
    assert release.release_id.startswith("20261213")


def test_the_next_build_publishes_again(built: Settings, landing: Landing) -> None:
    first = publish_build(built, landing)
    build(built, "build-2", value=60)
    second = publish_build(built, landing)
    roll_back(built, first.release_id, "who", "why", NOW)
    assert withdrawn(built) == {second.release_id}
    again = publish_build(built, landing)
    assert again.release_id == second.release_id
    assert withdrawn(built) == set()
    build(built, "build-2a", value=65)
    publish_build(built, landing)
    assert withdrawn(built) == set(), "what was published again stays so when another follows"
    build(built, "build-2b", value=60)
    publish_build(built, landing)
    roll_back(built, first.release_id, "who", "why", NOW)
    build(built, "build-3", value=70)
    third = publish_build(built, landing)
    assert (third.revises, third.release_id in (first.release_id, second.release_id)) == (
        first.release_id,
        False,
    )
