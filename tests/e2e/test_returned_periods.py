"""What a return declares is what is known: silence counts in its period, nothing is known outside, and nobody
is followed longer than the file that shows them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.e2e.returning import MESSAGES, POSTS, Warehouse, csv, warehouse

pytestmark = [pytest.mark.e2e, pytest.mark.dbt, pytest.mark.long]
START = datetime(2026, 7, 1, 12)  # noqa: DTZ001  (naive UTC)


def kents_posts() -> str:
    """A post a day from 1 to 9 October 2026, all read on 2 November; none from 10 to 14 October."""
    rows = [
        ("kent", "facebook", "kentpolice", f"p{day}", f"2026-10-0{day} 09:00", "2026-11-02 09:00", "post")
        for day in range(1, 10)
    ]
    return csv(("force_id", *POSTS), rows)


def essexs_questions() -> str:
    """Three questions a day for 92 days from 1 July 2026; two of three are answered in half an hour."""
    who = ("essex", "facebook", "EssexPoliceUK", "public")
    rows: list[tuple[object, ...]] = []
    for number in range(3 * 92):
        asked = START + timedelta(days=number // 3, minutes=number % 3)
        rows.append((*who, f"c{number}", f"q{number}", "inbound", f"{asked}Z"))
        if number % 3:
            rows.append((*who, f"c{number}", f"a{number}", "outbound", f"{asked + timedelta(minutes=30)}Z"))
    return csv(("force_id", *MESSAGES), rows)


def surreys_questions(first: datetime, count: int, name: str) -> str:
    """A question an hour, none of them answered."""
    who = ("surrey", "facebook", "SurreyPolice", "public")
    asked = [first + timedelta(hours=number) for number in range(count)]
    rows = [(*who, f"{name}{n}", f"{name}{n}", "inbound", f"{at}Z") for n, at in enumerate(asked)]
    return csv(("force_id", *MESSAGES), rows)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = warehouse(tmp_path_factory.mktemp("returned") / "home", monkeypatch)
        made.submit(kents_posts(), "2026-10-01", "2026-10-14", "2026-11-05 09:00")
        made.submit(essexs_questions(), "2026-07-01", "2026-09-30", "2026-10-10 09:00")
        early, late = datetime(2026, 10, 11, 12), datetime(2026, 10, 26, 1)  # noqa: DTZ001
        made.submit(surreys_questions(early, 12, "early"), "2026-10-01", "2026-10-11", "2026-10-12T00:00:00Z")
        made.submit(surreys_questions(late, 12, "late"), "2026-10-12", "2026-11-01", "2026-11-02T00:00:00Z")
        made.build()
        yield made


def test_silence_in_the_declared_period_is_a_measured_zero_and_outside_nothing_is_known(
    made: Warehouse,
) -> None:
    rows = made.ask(
        "select activity_date, is_posts_known, post_count from fct_account_days "
        "where account_id = 'facebook:kentpolice' and activity_date >= '2026-09-30' order by 1"
    )
    known = {str(day): count for day, is_known, count in rows if is_known}
    assert known == {f"2026-10-{day:02}": int(day < 10) for day in range(1, 15)}
    assert {count for day, is_known, count in rows if not is_known} == {None}
    assert made.cell("posts_per_account_week", "kent", "week", "2026-10-05")[:3] == (5.0, 1, None)
    for week in ("2026-09-28", "2026-10-12", "2026-10-19", "2026-10-26"):
        assert made.cell("posts_per_account_week", "kent", "week", week)[0::2][:2] == (None, "not_collected")


def test_a_complete_return_of_three_months_keeps_every_week_of_them(made: Warehouse) -> None:
    weeks = made.ask(
        "select period_start, value, n, value_note from bench_values where indicator_id = 'answered_1h_pct' "
        "and area_id = 'essex' and platform = 'facebook' and account_scope = 'all' and period_type = 'week' "
        "and period_start between '2026-07-06' and '2026-09-21' order by 1"
    )
    # Nor is one kept back for the five days of July before it: they are of no week that has a number.
    assert len(weeks) == 12
    assert [week[1:] for week in weeks] == 12 * [(pytest.approx(100 * 2 / 3), 21, None)]


def test_a_later_return_follows_nobody_whom_it_does_not_show(made: Warehouse) -> None:
    rows = made.ask(
        "select distinct left(message_id, 1), followed_until_utc from fct_conversations "
        "where force_id = 'surrey' order by 1"
    )
    exported = [datetime(2026, 10, 12), datetime(2026, 11, 2)]  # noqa: DTZ001
    assert rows == [("e", exported[0]), ("l", exported[1])]
    # All were asked within twelve hours before the export: nobody knows whether they were answered in a day.
    known = made.ask(
        "select conversation_count, is_known_at_1h, is_known_at_24h from fct_response_curves "
        "where area_id = 'surrey' and platform = 'facebook' and period_type = 'week' "
        "and period_start = '2026-10-05'"
    )
    assert known == [(11, True, False)]  # the last one asked on Monday in London
