"""A return lands whole or not at all, and once."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.landing.store import Landing, open_landing
from pipelines.registry import load
from pipelines.returns import submit as submission
from pipelines.settings import SEEDS, Settings
from sandbox import register
from sandbox.clock import ms
from sandbox.returns import write_return

AT = ms("2026-11-09T05:00:00Z")
DAY = date(2026, 11, 9)
OUTCOMES = "force_id,post_id,outcome,outcome_date\nkent,p1,located,2026-11-01\nkent,p2,charged,2026-11-02\n"


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


def submit(settings: Settings, folder: Path, text: str) -> submission.Submitted:
    path = folder / "return.csv"
    path.write_text(text)
    return submission.submit(settings, submission.check(settings, path))


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
    second = submit(settings, tmp_path, text_of("outcomes") + "kent,p3,other,2026-11-03\n")
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


def test_messages_are_seen_at_the_last_of_their_accounts_in_the_file(
    settings: Settings, tmp_path: Path
) -> None:
    header, *facebook = text_of("messages").splitlines()
    on_x = write_return(7, "messages", "kent", "x", ms("2026-11-01T05:00:00Z")).splitlines()[1:]
    done = submit(settings, tmp_path, "\n".join([header, *facebook, *on_x]) + "\n")
    rows = read(settings, "messages", done.run_id)
    last = rows.group_by("account_id").agg(pl.col("sent_at_utc").max(), pl.col("pulled_at_utc").unique())
    found = {row["account_id"]: (row["pulled_at_utc"], [row["sent_at_utc"]]) for row in last.to_dicts()}
    assert set(found) == {"facebook:kent", "x:kent"}
    assert all(seen == latest for seen, latest in found.values())
    assert len({seen[0] for seen, _ in found.values()}) == 2
    log = read(settings, "requests", done.run_id)
    assert log["account_id"].to_list() == ["facebook:kent", "x:kent"]
    assert log["row_count"].sum() == rows.height


def test_an_outcome_is_seen_when_it_is_sent_and_belongs_to_no_account(
    settings: Settings, tmp_path: Path
) -> None:
    done = submit(settings, tmp_path, OUTCOMES)
    rows = read(settings, "outcomes", done.run_id)
    assert rows["pulled_at_utc"].unique().to_list() == [datetime(2026, 11, 9, 5, 30)]  # noqa: DTZ001
    assert rows["account_id"].unique().to_list() == [""]
    assert read(settings, "requests", done.run_id)["platform"].to_list() == [""]
