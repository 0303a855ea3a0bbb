# ruff: noqa: DTZ001  (a return's times are naive until they are read)
"""Times and days: every way of writing them, the clock changes, and each refusal."""

import datetime as dt

import pytest

from pipelines.returns.cells import BadCell
from pipelines.returns.times import FIRST_OF_TWO, day, moment

WINTER = dt.datetime(2026, 1, 15, 14, 5)
SUMMER = dt.datetime(2026, 7, 15, 13, 5)  # 14:05 in the UK


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-01-15T14:05:00Z", WINTER),
        ("2026-01-15t14:05:00z", WINTER),
        ("2026-01-15 14:05 UTC", WINTER),
        ("2026-01-15 14:05 +0000", WINTER),
        ("2026-01-15T16:05:00+02:00", WINTER),
        ("2026-01-15T09:05-05", WINTER),
        ("2026-01-15T19:35+05:30", WINTER),
        ("2026-01-15 14:05", WINTER),
        ("15/01/2026 14:05", WINTER),
        ("01/15/2026 14:05", WINTER),
        ("01/15/2026 2:05 pm", WINTER),
        ("Jan 15, 2026 2:05 PM", WINTER),
        ("Thu, Jan 15, 2026, 14:05", WINTER),
        ("15 January 2026 at 14:05", WINTER),
        ("15/01/2026 12:05 am", WINTER.replace(hour=0)),
        ("2026-07-15 14:05:00", SUMMER),
        ("15/7/2026 14:05:00", SUMMER),
        ("2026-07-15T14:05+01:00", SUMMER),
        ("2026-01-15T14:05:00.123456789Z", WINTER.replace(microsecond=123456)),
        ("2026-01-15T14:05:00,5Z", WINTER.replace(microsecond=500000)),
        (WINTER, WINTER),
        (SUMMER + dt.timedelta(hours=1), SUMMER),
        (46037.586805555555, WINTER),
        ("46037.586805555555", WINTER),
        ("2026-03-29 02:00", dt.datetime(2026, 3, 29, 1)),
        ("2026-10-25T01:30:00+01:00", dt.datetime(2026, 10, 25, 0, 30)),
        ("2026-10-25T01:30:00Z", dt.datetime(2026, 10, 25, 1, 30)),
        ("2026-10-25 02:00", dt.datetime(2026, 10, 25, 2)),
    ],
)
def test_moments_that_are_taken(raw, value):
    assert moment(raw) == value


@pytest.mark.parametrize(
    ("order", "value"),
    [("day_first", dt.datetime(2026, 1, 2, 14)), ("month_first", dt.datetime(2026, 2, 1, 14))],
)
def test_the_order_of_day_and_month_is_said(order, value):
    assert moment("02/01/2026 14:00", order=order) == value
    assert day("02/01/2026", order=order) == value.date()


@pytest.mark.parametrize(("order", "raw"), [("day_first", "01/25/2026"), ("month_first", "25/01/2026")])
def test_a_date_in_another_order_than_the_file_is_refused(order, raw):
    with pytest.raises(BadCell, match="no month 25"):
        day(raw, order=order)


def test_what_a_tool_writes_in_the_hour_that_comes_twice_is_the_first():
    assert moment("2026-10-25 01:30", zone=FIRST_OF_TWO) == dt.datetime(2026, 10, 25, 0, 30)
    assert moment("2026-07-15 14:05", zone=FIRST_OF_TWO) == SUMMER
    with pytest.raises(BadCell, match="clocks went forward"):
        moment("2026-03-29 01:30", zone=FIRST_OF_TWO)
    assert moment("2026-07-15 14:05", zone="UTC") == SUMMER + dt.timedelta(hours=1)


def test_a_serial_number_follows_the_workbooks_date_system():
    assert moment(46037.586805555555 - 1462, is_1904=True) == WINTER
    assert moment("44575.586805555555", is_1904=True) == WINTER
    assert day(46037 - 1462, is_1904=True) == WINTER.date()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("2026-03-29 01:30", "there was no 01:30 on 29 March 2026"),
        (dt.datetime(2026, 3, 29, 1, 30), "clocks went forward"),
        ("25/10/2026 01:30", "01:30 on 25 October 2026 came twice"),
        ("02/01/2026 14:05", "2/1 with the day first and 1/2 with the month first"),
        ("25/25/2026 14:05", "no such day"),
        ("15 Januember 2026 14:05", "no month Januember"),
        ("15/01/2026 14:05 PM", "no such day"),
        ("2026-02-30T10:00Z", "no such day"),
        ("2026-01-15T24:00Z", "no such day"),
        ("0001-01-01T00:00+14:00", "no such day"),
        ("2026-01-15T14:05+25:00", "no offset"),
        ("2026-01-15", "without a time"),
        ("15/01/2026", "without a time"),
        (dt.date(2026, 1, 15), "without a time"),
        (46037, "without a time"),
        ("46037", "without a time"),
        (1_768_485_900, "not a spreadsheet's date"),
        (10**400, "not a spreadsheet's date"),
        (float("inf"), "not a spreadsheet's date"),
        ("1768485900", "not a way of writing a time"),
        ("15/01/26 14:05", "not a way of writing a time"),
        ("15 January 26 14:05", "not a way of writing a time"),
        (dt.time(14, 5), "A day and a time"),
        (dt.timedelta(1), "A day and a time"),
        (True, "A day and a time"),
    ],
)
def test_moments_that_are_refused(raw, reason):
    with pytest.raises(BadCell, match=reason):
        moment(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-01-15",
        "15/01/2026",
        "15/1/2026 00:00",
        "2026-01-15 00:00:00",
        "46037",
        46037,
        46037.0,
        dt.date(2026, 1, 15),
        dt.datetime(2026, 1, 15),
    ],
)
def test_days_that_are_taken(raw):
    assert day(raw) == dt.date(2026, 1, 15)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("2026-01-15T00:00Z", "Only the day"),
        ("2026-01-15 14:05", "Only the day"),
        (dt.datetime(2026, 1, 15, 14), "Only the day"),
        (46037.5, "Only the day"),
        ("02/01/2026", "2/1 with the day first"),
        ("31/02/2026", "no such day"),
        ("January", "not a way of writing a day"),
        (12, "not a spreadsheet's date"),
        (True, "2026-03-29"),
    ],
)
def test_days_that_are_refused(raw, reason):
    with pytest.raises(BadCell, match=reason):
        day(raw)
