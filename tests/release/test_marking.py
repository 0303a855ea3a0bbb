"""What becomes official and when: one release or none, whoever asks, however often, and however it ends."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import msgspec
import polars as pl
import pytest

from pipelines.disk import write_whole
from pipelines.landing.store import Landing
from pipelines.release import marking
from pipelines.release.marking import NotOfficialError, make_by_hand, make_due, overdue
from pipelines.release.official import LINE, damaged, find, officials, path_of, revisions_of
from pipelines.release.periods import NotFoundError
from pipelines.release.published import DamagedReleaseError, folder_of, verify
from pipelines.release.rollback import roll_back
from pipelines.settings import Settings
from tests.damage import flip
from tests.release.official import DECEMBER, NOVEMBER, OF_DECEMBER, OF_NOVEMBER, month, publish
from tests.release.small_release import OCTOBER

MINUTE = timedelta(minutes=1)
TENTH, TWELFTH, OF_JANUARY = date(2026, 12, 10), date(2026, 12, 12), date(2027, 1, 10)


@pytest.fixture
def ready(settings: Settings) -> Settings:
    """November was provisional in one release and is final in the next."""
    publish(settings, TENTH, month(NOVEMBER, 2.0, is_provisional=True))
    publish(settings, TWELFTH, month(NOVEMBER, 3.0))
    return settings


def test_at_its_time_the_newest_release_with_the_month_final_becomes_official(
    ready: Settings, landing: Landing
) -> None:
    assert make_due(ready, landing, OF_NOVEMBER - MINUTE) is None
    assert officials(ready) == []
    mark = make_due(ready, landing, OF_NOVEMBER)
    assert mark is not None
    assert (mark.number, mark.release_id, mark.label) == (
        1,
        "20261212T0530-0000000001",
        "Official release 1 (November 2026)",
    )
    assert (mark.announced_for_utc, mark.by) == ("2026-12-21T09:30:00Z", "")
    assert officials(ready) == [mark]


def test_of_two_final_ones_it_is_the_newer_and_the_figures_that_follow_change_nothing(
    ready: Settings, landing: Landing
) -> None:
    publish(ready, date(2026, 12, 20), month(NOVEMBER, 4.0))
    mark = make_due(ready, landing, OF_NOVEMBER)
    assert mark
    assert mark.release_id.startswith("20261220")
    publish(ready, date(2026, 12, 22), month(NOVEMBER, 5.0))
    official, working = find(ready), find(ready, "working")
    assert official
    assert working
    assert (official.release_id, official.label) == (mark.release_id, mark.label)
    assert (working.release_id[:8], working.label) == ("20261222", "Working release")


def test_before_the_first_official_release_the_working_one_is_shown(ready: Settings) -> None:
    release = find(ready)
    assert release
    assert release.label == "Working release"
    with pytest.raises(NotFoundError, match="there is no official release yet"):
        find(ready, "official")


def test_marked_late_or_twice_or_by_both_there_is_one(ready: Settings, landing: Landing) -> None:
    late = OF_NOVEMBER + timedelta(days=9)
    assert make_due(ready, landing, late)
    assert make_due(ready, landing, late + MINUTE) is None
    with pytest.raises(NotOfficialError, match=r"older than those of Official release 1 \(November 2026\)"):
        make_by_hand(ready, landing, late, "A lead", "To be sure.")
    assert len(officials(ready)) == 1


def test_two_at_once_leave_one(ready: Settings, landing: Landing) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: make_due(ready, landing, OF_NOVEMBER), range(8)))
    assert len([mark for mark in made if mark]) == 1
    assert len(officials(ready)) == 1


@pytest.mark.parametrize("step", ["_freeze", "difference", "_write_revisions", "write_whole"])
def test_killed_half_way_there_is_none_and_the_next_makes_it(
    ready: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    make_due(ready, landing, OF_NOVEMBER)
    publish(ready, OF_JANUARY, month(NOVEMBER, 6.0), month(DECEMBER))

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(marking, step, killed)
        with pytest.raises(KeyboardInterrupt):
            make_due(ready, landing, OF_DECEMBER)
    assert len(officials(ready)) == 1
    assert make_due(ready, landing, OF_DECEMBER)
    assert [mark.number for mark in officials(ready)] == [1, 2]
    assert damaged(ready) == {mark.release_id: [] for mark in officials(ready)}


def not_final(settings: Settings) -> None:
    publish(settings, TENTH, month(NOVEMBER, is_provisional=True))


def too_old(settings: Settings) -> None:
    publish(settings, date(2026, 11, 29), month(OCTOBER))


def torn(settings: Settings) -> None:
    release = publish(settings, TWELFTH, month(NOVEMBER))
    flip(folder_of(settings, release) / "tables" / "dim_area.parquet")


def rolled_back(settings: Settings) -> None:
    first = publish(settings, TENTH, month(NOVEMBER, is_provisional=True))
    publish(settings, TWELFTH, month(NOVEMBER))
    roll_back(settings, first.release_id, "An engineer", "Wrong followers.", OF_NOVEMBER)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda settings: None, "no working release is of data after November 2026"),
        (not_final, "November 2026 is not final in the newest release, 20261210T0530-0000000001"),
        (too_old, "no working release is of data after November 2026"),
        (
            torn,
            "is damaged: release 20261212T0530-0000000001: tables/dim_area.parquet is not what was published",
        ),
        (rolled_back, "November 2026 is not final in the newest release, 20261210T0530-0000000001"),
    ],
)
def test_what_cannot_be_official_is_held_with_a_sentence(
    settings: Settings, landing: Landing, spoil: Callable[[Settings], None], why: str
) -> None:
    spoil(settings)
    with pytest.raises(NotOfficialError, match=why):
        make_due(settings, landing, OF_NOVEMBER)
    assert officials(settings) == []
    assert overdue(settings, OF_NOVEMBER)


def test_a_damaged_release_gives_way_to_the_whole_one_before(ready: Settings, landing: Landing) -> None:
    release = publish(ready, date(2026, 12, 20), month(NOVEMBER))
    flip(folder_of(ready, release) / "tables" / "dim_area.parquet")
    mark = make_due(ready, landing, OF_NOVEMBER)
    assert mark
    assert mark.release_id.startswith("20261212")


def test_each_lists_every_cell_that_it_changes_of_the_one_before(ready: Settings, landing: Landing) -> None:
    make_due(ready, landing, OF_NOVEMBER)
    publish(ready, OF_JANUARY, month(NOVEMBER, 6.0), month(DECEMBER))
    mark = make_due(ready, landing, OF_DECEMBER)
    assert mark
    assert (mark.number, mark.revised_count, mark.revises[:8]) == (2, 1, "20261212")
    rows = pl.read_parquet(revisions_of(ready, mark) / "revisions.parquet").to_dicts()
    assert [(row["area_id"], row["old_value"], row["new_value"], row["reason"]) for row in rows] == [
        ("essex", 3.0, 6.0, "later_data")
    ]
    text = (revisions_of(ready, mark) / "revisions.csv").read_text()
    assert (
        "Essex Police, Followers per 1,000, Bluesky, November 2026: 6 in place of 3. "
        "What was collected since says otherwise." in text.replace("6.00", "6").replace("3.00", "3")
    )


def test_by_hand_it_needs_a_name_a_reason_and_a_month_that_is_final_and_due(
    ready: Settings, landing: Landing
) -> None:
    def by_hand(
        by: str = "A lead", reason: str = "The clock was down.", release: str | None = None
    ) -> object:
        return make_by_hand(ready, landing, OF_NOVEMBER - MINUTE, by, reason, release)

    for words in (("", "why"), ("who", " ")):
        with pytest.raises(NotOfficialError, match="with a name and a reason"):
            by_hand(*words)
    with pytest.raises(NotOfficialError, match="announced for 21 December 2026, 09:30"):
        by_hand()
    with pytest.raises(NotFoundError, match="no release 20200101 is kept"):
        by_hand(release="20200101")
    assert officials(ready) == []
    october = by_hand(release="20261210T0530-0000000001")  # of which no date was announced
    assert officials(ready) == [october]
    with pytest.raises(NotOfficialError, match="October 2026 is official already"):
        by_hand(release="20261210T0530-0000000001")


def test_by_hand_with_nothing_left_it_says_so(settings: Settings, landing: Landing) -> None:
    def by_hand() -> object:
        return make_by_hand(settings, landing, OF_NOVEMBER, "A lead", "The clock was down.")

    with pytest.raises(NotOfficialError, match="nothing is published yet"):
        by_hand()
    publish(settings, TWELFTH, month(NOVEMBER))
    by_hand()
    with pytest.raises(NotOfficialError, match="every release that could be is official already"):
        by_hand()


def test_a_correction_is_the_next_number_of_the_same_month(ready: Settings, landing: Landing) -> None:
    def correct() -> object:
        return make_by_hand(ready, landing, OF_NOVEMBER, "A lead", "Kent was doubled.", is_correction=True)

    with pytest.raises(NotOfficialError, match="no official release to correct"):
        correct()
    make_due(ready, landing, OF_NOVEMBER)
    nothing = (
        r"nothing newer than Official release 1 \(November 2026\) is published, so there is nothing to put"
    )
    with pytest.raises(NotOfficialError, match=nothing):
        correct()
    publish(ready, date(2026, 12, 22), month(NOVEMBER, 5.0))
    correct()
    first, second = officials(ready)
    assert (second.label, second.revised_count) == ("Official release 2 (November 2026, corrected)", 1)
    assert find(ready, first.release_id)
    assert [mark.release_id for mark in officials(ready)] == [first.release_id, second.release_id]


def test_what_is_official_cannot_be_written_to_and_is_held_against_its_line(
    ready: Settings, landing: Landing
) -> None:
    mark = make_due(ready, landing, OF_NOVEMBER)
    assert mark
    folder = ready.releases / mark.release_id
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o444"}
    assert damaged(ready) == {mark.release_id: []}
    record = folder / "release.json"
    text = record.read_bytes().replace(b'"value_count":1', b'"value_count":2')
    for path, content in ((record, text), (folder / "release.json.sha256", None)):
        path.unlink()
        path.write_bytes(content or _sum(record))
    assert verify(ready)[mark.release_id] == []  # a record and its sum that were changed together
    (said,) = damaged(ready)[mark.release_id]
    assert "release.json is not what was made official" in said
    with pytest.raises(DamagedReleaseError, match="put it back from a copy"):
        find(ready)


def _sum(path: Path) -> bytes:
    from pipelines.release.published import record_sum  # noqa: PLC0415

    return record_sum(path).encode()


def test_a_list_that_cannot_be_read_is_said_and_never_taken_for_none(
    ready: Settings, landing: Landing
) -> None:
    make_due(ready, landing, OF_NOVEMBER)
    path_of(ready).write_text("[{")
    for ask in (officials, find, damaged):
        with pytest.raises(DamagedReleaseError, match="no list of official releases"):
            ask(ready)
    with pytest.raises(DamagedReleaseError):
        make_due(ready, landing, OF_DECEMBER)
    assert os.path.getsize(path_of(ready)) == 2


def lost(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(msgspec.json.encode(msgspec.json.decode(path.read_bytes())[:1]))


def edited(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"by": ""', b'"by": "A lead"'))


@pytest.mark.parametrize("harm", [lost, cut, edited])
def test_a_list_that_is_lost_cut_or_edited_is_said_and_nothing_is_numbered_anew(
    ready: Settings, landing: Landing, harm: Callable[[Path], None]
) -> None:
    make_due(ready, landing, OF_NOVEMBER)
    publish(ready, OF_JANUARY, month(NOVEMBER, 6.0), month(DECEMBER))
    make_due(ready, landing, OF_DECEMBER)
    before = path_of(ready).read_bytes()
    harm(path_of(ready))
    assert not path_of(ready).exists() or path_of(ready).read_bytes() != before
    for ask in (officials, find, damaged):
        with pytest.raises(
            DamagedReleaseError, match=r"does not say what .*line\.json does of Official release"
        ):
            ask(ready)
    with pytest.raises(DamagedReleaseError):
        make_by_hand(ready, landing, OF_DECEMBER, "A lead", "To be sure.")
    path_of(ready).write_bytes(before)
    assert len(officials(ready)) == 2


def test_killed_before_the_copy_of_its_line_it_is_official(
    ready: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = write_whole

    def killed(path: Path, content: bytes) -> None:
        if path.name == LINE:
            raise KeyboardInterrupt
        write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(marking, "write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            make_due(ready, landing, OF_NOVEMBER)
    assert [mark.number for mark in officials(ready)] == [1]
    assert make_due(ready, landing, OF_NOVEMBER) is None


def test_data_never_go_back(ready: Settings, landing: Landing) -> None:
    """Neither by name nor because newer releases were rolled back from."""
    make_due(ready, landing, OF_NOVEMBER)
    older = publish(ready, date(2026, 12, 11), month(NOVEMBER, 9.0))
    is_older = f"{older.release_id} has data as of .*, older than those of Official release 1"
    for release_id, why in ((older.release_id, is_older), (None, "nothing newer than Official release 1")):
        with pytest.raises(NotOfficialError, match=why):
            make_by_hand(ready, landing, OF_NOVEMBER, "A lead", "Wrong.", release_id, is_correction=True)
    assert len(officials(ready)) == 1
