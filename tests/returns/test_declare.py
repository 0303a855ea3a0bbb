"""What a return declares is read as a person writes it, and is held against the rows."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.returns import Declared, read_return
from pipelines.returns.declare import declare
from pipelines.returns.model import Refused
from tests.returns.conftest import FORCES, NOW, PLATFORMS, find_account, hash_author

NOW_UTC = NOW.replace(tzinfo=None)
MAY = declare("2026-05-01", "31/05/2026", "2026-06-01 10:30", NOW_UTC)
HEADER = {
    "posts": "force_id,platform,handle,post_id,created_at,observed_at,kind\n",
    "messages": ("force_id,platform,handle,channel,conversation_id,message_id,direction,sent_at,closed_at\n"),
}


@pytest.fixture
def problems(tmp_path: Path) -> Callable[[str, str], list[tuple[int, str | None, str]]]:
    def of(kind: str, row: str) -> list[tuple[int, str | None, str]]:
        path = tmp_path / "return.csv"
        path.write_text(HEADER[kind] + row + "\n")
        found = read_return(
            path, find_account, FORCES, PLATFORMS, now=NOW, hash_author=hash_author, declared=MAY
        )
        assert found.rows.is_empty() == bool(found.problems)
        return [(problem.line, problem.column, problem.reason) for problem in found.problems]

    return of


def test_days_are_of_london_and_a_time_without_an_offset_is_of_the_uk() -> None:
    exported = dt.datetime(2026, 6, 1, 9, 30)  # noqa: DTZ001  (naive UTC)
    assert Declared(dt.date(2026, 5, 1), dt.date(2026, 5, 31), exported) == MAY


@pytest.mark.parametrize(
    ("period_from", "period_to", "exported_at", "said"),
    [
        ("2026-05-31", "2026-05-01", "2026-06-01 09:00", "before it begins"),
        ("1926-05-01", "2026-05-31", "2026-06-01 09:00", "Check the year"),
        ("2026-05-01", "2026-06-02", "2026-06-01 09:00", "after the file was exported"),
        ("2026-05-01", "2026-05-31", "2027-06-01 09:00", "in the future"),
        ("2026-05-01", "2026-05-31", "2026-06-01", "without a time"),
        ("May", "2026-05-31", "2026-06-01 09:00", "first day of the period"),
        ("2026-05-01", "05/06/2026", "2026-06-01 09:00", "last day of the period"),
        (None, "2026-05-31", "2026-06-01 09:00", "first day of the period"),
    ],
)
def test_what_cannot_be_true_is_refused_with_a_reason(
    period_from: str | None, period_to: str, exported_at: str, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        declare(period_from, period_to, exported_at, NOW_UTC)
    assert said in refused.value.reason


def test_the_day_of_the_export_is_that_of_london() -> None:
    # 23:30 UTC on 31 May is 1 June in London: the whole of May is known.
    assert declare("2026-05-01", "2026-06-01", "2026-05-31T23:30:00Z", NOW_UTC).period_to.day == 1
    with pytest.raises(Refused):
        declare("2026-05-01", "2026-06-01", "2026-05-31T22:30:00Z", NOW_UTC)


@pytest.mark.parametrize(
    ("kind", "row", "column"),
    [
        ("posts", "kent,x,forcea,p1,2026-05-02 09:00,2026-06-01 10:31,post", "observed_at"),
        ("messages", "kent,x,forcea,public,c1,m1,inbound,2026-06-01 10:31,", "sent_at"),
        ("messages", "kent,x,forcea,public,c1,m1,inbound,2026-05-01 10:31,2026-06-01 10:31", "closed_at"),
        ("messages", "kent,x,forcea,public,c1,m1,inbound,2026-05-02 10:31,2026-05-01 10:31", "closed_at"),
    ],
)
def test_a_row_later_than_the_export_is_a_problem_of_that_row(
    problems: Callable[[str, str], list[tuple[int, str | None, str]]], kind: str, row: str, column: str
) -> None:
    assert (2, column) in {(line, name) for line, name, _ in problems(kind, row)}


def test_a_file_of_another_month_than_declared_is_refused(
    problems: Callable[[str, str], list[tuple[int, str | None, str]]],
) -> None:
    ((line, column, reason),) = problems("posts", "kent,x,forcea,p1,2026-04-30 23:59,2026-06-01 10:00,post")
    assert (line, column) == (0, None)
    assert "2026-04-30" in reason
    assert problems("posts", "kent,x,forcea,p1,2026-05-01 00:01,2026-06-01 10:00,post") == []
