"""What is counted is bounded in number and memory, and forgotten in time."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.access import attempts
from portal.access.attempts import LIMITS, WITHIN, Attempts, address_key

NOW = datetime(2026, 11, 9, 9, tzinfo=UTC)
KENT = ("name", "kent")


def test_failures_that_are_a_quarter_of_an_hour_old_make_room_one_by_one() -> None:
    tried = Attempts()
    times = [NOW + timedelta(minutes=n) for n in range(LIMITS["name"])]
    assert all(tried.begin([KENT], at) for at in times)
    assert not tried.begin([KENT], times[-1])
    assert tried.begin([KENT], times[0] + WITHIN)
    assert not tried.begin([KENT], times[0] + WITHIN)
    assert tried.begin([KENT], times[1] + WITHIN)


def test_what_is_refused_counts_for_no_key() -> None:
    tried = Attempts()
    for _ in range(LIMITS["name"]):
        tried.begin([KENT], NOW)
    for _ in range(LIMITS["address"]):
        assert not tried.begin([KENT, ("address", "192.0.2.1")], NOW)
    assert tried.begin([("address", "192.0.2.1")], NOW)


def test_names_that_are_made_up_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MAX_KEYS", 10)
    tried = Attempts()
    for n in range(50):
        assert tried.begin([("name", f"name{n}")], NOW + timedelta(seconds=n))
        assert len(tried._failures) <= 10
    assert ("name", "name49") in tried._failures
    tried.begin([KENT], NOW + WITHIN * 2)
    assert list(tried._failures) == [KENT]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("somewhere", "elsewhere", False),
    ],
)
def test_an_address_is_what_one_customer_has(one: str, other: str, is_same: bool) -> None:
    assert (address_key(one) == address_key(other)) == is_same
