"""What came of appeals: from the texts of a force's posts and the outcomes that it returns to a figure."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pipelines.landing.store import open_landing
from pipelines.returns.sent import withdraw
from tests.e2e.returning import POSTS, Warehouse, csv, warehouse

pytestmark = [pytest.mark.e2e, pytest.mark.dbt, pytest.mark.long]
KENT = ("kent", "facebook", "kentpolice")
APPEAL, WARNING = "We appeal for witnesses to a robbery.", "Flood warning for Mill Lane."
#: After so many days something came of a post; of p2 on the last day that counts, of p3 a day too late.
CAME = [("p1", 5, "information"), ("p1", 3, "located"), ("p2", 28, "arrested"), ("p3", 29, "located")]
CAME += [("p13", 2, "arrested"), ("p99", 1, "located")]


def posted(number: int) -> datetime:
    """A post a day from 1 August on."""
    return datetime(2026, 8, 1, 9) + timedelta(days=number - 1)  # noqa: DTZ001


def posts() -> str:
    """Twelve appeals and a warning."""
    rows = [
        (*KENT, f"p{n}", f"{posted(n)}Z", "2026-09-09 09:00", "post", WARNING if n == 13 else APPEAL)
        for n in range(1, 14)
    ]
    return csv(("force_id", *POSTS, "text"), rows)


def outcomes(until: str) -> str:
    found = [(*KENT, post, what, posted(int(post[1:])).date() + timedelta(days=n)) for post, n, what in CAME]
    kept = [row for row in found if str(row[-1]) <= until]
    return csv(("force_id", "platform", "handle", "post_id", "outcome", "outcome_date"), kept)


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = warehouse(tmp_path_factory.mktemp("outcomes") / "home", monkeypatch)
        made.submit(posts(), "2026-08-01", "2026-08-31", "2026-09-09 09:00")
        yield made


def august(made: Warehouse) -> tuple[Any, ...]:
    made.build()
    return made.cell("outcomes_per_100_appeals", "kent", "month", "2026-08-01")


def test_an_appeal_counts_once_it_was_followed_for_four_weeks(made: Warehouse) -> None:
    made.build()
    reasons = made.ask(
        "select value_note from bench_not_available where indicator_id = 'outcomes_per_100_appeals' "
        "and area_id = 'kent' and platform = 'facebook'"
    )
    assert reasons == [("not_collected",)]  # nobody has said what came of anything
    made.submit(outcomes("2026-08-31"), "2026-08-01", "2026-08-31", "2026-09-09 09:00")
    soon = "what came of them within 28 days is known of 3 of 12 appeals"
    assert august(made) == (None, None, "provisional", soon)
    whole = made.submit(outcomes("2026-09-30"), "2026-08-01", "2026-09-30", "2026-10-05 09:00")
    value, n, note, detail = august(made)
    assert (value, n, note, detail) == (100 * 2 / 12, 12, None, None)
    (row,) = made.ask(
        "select ci_method, verdict, rank from bench_values left join bench_comparisons "
        "using (indicator_id, area_id, platform, account_scope, period_type, period_start) "
        "where indicator_id = 'outcomes_per_100_appeals' and area_id = 'kent' and period_type = 'month'"
        " and period_start = '2026-08-01'"
    )
    assert row[0] == "wilson"
    assert row[1] in (None, "not_compared")
    assert row[2] is None
    withdraw(made.settings, open_landing(made.settings), whole, "an analyst", "of another month")
    assert august(made) == (None, None, "not_collected", soon)
