"""Landing's promises: whole or not at all, never changed, read back as it was written."""

import os
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing import store
from pipelines.landing.manifest import DamagedError
from pipelines.landing.quarantine import passed
from pipelines.landing.store import COMMON, LOG, RETURNS, Landing
from pipelines.settings import SettingsError
from pipelines.sources.catalogue import pulled_platforms, source
from tests.landing.landed import land, refused

DAY = date(2026, 11, 9)
SEEN = datetime(2026, 11, 9, 5, 30)  # noqa: DTZ001
ENTITIES = {name: source(name).ENTITIES for name in pulled_platforms()}
FORCE = {"force_id": "kent", "account_id": "youtube:kent", "pulled_at_utc": SEEN}
PROFILE = {**FORCE, "channel_id": "UC1", "subscriber_count": 7}
POST = {**FORCE, "video_id": "v", "view_count": None, "like_count": 0}


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing", ENTITIES)


def files(landing: Landing) -> dict[Path, tuple[int, bytes]]:
    paths = (path for path in landing.root.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def test_every_source_has_its_entities_and_its_log(landing: Landing) -> None:
    assert set(landing.schemas) == {
        (name, entity) for name, own in {**ENTITIES, "returns": RETURNS}.items() for entity in [*own, *LOG]
    }
    for schema in landing.schemas.values():
        assert list(schema)[:4] == list(COMMON)


def test_before_the_first_pull_readers_find_every_column_and_no_row(landing: Landing) -> None:
    landing.prepare()
    for (name, entity), schema in landing.schemas.items():
        found = pl.read_parquet(landing.root / name / entity / "schema.parquet")
        assert found.is_empty()
        assert found.schema == pl.Schema(schema)
    assert list(landing.runs("youtube")) == []


def test_preparing_twice_changes_nothing_and_a_new_column_is_added(landing: Landing) -> None:
    landing.prepare()
    before = files(landing)
    landing.prepare()
    assert files(landing) == before
    wider = {**ENTITIES, "youtube": {**ENTITIES["youtube"], "profiles": {"new_count": pl.Int64}}}
    Landing(landing.root, wider).prepare()
    path = landing.root / "youtube" / "profiles" / "schema.parquet"
    assert "new_count" in pl.read_parquet_schema(path)
    assert {p for p, stamp in files(landing).items() if stamp != before[p]} == {path}


def test_what_is_written_is_read_back_with_its_run(landing: Landing) -> None:
    land(landing, "youtube", DAY, "run-1", {"profiles": [PROFILE], "posts": [POST], "messages": []})
    assert landing.path("youtube", "profiles", DAY, "run-1").relative_to(landing.root) == Path(
        "youtube/profiles/day=2026-11-09/run-1.parquet"
    )
    (profile,) = landing.read("youtube", "profiles", DAY, "run-1").to_dicts()
    assert profile == dict.fromkeys(landing.schemas["youtube", "profiles"]) | PROFILE | {"run_id": "run-1"}
    (post,) = landing.read("youtube", "posts", DAY, "run-1").to_dicts()
    assert (post["view_count"], post["like_count"]) == (None, 0)  # missing is not zero
    empty = landing.read("youtube", "messages", DAY, "run-1")
    assert empty.is_empty()
    assert empty.schema == pl.Schema(landing.schemas["youtube", "messages"])
    assert not landing.path("youtube", "messages", DAY, "run-1").exists()


@pytest.mark.parametrize(("source_name", "entity"), [("atlantis", "posts"), ("youtube", "outcomes")])
def test_an_entity_that_nobody_declared_is_refused(landing: Landing, source_name: str, entity: str) -> None:
    with pytest.raises(KeyError):
        land(landing, source_name, DAY, "run-1", {entity: [POST]})
    assert files(landing) == {}


def test_what_landed_is_never_overwritten(landing: Landing) -> None:
    land(landing, "youtube", DAY, "run-1", {"profiles": [PROFILE]})
    before = files(landing)
    with pytest.raises(FileExistsError, match="never changed"):
        land(landing, "youtube", DAY, "run-1", {"profiles": [{**PROFILE, "subscriber_count": 8}]})
    assert files(landing) == before
    land(landing, "youtube", DAY, "run-2", {"profiles": [{**PROFILE, "subscriber_count": 8}]})
    assert before.items() <= files(landing).items()


@pytest.mark.parametrize(
    "wrong",
    [{"like_count": "many"}, {"like_count": 2**63}, {"published_at_utc": "2026-11-09"}, {"video_id": []}],
)
def test_one_wrong_value_and_nothing_at_all_is_written(landing: Landing, wrong: dict[str, Any]) -> None:
    rows = {"profiles": [PROFILE], "posts": [POST, {**POST, **wrong}]}
    with pytest.raises((pl.exceptions.PolarsError, TypeError, OverflowError)):
        land(landing, "youtube", DAY, "run-1", rows)
    assert files(landing) == {}


def test_killed_before_the_rename_leaves_nothing_that_a_reader_sees(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            land(landing, "youtube", DAY, "run-1", {"profiles": [PROFILE]})
    assert [path for path in files(landing) if not path.name.startswith(".")] == []
    assert list(landing.root.rglob("*.parquet")) == []
    assert list(landing.runs("youtube")) == []
    land(landing, "youtube", DAY, "run-1", {"profiles": [PROFILE]})
    assert landing.read("youtube", "profiles", DAY, "run-1").height == 1


def test_the_bytes_are_on_disk_before_the_name_is(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    sync, replace = os.fsync, Path.replace

    def synced(file: int) -> None:
        order.append("sync")
        sync(file)

    def renamed(self: Path, target: Path) -> Path:
        order.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    land(landing, "youtube", DAY, "run-1", {"profiles": [PROFILE]})
    # The rows, the log, and then the manifest; a rename is on disk when its folder is.
    assert order == ["sync", "rename", "sync"] * 3


def test_a_run_killed_before_its_manifest_has_not_landed(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Landing, "_put", killed)
        with pytest.raises(KeyboardInterrupt):
            land(landing, "youtube", DAY, "run-1", {"profiles": [PROFILE]})
    assert landing.path("youtube", "profiles", DAY, "run-1").exists()
    assert list(landing.runs("youtube")) == []
    assert passed(landing, "youtube", "profiles", DAY, DAY, ["account_id"]).is_empty()


@pytest.mark.parametrize("at", range(0, 1000, 97))
def test_a_flipped_bit_anywhere_in_a_run_is_noticed(landing: Landing, at: int) -> None:
    land(
        landing,
        "youtube",
        DAY,
        "run-1",
        {"profiles": [PROFILE]},
        [refused("youtube:kent", "kent", "youtube")],
    )
    for path in (
        landing.path("youtube", "profiles", DAY, "run-1"),
        landing.manifest_path("youtube", DAY, "run-1"),
    ):
        whole = path.read_bytes()
        flipped = bytearray(whole)
        flipped[at % len(whole)] ^= 1
        path.write_bytes(flipped)
        with pytest.raises(DamagedError, match=path.name):
            landing.read("youtube", "profiles", DAY, "run-1")
        with pytest.raises(DamagedError, match=path.name):
            landing.files("youtube", DAY, "run-1", {"profiles"})
        path.write_bytes(whole)
    assert landing.read("youtube", "profiles", DAY, "run-1").height == 1


def test_every_verdict_on_a_run_is_kept_by_its_digest(landing: Landing) -> None:
    land(landing, "youtube", DAY, "run-1", {"profiles": [PROFILE]})
    kent = refused("youtube:kent", "kent", "youtube")
    said = [landing.manifest("youtube", DAY, "run-1")]
    for verdict in ([kent], [], [kent]):
        landing.judge("youtube", DAY, "run-1", verdict)
        said.append(landing.manifest("youtube", DAY, "run-1"))
    assert said[0] == said[2] != said[1] == said[3]
    for manifest in said:
        assert landing.manifest_of("youtube", DAY, "run-1", manifest.sha256) == manifest
    assert [run_id for _, run_id in landing.runs("youtube")] == ["run-1"]


def test_a_verdict_that_was_lost_is_named(landing: Landing) -> None:
    land(landing, "youtube", DAY, "run-1", {"profiles": [PROFILE]})
    first = landing.manifest("youtube", DAY, "run-1").sha256
    landing.judge("youtube", DAY, "run-1", [refused("youtube:kent", "kent", "youtube")])
    replaced = landing.replaced_path("youtube", DAY, "run-1", first)
    whole = replaced.read_bytes()
    for harm in (lambda: replaced.write_bytes(whole[:-9]), replaced.unlink):
        harm()
        with pytest.raises(DamagedError, match=replaced.name):
            landing.manifest_of("youtube", DAY, "run-1", first)
    landing.manifest_path("youtube", DAY, "run-1").write_bytes(b"")
    with pytest.raises(DamagedError, match=r"run-1\.json"):
        landing.manifest_of("youtube", DAY, "run-1", first)


def test_a_file_that_is_gone_is_noticed(landing: Landing) -> None:
    land(landing, "youtube", DAY, "run-1", {"profiles": [PROFILE], "posts": [POST]})
    landing.path("youtube", "posts", DAY, "run-1").unlink()
    with pytest.raises(DamagedError, match="is missing, or is not what was landed"):
        landing.files("youtube", DAY, "run-1", {"posts"})
    assert list(landing.files("youtube", DAY, "run-1", {"profiles"})) == ["profiles"]


def test_what_an_earlier_version_landed_is_not_taken_for_nothing(landing: Landing) -> None:
    (landing.root / "youtube" / "verdicts" / "day=2026-11-09").mkdir(parents=True)
    with pytest.raises(SettingsError, match="an earlier version"):
        landing.prepare()


def test_runs_are_ordered_by_their_number_also_when_the_clock_is_set_back(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [datetime(2026, 11, 9, 5, 30, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)]
    clock = iter([*moments, *reversed(moments)])

    class Clock:
        now = staticmethod(lambda _zone: next(clock))

    monkeypatch.setattr(store, "datetime", Clock)
    ids = [landing.new_run_id(unique) for unique in ("ffffffff", "eeeeeeee", "dddd", "cccc")]
    assert ids == sorted(ids)
    assert ids[0] == "r00000001-20261109T053000-ffffffff"
    assert ids[3].startswith("r00000004-20261109T053000-")


@pytest.mark.parametrize("lost", [None, b"", b"\xff", b"many"])
def test_the_number_goes_on_from_what_has_landed_when_the_counter_is_lost(
    landing: Landing, lost: bytes | None
) -> None:
    for _ in range(3):
        land(landing, "youtube", DAY, landing.new_run_id(), {"profiles": [PROFILE]})
    counter = landing.root / "last_run"
    counter.unlink() if lost is None else counter.write_bytes(lost)
    assert landing.new_run_id().startswith("r00000004-")


def test_of_two_run_ids_neither_is_the_other(landing: Landing) -> None:
    assert len({landing.new_run_id() for _ in range(20)}) == 20


def test_a_platforms_runs_are_listed_oldest_first(landing: Landing) -> None:
    landing.prepare()
    log = {**FORCE, "platform": "youtube", "entity": "profiles", "status": "landed"}
    for day, run in (
        (date(2026, 11, 9), "run-1"),
        (date(2026, 11, 8), "run-2"),
        (date(2026, 11, 9), "run-0"),
    ):
        land(landing, "youtube", day, run, {"requests": [log]})
    land(landing, "mastodon", DAY, "run-3", {"requests": [{**log, "platform": "mastodon"}]})
    assert [run for _, run in landing.runs("youtube")] == ["run-2", "run-0", "run-1"]
    assert list(landing.runs("mastodon")) == [(DAY, "run-3")]


def test_the_runs_of_some_days_are_those_of_all_that_fall_on_them_however_many_days(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing.prepare()
    log = {**FORCE, "platform": "youtube", "entity": "profiles", "status": "landed"}
    days = [date(2026, 7, 1), date(2026, 9, 7), date(2026, 9, 8), date(2026, 11, 9)]
    for day in days:
        for run in ("run-1", "run-1-pulse", "run-0"):
            land(landing, "youtube", day, run, {"requests": [log]})
    every = list(landing.runs("youtube", pulses=True))
    assert [day for day, _ in every] == sorted([*days, *days, *days])
    bounds = [date.min, date(2026, 6, 30), *days, date(2026, 9, 9), date.max]
    for asked_for in (store.ASKED_FOR, timedelta(0)):
        monkeypatch.setattr(store, "ASKED_FOR", asked_for)
        for since in bounds:
            for until in bounds:
                expected = [(day, run) for day, run in every if since <= day <= until]
                assert list(landing.runs("youtube", since, until, pulses=True)) == expected


def test_what_passed_is_read_by_day_and_without_what_the_gate_did_not_let_pass(landing: Landing) -> None:
    landing.prepare()
    essex = {"force_id": "essex", "account_id": "youtube:essex"}
    for n in range(4):
        message = {**FORCE, "comment_id": f"kent-{n}"}
        rows = [message, {**message, **essex, "comment_id": f"essex-{n}"}]
        out = [refused("youtube:essex", "essex", "youtube")] if n == 1 else []
        day = date(2026, 11, n + 1)
        land(landing, "youtube", day, f"run-{n}", {"messages": rows}, out)

    def read(since: int, until: int) -> list[str]:
        between = (date(2026, 11, since), date(2026, 11, until))
        found = passed(landing, "youtube", "messages", *between, ["account_id", "comment_id"])
        assert found.columns == ["account_id", "comment_id"]
        return sorted(found["comment_id"])

    assert read(1, 2) == ["essex-0", "kent-0", "kent-1"]
    assert read(2, 2) == ["kent-1"]
    assert read(5, 9) == []
    # A pull does not wait for an old file to be mended: what it does not know of lands again.
    landing.path("youtube", "messages", date(2026, 11, 1), "run-0").write_bytes(b"damaged")
    assert read(1, 2) == ["kent-1"]


def test_what_landed_before_a_column_was_added_is_read_beside_what_has_it(landing: Landing) -> None:
    older = {entity: dict(columns) for entity, columns in ENTITIES["youtube"].items()}
    older["messages"].pop("post_published_at_utc")
    for n, entities in enumerate([{**ENTITIES, "youtube": older}, ENTITIES]):
        one = Landing(landing.root, entities)
        one.prepare()
        land(one, "youtube", DAY, f"run-{n}", {"messages": [{**FORCE, "comment_id": f"kent-{n}"}]})
    found = passed(landing, "youtube", "messages", DAY, DAY, ["comment_id"])
    assert sorted(found["comment_id"]) == ["kent-0", "kent-1"]


_VALUES: dict[Any, st.SearchStrategy[Any]] = {
    pl.String: st.text(),
    pl.Int32: st.integers(-(2**31), 2**31 - 1),
    pl.Int64: st.integers(-(2**63), 2**63 - 1),
    pl.Boolean: st.booleans(),
    pl.Float64: st.floats(allow_nan=False),
    pl.Date: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    pl.Datetime("us"): st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001
}
_SCHEMAS = Landing(Path(), ENTITIES).schemas


@st.composite
def _landed(draw: st.DrawFn) -> tuple[tuple[str, str], list[dict[str, Any]]]:
    key = draw(st.sampled_from(sorted(_SCHEMAS)))
    columns = {name: st.none() | _VALUES[kind] for name, kind in _SCHEMAS[key].items() if name != "run_id"}
    return key, draw(st.lists(st.fixed_dictionaries(columns), max_size=4))


@settings(max_examples=60, deadline=None)
@given(_landed())
def test_any_rows_of_any_entity_come_back_the_same(
    landed: tuple[tuple[str, str], list[dict[str, Any]]],
) -> None:
    (name, entity), rows = landed
    with tempfile.TemporaryDirectory() as folder:
        landing = Landing(Path(folder), ENTITIES)
        land(landing, name, DAY, "run-1", {entity: rows})
        read = landing.read(name, entity, DAY, "run-1")
    assert read.schema == pl.Schema(_SCHEMAS[name, entity])
    assert read.to_dicts() == [{**row, "run_id": "run-1"} for row in rows]
