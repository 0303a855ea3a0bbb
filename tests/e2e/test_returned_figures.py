"""What returns make of response times, askers, direct messages and late counters; and what is withdrawn."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pipelines.landing.store import open_landing
from pipelines.returns.sent import withdraw
from tests.e2e.returning import MESSAGES, POSTS, Warehouse, csv, warehouse

pytestmark = [pytest.mark.e2e, pytest.mark.dbt, pytest.mark.long]
#: Remission in weeks of acute leukaemia, 42 patients (Gehan 1965, from Freireich et al. 1963), read as hours;
#: a minus: lost from sight then. Medians by Kaplan and Meier: 23 and 8.
GEHAN = {
    "kent": [6, 6, 6, 7, 10, 13, 16, 22, 23, -6, -9, -10, -11, -17, -19, -20, -25, -32, -32, -34, -35],
    "essex": [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23],
}
HANDLES = {
    "kent": "kentpolice",
    "essex": "EssexPoliceUK",
    "surrey": "SurreyPolice",
    "sussex": "sussexpoliceforce",
    "hampshire": "22018596340",
    "cambridgeshire": "CambsCops",
}
EXPORTED = datetime(2026, 10, 12, 0, 30)  # noqa: DTZ001  (UTC: half past one in London, the week is over)
WEEK = ("2026-10-05", "2026-10-11", f"{EXPORTED}Z")
MONTH = ("2026-10-01", "2026-10-31", "2026-11-15 09:00")
RESIDENTS = 1_931_700  # Kent, mid-2024: dbt/seeds/force_populations.csv
Rows = Iterable[Iterable[object]]


def messages(force_id: str, rows: Rows, *more: str) -> str:
    who = (force_id, "facebook", HANDLES[force_id])
    return csv(("force_id", *MESSAGES, *more), [(*who, *row) for row in rows])


def gehan(force_id: str) -> str:
    """Each patient a conversation: a remission that ended is an answer, the others wait until the export."""
    rows: list[tuple[object, ...]] = []
    for number, hours in enumerate(GEHAN[force_id]):
        asked = EXPORTED - timedelta(hours=-hours if hours < 0 else 36)
        rows.append(("public", f"c{number}", f"q{number}", "inbound", f"{asked}Z"))
        if hours > 0:
            rows.append(
                ("public", f"c{number}", f"a{number}", "outbound", f"{asked + timedelta(hours=hours)}Z")
            )
    return messages(force_id, rows)


def directs() -> str:
    """Twelve direct questions, six of them answered in half an hour, and nothing in public."""
    rows: list[tuple[object, ...]] = []
    for number in range(12):
        asked = datetime(2026, 10, 6, 9 + number)  # noqa: DTZ001
        rows.append(("direct", f"d{number}", f"q{number}", "inbound", f"{asked}Z"))
        if number % 2:
            rows.append(
                ("direct", f"d{number}", f"a{number}", "outbound", f"{asked + timedelta(minutes=30)}Z")
            )
    return messages("surrey", rows)


def crowds(force_id: str, *, is_named: bool) -> str:
    """Ten threads in each of which two ask, and one is answered."""
    rows: list[tuple[object, ...]] = []
    for number in range(10):
        asked = datetime(2026, 10, 6, 9 + number)  # noqa: DTZ001
        for step, (who, direction) in enumerate((("ann", "inbound"), ("bob", "inbound"), (None, "outbound"))):
            sent, name = asked + timedelta(minutes=10 * step), f"m{number}-{step}"
            also = (who, f"m{number}-0" if direction == "outbound" else None) if is_named else ()
            rows.append(("public", f"t{number}", name, direction, f"{sent}Z", *also))
    return messages(force_id, rows, *(("author_key", "in_reply_to") if is_named else ()))


def posts(force_id: str, reach: int, read_at: Callable[[datetime], datetime]) -> str:
    """A post a day in October, at nine."""
    rows = []
    for day in range(1, 32):
        at = datetime(2026, 10, day, 9)  # noqa: DTZ001
        name = (force_id, "facebook", HANDLES[force_id], f"p{day}")
        rows.append((*name, f"{at}Z", f"{read_at(at)}Z", "post", reach))
    return csv(("force_id", *POSTS, "reach_count"), rows)


def at_export(_: datetime) -> datetime:
    return datetime(2026, 11, 15, 9)  # noqa: DTZ001


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = warehouse(tmp_path_factory.mktemp("figures") / "home", monkeypatch)
        for force_id in GEHAN:
            made.submit(gehan(force_id), *WEEK)
        made.submit(directs(), *WEEK)
        made.submit(crowds("sussex", is_named=True), *WEEK)
        made.submit(crowds("cambridgeshire", is_named=False), *WEEK)
        made.submit(posts("kent", 100, at_export), *MONTH)
        week_later = timedelta(days=7, hours=12)
        made.submit(posts("essex", 50, lambda at: at + week_later), *MONTH)
        made.build()
        yield made


def test_gehans_patients_have_their_medians(made: Warehouse) -> None:
    for force_id, hours in (("kent", 23), ("essex", 8)):
        cell = made.cell("median_first_reply_seconds", force_id, "week", "2026-10-05")
        assert cell[:3] == (hours * 3600, 21, None)


def test_direct_messages_have_rows_of_their_own_and_are_no_public_ones(made: Warehouse) -> None:
    value, n, note, _ = made.cell("direct_answered_1h_pct", "surrey", "week", "2026-10-05")
    assert (value, n, note) == (50.0, 12, None)
    _, n, note, detail = made.cell("answered_1h_pct", "surrey", "week", "2026-10-05")
    assert (n, note) == (None, "not_collected")
    assert detail == "messages are known of 0 of 7 account-days, not whole of facebook:surreypolice"
    _, _, note, detail = made.cell("direct_answered_1h_pct", "kent", "week", "2026-10-05")
    assert (note, detail) == (
        "not_collected",
        "direct messages are known of 0 of 7 account-days, not whole of facebook:kentpolice",
    )


def test_two_in_a_thread_are_two_where_it_is_said_who_they_are(made: Warehouse) -> None:
    value, n, _, detail = made.cell("answered_1h_pct", "sussex", "week", "2026-10-05")
    assert (value, n, detail) == (50.0, 20, None)
    value, n, _, detail = made.cell("answered_1h_pct", "cambridgeshire", "week", "2026-10-05")
    assert (value, n) == (100.0, 10)
    assert detail == "where nobody says who wrote, the thread stands for the asker"


def test_a_late_export_has_figures_of_its_own_and_none_at_seven_days(made: Warehouse) -> None:
    assert made.cell("gross_reach_7d_per_1k", "kent", "month", "2026-10-01")[2] == "late"
    value, n, note, detail = made.cell("gross_reach_at_export_per_1k", "kent", "month", "2026-10-01")
    assert (value, n, note) == (pytest.approx(1000 * 3100 / RESIDENTS), 31, None)
    assert detail == "counted 30 days after posting on average"  # from 15 to 45
    assert made.cell("age_at_export_seconds", "kent", "month", "2026-10-01")[0] == 30 * 86400
    assert made.cell("gross_reach_7d_per_1k", "essex", "month", "2026-10-01")[1:3] == (31, None)
    assert made.cell("views_at_export_per_1k", "kent", "month", "2026-10-01")[2] == "not_collected"


def test_what_is_withdrawn_goes_and_what_replaces_it_stands(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = warehouse(tmp_path_factory.mktemp("withdrawn") / "home", monkeypatch)
    made.submit(posts("essex", 50, at_export), *MONTH)
    wrong = made.submit(posts("kent", 999, at_export), *MONTH)
    made.build()
    indicator = "gross_reach_at_export_per_1k"
    assert made.cell(indicator, "kent", "month", "2026-10-01")[1] == 31

    withdraw(made.settings, open_landing(made.settings), wrong, "an analyst", "of another page")
    made.build()
    kept = "select count(*) from fct_posts where force_id = 'kent'"
    assert made.ask(kept) == [(0,)]
    reasons = (
        f"select value_note from bench_not_available where indicator_id = '{indicator}' and area_id = 'kent' "
        "and platform = 'facebook'"
    )
    assert made.ask(reasons) == [("not_authorised",)]
    assert made.cell(indicator, "essex", "month", "2026-10-01")[1] == 31

    made.submit(posts("kent", 100, at_export), *MONTH)
    made.build()
    value, n, *_ = made.cell(indicator, "kent", "month", "2026-10-01")
    assert (value, n) == (pytest.approx(1000 * 3100 / RESIDENTS), 31)
