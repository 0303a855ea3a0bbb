"""Which of day and month comes first is said, known, or proved by the file; it is never taken for granted."""

import datetime as dt

import pytest

from pipelines.returns import Stated

HEADER = "force_id,platform,handle,post_id,created_at,observed_at,kind,like_count\n"
PERIOD = Stated("2026-04-01", "2026-04-30", "2026-05-31T12:00:00Z")


def rows(*created):
    return HEADER + "".join(
        f"kent,x,ForceA,p{number},{written} 10:00,2026-05-31T10:00:00Z,post,5\n"
        for number, written in enumerate(created)
    )


def days(result):
    assert result.problems == []
    return [value.date() for value in result.rows["created_at_utc"]]


def test_dates_that_can_be_swapped_are_refused_with_both_readings(read_text):
    (problem,) = read_text(rows("04/02/2026", "03/01/2026")).problems
    assert problem.line == 0
    assert "04/02/2026 is 4 February 2026 with the day first and 2 April 2026" in problem.reason
    assert "--order day-first or --order month-first" in problem.reason


@pytest.mark.parametrize(
    ("order", "day"), [("day_first", dt.date(2026, 2, 4)), ("month_first", dt.date(2026, 4, 2))]
)
def test_the_sender_says_the_order(read_text, order, day):
    assert days(read_text(rows("04/02/2026"), order=order)) == [day]


@pytest.mark.parametrize(
    ("proof", "day"), [("13/02/2026", dt.date(2026, 2, 4)), ("02/13/2026", dt.date(2026, 4, 2))]
)
def test_one_number_over_twelve_proves_it_for_the_whole_file(read_text, proof, day):
    assert days(read_text(rows("04/02/2026", proof)))[0] == day


def test_a_day_that_has_not_come_proves_the_other_order(read_text):
    assert days(read_text(rows("04/02/2026", "01/12/2026"))) == [dt.date(2026, 4, 2), dt.date(2026, 1, 12)]


def test_the_files_own_range_proves_it(read_text):
    assert days(read_text(rows("04/02/2026", "04/09/2026"), stated=PERIOD)) == [
        dt.date(2026, 4, 2),
        dt.date(2026, 4, 9),
    ]


def test_a_range_that_fits_both_orders_proves_nothing(read_text):
    wide = Stated("2026-01-01", "2026-05-30", "2026-05-31T12:00:00Z")
    assert "read in two ways" in read_text(rows("04/02/2026"), stated=wide).problems[0].reason


@pytest.mark.parametrize("written", ["2026-04-02", "02/02/2026", "2 April 2026"])
def test_what_cannot_be_swapped_needs_no_order(read_text, written):
    assert read_text(rows(written)).problems == []


def test_two_orders_in_one_file_are_refused_by_line(read_text):
    (problem,) = read_text(rows("13/02/2026", "02/14/2026")).problems
    assert (problem.line, problem.column) == (3, "created_at")
    assert "no month 14" in problem.reason


def test_no_possible_reading_is_left(read_text):
    assert "read in two ways" in read_text(rows("01/12/2026", "12/01/2026")).problems[0].reason
