"""Why an account is missing: many alike are one line, and a force's own are told one by one."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.landing.store import Landing
from pipelines.registry import Register, load
from pipelines.release.missing import TO_DO, first_few, in_lines, last_words, of_force
from pipelines.release.missing import missing as missing_of
from pipelines.settings import SEEDS, Settings
from pipelines.sources.errors import SourceError
from tests.landing.landed import land, refused

DAY = date(2026, 11, 9)
ACCOUNTS = """account_id,force_id,platform,handle,platform_account_id,account_type,url,source,source_date,note
bluesky:surrey,surrey,bluesky,surrey.example,,corporate,,test,2026-11-01,
mastodon:surrey,surrey,mastodon,surrey@example.org,,corporate,,test,2026-11-01,
youtube:surrey,surrey,youtube,surrey,,corporate,,test,2026-11-01,
youtube:old,surrey,youtube,old,,corporate,,test,2026-11-01,
x:surrey,surrey,x,surrey,,corporate,,test,2026-11-01,
bluesky:kent,kent,bluesky,kent.example,,corporate,,test,2026-11-01,
"""
EVENTS = """account_id,event_type,event_date,new_handle,into_account_id,source,note
youtube:old,closed,2026-10-03,,,test,
"""


@pytest.fixture
def register(settings: Settings) -> Register:
    settings.register.mkdir(parents=True)
    (settings.register / "accounts.csv").write_text(ACCOUNTS)
    (settings.register / "account_events.csv").write_text(EVENTS)
    return load(settings.register, SEEDS)


def run(landing: Landing, platform: str, day: date, names: list[str], **said: Any) -> None:
    """A run of a day that asks an account of each of these forces; `said` is in each row of the log, and the
    accounts of `quarantined` do not pass."""
    out = [refused(f"{platform}:{name}", name, platform, "it fell") for name in said.pop("quarantined", [])]
    log = [
        {
            "force_id": name,
            "account_id": f"{platform}:{name}",
            "platform": platform,
            "entity": "posts",
            "status": "landed",
        }
        | said
        for name in names
    ]
    land(landing, platform, day, landing.new_run_id(), {"requests": log}, out)


def lines(landing: Landing, platform: str) -> list[str]:
    return in_lines(missing_of(landing, platform, DAY, last_words(landing, platform, DAY)))


def test_many_accounts_of_a_platform_with_one_reason_are_one_line(landing: Landing) -> None:
    names = [f"force-{n:03}" for n in range(100)]
    run(landing, "bluesky", DAY, names, status="failed", reason="server_error", detail="503")
    assert lines(landing, "bluesky") == [
        "bluesky: 100 accounts failed: server_error (503): "
        "bluesky:force-000, bluesky:force-001, bluesky:force-002 and 97 more"
    ]


def test_different_reasons_are_different_lines_the_largest_first(landing: Landing) -> None:
    run(landing, "bluesky", DAY, ["kent"], status="refused", reason="suspended", detail="")
    run(landing, "bluesky", DAY, ["essex", "dorset"], status="failed", reason="network", detail="no answer")
    assert lines(landing, "bluesky") == [
        "bluesky: 2 accounts failed: network (no answer): bluesky:dorset, bluesky:essex",
        "kent: bluesky:kent refused: suspended",
    ]


def test_a_platform_that_is_quarantined_as_a_whole_is_one_line(landing: Landing) -> None:
    names = [f"force-{n}" for n in range(8)]
    run(landing, "bluesky", DAY, names, quarantined=names[:3])
    assert lines(landing, "bluesky") == [
        "quarantined: bluesky as a whole: 3 of 8 forces fail, force-0 for one: it fell (8 accounts)"
    ]


def test_names_beyond_the_first_are_counted() -> None:
    assert first_few(["a", "b", "c"]) == "a, b, c"
    assert first_few(["a", "b", "c", "d"]) == "a, b, c and 1 more"


def _every(error: type[SourceError]) -> Iterator[type[SourceError]]:
    yield error
    for each in error.__subclasses__():
        yield from _every(each)


def test_every_reason_of_the_log_says_what_to_do() -> None:
    assert {error.reason for error in _every(SourceError)} == TO_DO.keys()


def test_each_account_of_a_force_says_why_since_when_and_what_to_do(
    landing: Landing, register: Register
) -> None:
    for back in (3, 2, 1, 0):
        day = DAY - timedelta(days=back)
        well = {} if back > 1 else {"status": "refused", "reason": "suspended", "detail": "user"}
        run(landing, "bluesky", day, ["surrey", "kent"], **well)
        run(landing, "mastodon", day, ["surrey", "kent"], quarantined=["surrey"] if back < 3 else [])
        run(landing, "youtube", day, ["surrey"])
    found = {each.account_id: each for each in of_force(landing, register, "surrey", DAY)}
    assert set(found) == {"bluesky:surrey", "mastodon:surrey", "youtube:surrey", "youtube:old", "x:surrey"}

    bluesky = found["bluesky:surrey"]
    assert (bluesky.outcome, bluesky.reason) == ("refused", "posts: suspended (user)")
    assert (bluesky.last_pull, bluesky.since) == ("2026-11-09", "2026-11-08")
    assert "account_events.csv" in bluesky.to_do
    mastodon = found["mastodon:surrey"]
    assert (mastodon.outcome, mastodon.reason, mastodon.since) == ("quarantined", "it fell", "2026-11-07")
    assert "landing_gate" in mastodon.to_do
    youtube = found["youtube:surrey"]
    assert (youtube.outcome, youtube.since, youtube.to_do, youtube.is_well) == ("landed", "", "", True)
    old = found["youtube:old"]
    assert (old.outcome, old.since, old.is_well) == ("closed", "2026-10-03", True)
    x = found["x:surrey"]
    assert (x.outcome, x.last_pull, x.is_well) == ("no return yet", "", True)
    assert "returns import" in x.to_do


def test_a_return_is_the_last_word_where_nobody_is_asked(landing: Landing, register: Register) -> None:
    row = {"force_id": "surrey", "account_id": "x:surrey", "platform": "x", "status": "landed"}
    land(landing, "returns", DAY, landing.new_run_id(), {"requests": [row | {"entity": "posts"}]})
    found = {each.account_id: each for each in of_force(landing, register, "surrey", DAY)}
    assert (found["x:surrey"].outcome, found["x:surrey"].last_pull) == ("landed", "2026-11-09")


def test_an_account_that_was_never_asked_is_named(landing: Landing, register: Register) -> None:
    run(landing, "bluesky", DAY, ["kent"])
    found = {each.account_id: each for each in of_force(landing, register, "surrey", DAY)}
    bluesky = found["bluesky:surrey"]
    assert (bluesky.outcome, bluesky.is_well) == ("never asked", False)
    assert bluesky.to_do == "`beatbook run --force surrey`"


def test_one_command_answers_why_a_force_is_missing(landing: Landing, register: Register) -> None:
    run(landing, "mastodon", DAY, ["surrey"], quarantined=["surrey"])
    done = CliRunner().invoke(app, ["status", "--force", "surrey"])
    assert done.exit_code == 4
    assert "Surrey Police" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "mastodon:surrey" in line]
    assert "quarantined" in line
    assert "it fell" in line
    rows = json.loads(CliRunner().invoke(app, ["status", "--force", "surrey", "--format", "json"]).stdout)
    assert {row["account_id"] for row in rows} >= {"mastodon:surrey", "youtube:old"}


def test_a_force_that_does_not_exist_is_refused(landing: Landing, register: Register) -> None:
    done = CliRunner().invoke(app, ["status", "--force", "sury"])
    assert done.exit_code == 1
    assert "no such force: sury" in done.stderr
