"""What a file would bring, in a few lines, before it lands; and the same again as its receipt.

Here: counting what was read. Not here: printing, or what the warehouse makes of it.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from pipelines.registry.register import Register
from pipelines.returns.model import Return, shown
from pipelines.returns.times import LONDON
from pipelines.words import many

#: The moment that says on which day a row counts.
HAPPENED = {
    "profiles": "observed_at_utc",
    "posts": "created_at_utc",
    "messages": "sent_at_utc",
    "outcomes": "outcome_date",
    "tool_figures": "from_date",
}
_NAMES = {
    "reach_count": "reach",
    "view_count": "views",
    "impression_count": "impressions",
    "click_count": "clicks",
}
ENGAGEMENTS = ("like_count", "share_count", "comment_count", "quote_count")
MAX_LISTED = 8


def first_and_last(found: Return) -> tuple[dt.date, dt.date] | None:
    """The first and the last day (Europe/London) of what the file holds."""
    column = HAPPENED[found.kind or "posts"]
    if column not in found.found.collect_schema():
        return None
    day = pl.col(column)
    if column.endswith("_utc"):
        day = day.dt.replace_time_zone("UTC").dt.convert_time_zone(str(LONDON)).dt.date()
    first, last = found.found.select(day.min().alias("first"), day.max().alias("last")).collect().row(0)
    return None if first is None else (first, last)


def lines(found: Return, register: Register) -> list[str]:
    """What is in the file, what of it counts, and what was left out, a sentence a line."""
    reading = found.reading
    said = [_whose(found), _when(found), _fills(found, register)]
    if reading.personal:
        names = _listed(reading.personal)
        said.append(f"drops: {many(len(reading.personal), 'column')} about people or with text: {names}")
    if reading.unknown:
        names = _listed(reading.unknown)
        said.append(f"does not know: {many(len(reading.unknown), 'column')}, left out: {names}")
    if reading.unused:
        said.append(f"leaves out: {many(len(reading.unused), 'column')} that Beatbook has no place for")
    said += [f"leaves out: {many(count, 'row')} {why}" for why, count in sorted(reading.left_out.items())]
    said += [f"note: {note}" for note in reading.notes]
    return [line for line in said if line]


def title(found: Return) -> str:
    """What the file was taken for."""
    return found.reading.tool or f"a return of {found.kind}"


def _whose(found: Return) -> str:
    groups = found.found.group_by("account_id", "force_id").len().sort("account_id").collect().rows()
    listed = [f"{count:,} of {account_id} ({force_id})" for account_id, force_id, count in groups]
    noun = (found.kind or "").replace("_", " ").removesuffix("s")
    return f"{many(sum(row[-1] for row in groups), noun)}: {_listed(listed)}"


def _when(found: Return) -> str:
    days = first_and_last(found)
    if days is None:
        return ""
    if (said := found.declared) is None:
        return f"days: {span(*days)}"
    covers = f"covers {span(said.period_from, said.period_to)}, exported {_clock(said.exported_at_utc)}"
    return f"days: {span(*days)}; {covers}"


def _fills(found: Return, register: Register) -> str:
    months = _months(found)
    if found.kind == "tool_figures":
        return "fills: no benchmark; these are the tool's own figures, kept under its name"
    if found.kind == "outcomes":
        return f"fills: outcomes of appeals{months}"
    if found.kind == "profiles":
        counted = _filled(found, {"follower_count": "followers", "post_count": "number of posts"})
        return f"fills: {', '.join(counted)}{months}"
    if found.kind == "messages":
        channels = found.found.select(pl.col("channel").unique().sort()).collect()["channel"]
        return f"fills: response times, {' and '.join(channels)} messages{months}"
    names = ["posts", *_filled(found, _NAMES)]
    if _has_engagements(found, register):
        names.append("engagements")
    return f"fills: {', '.join(names)}{months}"


def _filled(found: Return, names: dict[str, str]) -> list[str]:
    has = found.found.select(pl.col(column).is_not_null().any() for column in names).collect().row(0)
    return [name for name, is_there in zip(names.values(), has, strict=True) if is_there]


def _has_engagements(found: Return, register: Register) -> bool:
    """Whether a platform's posts have every part that its engagements are the sum of."""
    for (platform,) in found.found.select("platform").unique().collect().rows():
        parts = [
            part
            for part in ENGAGEMENTS
            if (metric := register.metrics.get((platform, "posts", part))) and metric.deprecated_on is None
        ]
        of_platform = found.found.filter(pl.col("platform") == platform)
        whole = of_platform.select(pl.all_horizontal(pl.col(part).is_not_null() for part in parts).any())
        if parts and whole.collect().item():
            return True
    return False


def _months(found: Return) -> str:
    days = first_and_last(found)
    if days is None:
        return ""
    first, last = days
    if found.declared:
        first, last = max(first, found.declared.period_from), min(last, found.declared.period_to)
    if first > last:
        return ""
    months = f"{first:%B %Y}", f"{last:%B %Y}"
    return f", for {months[0]}" + (f" to {months[1]}" if months[0] != months[1] else "")


def span(first: dt.date, last: dt.date) -> str:
    """Days as people write them: 1–14 October 2026."""
    if first == last:
        return f"{first.day} {first:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%B %Y}"
    if first.year == last.year:
        return f"{first.day} {first:%B} – {last.day} {last:%B %Y}"
    return f"{first.day} {first:%B %Y} – {last.day} {last:%B %Y}"


def _clock(moment_utc: dt.datetime) -> str:
    local = moment_utc.replace(tzinfo=dt.UTC).astimezone(LONDON)
    return f"{local.day} {local:%B %Y at %H:%M}"


def _listed(names: list[str] | tuple[str, ...]) -> str:
    more = len(names) - MAX_LISTED
    return ", ".join(map(shown, names[:MAX_LISTED])) + (f" and {more} more" if more > 0 else "")
