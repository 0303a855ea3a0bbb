"""Which of the rows that a pull looked at are landed: posts by their age, messages when they are first seen.

Belongs here: the rule. Does not belong here: asking (sources/), or the files (store.py).
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


def is_landed(age: timedelta, ages: Sequence[PostAge]) -> bool:
    """Whether a snapshot of a post of this age is landed: always until the end of `DAILY_UNTIL`, and then
    while one of the later `ages` is being taken."""
    hours = age / _HOUR
    daily_until = next(rung.late_after_hours for rung in ages if rung.age == DAILY_UNTIL)
    return hours < daily_until or any(
        daily_until <= rung.age_hours <= hours < rung.late_after_hours for rung in ages
    )
