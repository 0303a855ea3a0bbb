"""A benchmark's figures as people read them: numbers, times, ranks with their limits, verdicts, changes.

Belongs here: one cell's text, the same in the terminal and the portal. Does not belong here: tables and how
they look (cli/benchmark_display.py, portal/).
"""

from collections.abc import Mapping
from math import floor
from typing import Any

#: From this probability on it is said that a force is in the top or the lowest quarter.
PROBABLY = 0.8
#: From here on a chance is "over 99%".
CERTAIN_FROM = 0.99


def number(value: float | int | None) -> str:
    """Three significant figures at least, thousands parted; nothing for no number."""
    if value is None:
        return ""
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}"


def sample(n: int | None, effective_n: float | None) -> str:
    """n, and in brackets as how many it counts where conversations under one post are alike; rounded down, so
    that what is under ten, and hence not compared, does not look like ten."""
    counted = effective_n and floor(effective_n + 1e-9)  # n ÷ effect may be a hair under a whole number
    if counted is None or counted == n:
        return number(n)
    return f"{number(n)} ({counted:,})"


def duration(seconds: float | int | None) -> str:
    """Seconds as people say them: the two largest units."""
    if seconds is None:
        return ""
    whole = round(seconds)
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for name, size in units:
        count, whole = divmod(whole, size)
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])


def amount(value: float | None, unit: str) -> str:
    """A value with its unit where that is a time, money or a percentage; nothing for none."""
    if unit == "seconds":
        return duration(value)
    if unit.startswith("£") and value is not None:
        return f"£{value:,.2f}" if abs(value) < 1000 else f"£{value:,.0f}"
    return number(value) + "%" * (unit.startswith("%") and value is not None)


def with_unit(value: float, unit: str) -> str:
    """A value where no head says its unit."""
    said = amount(value, unit)
    return said if unit == "seconds" or unit.startswith(("£", "%")) else f"{said} {unit}".rstrip()


def interval(low: float | None, high: float | None, unit: str) -> str:
    """The limits of a value; nothing where there is no lower one."""
    if low is None:
        return ""
    if high is None:  # the upper limit of a median that is not reached
        return f"from {amount(low, unit)}"
    return f"{amount(low, unit).removesuffix('%')} to {amount(high, unit)}"


def incident(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of bench_incidents: shares of the first hour and day, or why there are none, and of seven days,
    beside the usual ones; followers from the eve to the last day. No cell is empty: it has the reason."""
    note = _in_words(row["value_note"])
    audience = row["audience_note"] or ""
    if row["follower_count_before"] is not None:
        gain = f" ({row['follower_gain_pct']:+.0f}%)" if row["follower_gain_pct"] is not None else ""
        audience = f"{number(row['follower_count_before'])} → {number(row['follower_count_after'])}{gain}"
    return {
        "incident": row["incident_name"],
        "force": row["force_id"],
        "days": f"{row['from_date']} to {row['until_date']}",
        "platform": row["platform"],
        "posts": number(row["post_count"]) or "not collected",
        "shares in the first hour": _early(row, "1h"),
        "in the first day": _early(row, "24h"),
        "in seven days": number(row["share_count_7d"]) or note or "nothing to count",
        "shares per post": number(row["shares_per_post_7d"]) or note or "nothing to count",
        "usually": number(row["usual_shares_per_post_7d"]) or _not_usual(row["value_note"]),
        "followers": audience,
    }


def _not_usual(value_note: str | None) -> str:
    """Why it is not said what is usual: nobody tells it of any post, or of too few."""
    if value_note in ("not_offered", "not_authorised"):
        return _in_words(value_note)
    return "known of fewer than ten posts"


def _in_words(note: str | None) -> str:
    return (note or "").replace("_", " ")


def _early(row: Mapping[str, Any], age: str) -> str:
    return number(row[f"share_count_{age}"]) or _in_words(row[f"value_note_{age}"])


def rank(row: Mapping[str, Any]) -> str:
    """`12 (5–23) of 44`: the rank, between which ranks it truly is, and among how many. `1, shared, of 44`
    where so many have the same figure that the mean of their ranks is further down."""
    if not row["rank"]:
        return ""
    if row["rank95_low"] is not None and row["rank95_low"] > row["rank"]:
        return f"{row['rank']}, shared, of {row['ranked_of']}"
    limits = f" ({row['rank95_low']:g}–{row['rank95_high']:g})" if row["rank95_low"] is not None else ""
    return f"{row['rank']}{limits} of {row['ranked_of']}"


def peers_verdict(row: Mapping[str, Any]) -> str:
    """Against the force's peers, and beyond which limits."""
    return _judged(row["peers_verdict"], row["peers_verdict_confidence"])


def _judged(said: str | None, confidence: float | None) -> str:
    return (said or "").replace("_", " ") + (f" ({confidence:g}%)" if confidence else "")


def verdict(row: Mapping[str, Any]) -> str:
    """Against the others, beyond which limits, and where the force probably is in the order."""
    said = _judged(row["verdict"], row["verdict_confidence"])
    for column, quarter in (("top_quarter_probability", "top"), ("bottom_quarter_probability", "lowest")):
        if row[column] is not None and row[column] >= PROBABLY:
            # Of a thousand draws none is certain.
            chance = f"{row[column]:.0%}" if row[column] < CERTAIN_FROM else f"over {CERTAIN_FROM:.0%}"
            said += f"; probably in the {quarter} quarter ({chance})"
    return said.removeprefix("; ")


def change(row: Mapping[str, Any]) -> str:
    """`+3.1 (0.4 to 5.8)`: since the period before, in the value's unit (of percentages in points)."""
    if row["change"] is None:
        return ""
    low, high = row["change95_low"], row["change95_high"]
    limits = f" ({_signed(low, row['unit'])} to {_signed(high, row['unit'])})" if low is not None else ""
    return f"{'+' * (row['change'] > 0)}{_signed(row['change'], row['unit'])}{limits}"


def _signed(value: float, unit: str) -> str:
    size = duration(abs(value)) if unit == "seconds" else number(abs(value))
    return f"-{size}" if value < 0 and size.strip("0.s ") else size
