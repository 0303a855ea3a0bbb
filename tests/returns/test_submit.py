"""A return lands whole or not at all, and once."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.landing.store import Landing, open_landing
from pipelines.registry import load
from pipelines.returns import Declared
from pipelines.returns import submit as submission
from pipelines.settings import SEEDS, Settings
from sandbox import register
from sandbox.clock import ms
from sandbox.returns import write_return

AT = ms("2026-11-09T05:00:00Z")
DAY = date(2026, 11, 9)
EXPORTED = datetime(2026, 11, 9, 5)  # noqa: DTZ001  (naive UTC, as landing stores it)
DECLARED = Declared(date(2026, 10, 10), date(2026, 11, 8), EXPORTED)
OUTCOMES = (
    "force_id,platform,handle,post_id,outcome,outcome_date\n"
    "kent,facebook,kent_sandbox,p1,located,2026-11-01\nkent,facebook,kent_sandbox,p2,charged,2026-11-02\n"
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The sandbox profile in a folder of its own, its register read from disk and not over HTTP."""
    folder = tmp_path / "register"
    folder.mkdir()
    (folder / "accounts.csv").write_text(register.accounts_csv(7))
    (folder / "account_events.csv").write_text(register.account_events_csv(7))
    found = load(folder, SEEDS)
    monkeypatch.setattr(submission, "load_register", lambda _: found)
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    return Settings()


def text_of(kind: str) -> str:
    return OUTCOMES if kind == "outcomes" else write_return(7, kind, "kent", "facebook", AT)


def submit(
    settings: Settings, folder: Path, text: str, declared: Declared = DECLARED
) -> submission.Submitted:
    path = folder / "return.csv"
    path.write_text(text)
    return submission.submit(settings, submission.check(settings, path, declared))


def landed(settings: Settings) -> set[Path]:
    """Everything that landed, the empty schema files aside."""
    return {path for path in settings.landing.rglob("*.parquet") if path.stem != "schema"}


def read(settings: Settings, entity: str, run_id: str) -> pl.DataFrame:
    landing: Landing = open_landing(settings)
    return landing.read("returns", entity, DAY, run_id)


@pytest.mark.parametrize("kind", ["profiles", "posts", "messages", "outcomes"])
def test_a_file_lands_whole_with_its_log_and_its_verdict(
    settings: Settings, tmp_path: Path, kind: str
) -> None:
    text = text_of(kind)
    done = submit(settings, tmp_path, text)
    rows = read(settings, kind, done.run_id)
    assert rows.height == done.row_count == len(text.splitlines()) - 1
    assert rows["line"].to_list() == list(range(2, rows.height + 2))
    assert rows["file_sha256"].unique().to_list() == [hashlib.sha256(text.encode()).hexdigest()]
    assert rows["force_id"].unique().to_list() == ["kent"]
    (log,) = read(settings, "requests", done.run_id).to_dicts()
    assert (log["entity"], log["status"], log["row_count"]) == (kind, "landed", rows.height)
    assert (log["request_count"], log["unit_count"]) == (0, 0)
    assert (done.is_new, done.quarantined) == (True, [])
    assert {path.parts[-3] for path in landed(settings)} == {kind, "requests"}


def test_the_same_bytes_a_second_time_change_nothing(settings: Settings, tmp_path: Path) -> None:
    first = submit(settings, tmp_path, text_of("posts"))
    other = submit(settings, tmp_path, text_of("profiles"))
    before = {path: path.read_bytes() for path in landed(settings)}
    again = submit(settings, tmp_path, text_of("posts"))
    assert (again.run_id, again.row_count, again.is_new) == (first.run_id, first.row_count, False)
    assert {path: path.read_bytes() for path in landed(settings)} == before
    assert other.run_id != first.run_id


def test_one_byte_more_is_another_file_and_lands_beside_it(settings: Settings, tmp_path: Path) -> None:
    first = submit(settings, tmp_path, text_of("outcomes"))
    second = submit(
        settings, tmp_path, text_of("outcomes") + "kent,facebook,kent_sandbox,p3,other,2026-11-03\n"
    )
    assert second.run_id > first.run_id
    assert [read(settings, "outcomes", run).height for run in (first.run_id, second.run_id)] == [2, 3]


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda text: text.replace("kent", "atlantis", 1),
        lambda text: text + text.splitlines()[-1] + "\n",  # the same row twice
        lambda text: text.replace("post_id", "secret_id"),
        lambda text: text.splitlines()[0] + "\n",
        lambda _: "not a return at all",
    ],
)
def test_a_file_with_a_problem_lands_nothing(settings: Settings, tmp_path: Path, spoilt: Any) -> None:
    with pytest.raises(ValueError, match="problems and cannot land"):
        submit(settings, tmp_path, spoilt(text_of("posts")))
    assert landed(settings) == set()


