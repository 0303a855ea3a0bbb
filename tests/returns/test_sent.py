"""What was sent is listed with what it fills; what is withdrawn counts no more, and may be sent again."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipelines.landing.manifest import Decision
from pipelines.landing.quarantine import WITHDRAWN, in_brief, quarantined
from pipelines.landing.store import open_landing
from pipelines.registry import load
from pipelines.returns import Declared, sent
from pipelines.returns import submit as submission
from pipelines.settings import SEEDS, Settings
from tests.returns.test_submit import DAY, DECLARED, EXPORTED, OUTCOMES, landed, submit, text_of
from tests.returns.test_submit import settings as settings  # noqa: PLC0414  (a fixture)

OTHER = Declared(date(2026, 9, 1), date(2026, 9, 30), EXPORTED)


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Callable[[str, Declared], str]:
    return lambda text, declared: submit(settings, tmp_path, text, declared).run_id


def test_the_list_says_who_sent_what_for_when_and_what_it_fills(
    settings: Settings, file: Callable[[str, Declared], str]
) -> None:
    posts, outcomes = file(text_of("posts"), DECLARED), file(OUTCOMES, OTHER)
    file(text_of("profiles"), DECLARED)
    file(text_of("messages"), DECLARED)
    rows = sent.sent(open_landing(settings))
    assert [row.kind for row in rows] == ["messages", "profiles", "outcomes", "posts"]
    assert rows[3].return_id == posts
    assert (rows[3].force_id, rows[3].accounts, rows[3].state) == ("kent", "facebook:kent", "counts")
    assert (rows[3].period_from, rows[3].period_to) == (DECLARED.period_from, DECLARED.period_to)
    assert rows[3].fills.startswith("view, reach, like, share, comment, click, reactions by sort of ")
    assert (rows[2].return_id, rows[2].fills, rows[2].accounts) == (outcomes, "2 outcomes", "facebook:kent")
    assert rows[1].fills == "follower, post at 1 moment"
    assert rows[0].fills.endswith("messages, public and direct")
    assert sent.sent(open_landing(settings), "essex") == []


def test_a_withdrawn_return_counts_no_more_and_nothing_of_landing_changes(
    settings: Settings, file: Callable[[str, Declared], str]
) -> None:
    run_id, other = file(text_of("posts"), DECLARED), file(text_of("profiles"), DECLARED)
    landing = open_landing(settings)
    before = {path: path.read_bytes() for path in landed(settings)}
    sent.withdraw(settings, landing, run_id, "an analyst", "of another month")
    assert {path: path.read_bytes() for path in landed(settings)} == before
    states = {row.return_id: (row.state, row.why) for row in sent.sent(landing)}
    assert states == {run_id: (WITHDRAWN, "withdrawn by an analyst: of another month"), other: ("counts", "")}
    out = quarantined(landing, "returns")
    assert out.select("run_id", "account_id", "expectation").rows() == [(run_id, "facebook:kent", WITHDRAWN)]
    assert in_brief(landing, DAY) == []  # nothing of ours went wrong
    for unknown in (run_id, "r00000099"):
        with pytest.raises(sent.NotWithdrawnError):
            sent.withdraw(settings, landing, unknown, "an analyst", "again")


def test_a_decision_on_the_whole_day_brings_no_withdrawn_return_back(
    settings: Settings, file: Callable[[str, Declared], str]
) -> None:
    run_id = file(text_of("posts"), DECLARED)
    landing = open_landing(settings)
    sent.withdraw(settings, landing, run_id, "an analyst", "of another month")
    for is_release in (True, False):
        landing.decide("returns", DAY, landing.new_run_id(), Decision(is_release, [], "another", "looked at"))
        assert quarantined(landing, "returns")["expectation"].to_list() == [WITHDRAWN]


def test_the_same_file_takes_the_place_of_what_was_withdrawn(
    settings: Settings, file: Callable[[str, Declared], str]
) -> None:
    wrong = file(text_of("posts"), Declared(date(2026, 10, 1), date(2026, 11, 8), EXPORTED))
    with pytest.raises(submission.OtherwiseDeclaredError):
        file(text_of("posts"), DECLARED)
    number = wrong.partition("-")[0]  # as the list shows it
    sent.withdraw(settings, open_landing(settings), number, "an analyst", "declared wrongly")
    right = file(text_of("posts"), DECLARED)
    assert right > wrong
    assert file(text_of("posts"), DECLARED) == right
    assert {row.return_id: row.state for row in sent.sent(open_landing(settings))} == {
        right: "counts",
        wrong: WITHDRAWN,
    }


@pytest.mark.parametrize(
    ("today", "due"),
    [("2026-11-09", "2026-09-30"), ("2026-11-10", "2026-10-31"), ("2027-01-09", "2026-11-30")],
)
def test_a_month_is_due_on_the_tenth_of_the_next(today: str, due: str) -> None:
    assert sent.month_due(date.fromisoformat(today)) == date.fromisoformat(due)


def test_what_was_sent_once_is_overdue_when_its_month_is_missing(
    settings: Settings, file: Callable[[str, Declared], str], tmp_path: Path
) -> None:
    first = file(text_of("posts"), DECLARED)  # until 8 November
    landing, register = open_landing(settings), load(tmp_path / "register", SEEDS)
    for today, is_overdue in ((date(2026, 11, 20), False), (date(2026, 12, 20), True)):
        (row,) = sent.expected(landing, register, today)
        assert (row.force_id, row.account_id, row.kind) == ("kent", "facebook:kent", "posts")
        assert (row.until, row.is_overdue) == (DECLARED.period_to, is_overdue)
    sent.withdraw(settings, landing, first, "an analyst", "of another month")
    (row,) = sent.expected(landing, register, date(2026, 11, 20))
    assert (row.until, row.is_overdue) == (None, True)
