"""What is said: what, since when, what to do; once, and once that it is over."""

from pipelines.alerts.message import Trouble, changes, message
from pipelines.settings import PROFILES, Settings

STALE = Trouble("release/stale", "No release", "2026-11-08 05:40 UTC", "`beatbook status`", "https://ui/x")
ACCOUNTS = [
    Trouble(f"account/{n}", "bluesky: quarantined by a rule", f"2026-11-0{n}", "look", who=f"bluesky:{n}")
    for n in range(1, 6)
]


def test_what_begins_and_what_is_over_are_changes_and_what_lasts_is_none() -> None:
    first = changes(None, [STALE, *ACCOUNTS])
    assert first.begun == [STALE, *ACCOUNTS]
    assert not changes(first.cursor, [STALE, *ACCOUNTS])
    later = changes(first.cursor, [STALE, *ACCOUNTS[1:]])
    assert (later.begun, later.over) == ([], ACCOUNTS[:1])
    assert not changes(later.cursor, [STALE, *ACCOUNTS[1:]])


def test_since_is_when_it_began_however_long_it_lasts() -> None:
    first = changes(None, [STALE])
    today = Trouble("release/stale", "No release", "2026-11-09 05:40 UTC", "`beatbook status`")
    again = changes(first.cursor, [today])
    assert changes(again.cursor, []).over == [STALE]


def test_it_says_what_since_when_what_to_do_and_where() -> None:
    said = message(Settings(profile="production"), changes(None, [STALE]))
    assert said.subject == "Beatbook (production): 1 new"
    assert said.text.splitlines() == [
        "Beatbook (production): 1 new",
        "",
        "No release",
        "Since: 2026-11-08 05:40 UTC",
        "What to do: `beatbook status`",
        "https://ui/x",
    ]
    assert said.payload["text"] == said.text
    assert said.payload["alerts"] == [
        {
            "state": "began",
            "what": "No release",
            "who": [],
            "since": "2026-11-08 05:40 UTC",
            "what_to_do": "`beatbook status`",
            "link": "https://ui/x",
        }
    ]


def test_the_same_with_many_accounts_is_said_once() -> None:
    said = message(Settings(profile="production"), changes(None, ACCOUNTS))
    assert said.subject == "Beatbook (production): 1 new"
    assert said.text.count("quarantined by a rule") == 1
    assert "(5): bluesky:1, bluesky:2, bluesky:3 and 2 more" in said.text
    assert "Since: 2026-11-01" in said.text


def test_what_is_over_says_when_it_began() -> None:
    told = changes(None, [STALE])
    said = message(Settings(profile="production"), changes(told.cursor, []))
    assert said.subject == "Beatbook (production): 1 over"
    assert "Over: No release\nIt began: 2026-11-08 05:40 UTC" in said.text


def test_the_sandbox_says_that_its_figures_are_invented() -> None:
    said = message(Settings(), changes(None, [STALE]))
    assert PROFILES["sandbox"].note in said.text
    assert said.payload["is_invented"] is True
