"""Which of the rows that a pull looked at are landed: posts by their age, messages when they are first seen.

Belongs here: the rule, of daily runs and of pulses. Does not belong here: asking (sources/), or the files
(store.py).
"""

from collections.abc import Sequence
from datetime import timedelta

from pipelines.registry.register import PostAge

#: Posts are landed daily until they are too old for this age of dbt/seeds/post_ages.csv: the benchmarks stand
#: on it, and a day without a pull must not cost it.
DAILY_UNTIL = "7d"
#: A thread is looked at for eight days, so what a pull can see again has landed in the ten before it.
MESSAGES_KNOWN_FOR = timedelta(days=10)

#: An account is followed while a passed pull of its posts is no older: a post that was made after it is
#: younger than nine days now, and lands for that.
POSTS_FOLLOWED_FOR = timedelta(days=8)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def is_within(age: timedelta, rung: PostAge) -> bool:
    """Whether a snapshot of a post of this age stands for that age of the table."""
    return rung.age_hours * _HOUR <= age < rung.late_after_hours * _HOUR


def pulse_ages(ages: Sequence[PostAge]) -> list[PostAge]:
    """The ages that pass between two daily runs: those whose window is shorter than a day."""
    return [rung for rung in ages if (rung.late_after_hours - rung.age_hours) * _HOUR < _DAY]


def age_of_pulse(age: timedelta, ages: Sequence[PostAge]) -> str | None:
    """The age of the table for which a pulse takes a snapshot of a post of this age; None where for none."""
    return next((rung.age for rung in pulse_ages(ages) if is_within(age, rung)), None)


def is_landed(age: timedelta, ages: Sequence[PostAge]) -> bool:
    """Whether a snapshot of a post of this age is landed: always until the end of `DAILY_UNTIL`, and then
    while one of the later `ages` is being taken."""
    daily_until = next(rung.late_after_hours for rung in ages if rung.age == DAILY_UNTIL)
    return age < daily_until * _HOUR or any(
        daily_until <= rung.age_hours and is_within(age, rung) for rung in ages
    )