def test_a_run_killed_before_its_manifest_never_counts_and_lands_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Landing, "_put", killed)
        with pytest.raises(KeyboardInterrupt):
            submit(settings, tmp_path, text_of("posts"))
    assert list(open_landing(settings).runs("returns")) == []
    again = submit(settings, tmp_path, text_of("posts"))
    assert again.is_new
    assert list(open_landing(settings).runs("returns")) == [(DAY, again.run_id)]
    assert submit(settings, tmp_path, text_of("posts")).run_id == again.run_id


def test_profiles_and_posts_are_seen_when_they_were_observed(settings: Settings, tmp_path: Path) -> None:
    for kind in ("profiles", "posts"):
        done = submit(settings, tmp_path, text_of(kind))
        rows = read(settings, kind, done.run_id)
        assert rows["pulled_at_utc"].to_list() == rows["observed_at_utc"].to_list()


def test_messages_and_outcomes_are_seen_when_they_were_exported(settings: Settings, tmp_path: Path) -> None:
    header, *facebook = text_of("messages").splitlines()
    on_x = write_return(7, "messages", "kent", "x", ms("2026-11-01T05:00:00Z")).splitlines()[1:]
    done = submit(settings, tmp_path, "\n".join([header, *facebook, *on_x]) + "\n")
    rows = read(settings, "messages", done.run_id)
    assert rows["pulled_at_utc"].unique().to_list() == [EXPORTED]
    log = read(settings, "requests", done.run_id)
    assert log["account_id"].to_list() == ["facebook:kent", "x:kent"]
    assert log["row_count"].sum() == rows.height
    outcomes = submit(settings, tmp_path, OUTCOMES)
    rows = read(settings, "outcomes", outcomes.run_id)
    assert rows["pulled_at_utc"].unique().to_list() == [EXPORTED]
    assert rows["account_id"].unique().to_list() == ["facebook:kent"]
    assert read(settings, "requests", outcomes.run_id)["account_id"].to_list() == ["facebook:kent"]


def test_what_a_return_declares_lands_with_its_log(settings: Settings, tmp_path: Path) -> None:
    done = submit(settings, tmp_path, text_of("posts"))
    (log,) = read(settings, "requests", done.run_id).to_dicts()
    landed = Declared(log["period_from_date"], log["period_to_date"], log["pulled_at_utc"])
    assert landed == DECLARED


def test_a_file_of_which_nothing_is_declared_does_not_land(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "return.csv"
    path.write_text(text_of("posts"))
    found = submission.check(settings, path)
    assert found.is_landable
    assert found.declared is None
    with pytest.raises(ValueError, match="nothing is declared"):
        submission.submit(settings, found)
    assert landed(settings) == set()


def test_the_same_bytes_for_another_period_are_no_repetition(settings: Settings, tmp_path: Path) -> None:
    submit(settings, tmp_path, text_of("posts"))
    before = landed(settings)
    other = Declared(date(2026, 10, 1), date(2026, 11, 8), EXPORTED)
    with pytest.raises(submission.OtherwiseDeclaredError, match="withdraw that return first"):
        submit(settings, tmp_path, text_of("posts"), other)
    assert landed(settings) == before


def test_an_author_lands_as_a_keyed_hash_and_in_no_other_way(settings: Settings, tmp_path: Path) -> None:
    header = "force_id,platform,handle,channel,conversation_id,message_id,direction,sent_at,author_key\n"
    handle = write_return(7, "profiles", "kent", "facebook", AT).splitlines()[1].split(",")[2]
    said = f"kent,facebook,{handle},public,c1"
    text = header + (
        f"{said},m1,inbound,2026-11-01T09:00:00Z,Jo Planted\n"
        f"{said},m2,inbound,2026-11-01T09:05:00Z,@jo_planted\n"
        f"{said},m3,inbound,2026-11-01T09:06:00Z,Jo Planted\n"
        f"{said},m4,outbound,2026-11-01T09:07:00Z,PC Planted\n"
    )
    done = submit(settings, tmp_path, text)
    keys = read(settings, "messages", done.run_id)["author_key"].to_list()
    assert keys[0] == keys[2] != keys[1]
    assert keys[3] is None
    assert {len(key) for key in keys[:3]} == {32}
    for path in (tmp_path / "home").rglob("*"):
        assert not path.is_file() or b"lanted" not in path.read_bytes()
