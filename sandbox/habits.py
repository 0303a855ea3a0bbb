"""How a force keeps its accounts: when it is staffed, how fast and how often it answers.

Here: habits by force and account type, and the arithmetic of opening hours.
Not here: messages (threads.py).
"""

from dataclasses import dataclass
from functools import lru_cache

from sandbox.clock import DAY, HOUR, MINUTE, london_offset
from sandbox.dice import lognormal, uniforms

LONGEST_WAIT = 4 * DAY


@dataclass(frozen=True, slots=True)
class Habits:
    """What makes one force's conversations differ from another's."""

    replied_share: float
    openings: float
    answered_share: float
    delay: float
    opens: int
    closes: int
    weekends: bool
    engagement: float
    acknowledges: bool

    @property
    def always_open(self) -> bool:
        """Whether somebody answers at any hour."""
        return self.closes - self.opens >= 24


@lru_cache(maxsize=4096)
def habits(seed: int, force_id: str, account_type: str) -> Habits:
    """The habits of one kind of account in one force."""
    u = uniforms(seed, "habits", force_id)
    round_the_clock = account_type == "contact_centre" or u[4] < 0.10
    office = not round_the_clock and u[4] > 0.78
    corporate = account_type in {"corporate", "contact_centre"}
    opens, closes = (0, 24) if round_the_clock else (8, 18) if office else (7, 23)
    return Habits(
        replied_share=min(0.5, (0.27 + 0.14 * u[0]) * (1.4 if account_type == "contact_centre" else 1)),
        openings=1.4 + 1.2 * u[1] if corporate else 0.5 + 0.5 * u[1],
        answered_share=min(0.97, 0.45 + 0.45 * u[2] + (0.08 if corporate else 0.0)),
        delay=(12 + 160 * u[3] ** 1.6) * MINUTE * (0.5 if account_type == "contact_centre" else 1),
        opens=opens,
        closes=closes,
        weekends=not office,
        engagement=0.65 + 0.8 * u[5],
        acknowledges=u[6] < 0.4,
    )


def staffed(rules: Habits, at: int) -> bool:
    """Whether somebody is at the desk."""
    if rules.always_open:
        return True
    day, clock = divmod(at + london_offset(at), DAY)
    weekend = (day + 3) % 7 >= 5  # 1970-01-01 was a Thursday
    return rules.opens * HOUR <= clock < rules.closes * HOUR and (rules.weekends or not weekend)


def next_opening(rules: Habits, at: int) -> int:
    """The first moment after `at` when the desk opens."""
    local = at + london_offset(at)
    opening = local // DAY * DAY + rules.opens * HOUR
    while opening <= local or not staffed(rules, opening - london_offset(opening)):
        opening += DAY
    return opening - london_offset(opening)


def answer_at(rules: Habits, asked: int, u: tuple[float, float, float]) -> int | None:
    """When a person answers, or None for never."""
    start = asked
    if not staffed(rules, asked):
        start = next_opening(rules, asked) + int(u[1] * 75 * MINUTE)
    answered = start + max(40_000, int(rules.delay * lognormal(u[0], 1.0)))
    if not staffed(rules, answered):
        answered = next_opening(rules, answered) + int(u[2] * 90 * MINUTE)
    return answered if answered - asked <= LONGEST_WAIT else None
