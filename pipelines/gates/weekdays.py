"""What is new in a run beside the same weekday of the last four weeks, for expectations/plausible_weekday_*.

Belongs here: volume, null share and level of what is less than a day old. Does not belong here: figures that
have been seen before, which are held against themselves (plausibility.py), or which ratios pass
(expectations/).

Forces write less at weekends, so that half a Monday looks like a Sunday: only Mondays tell. The day of which
a morning's pull shows what is new is the one before it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from pipelines.landing.quarantine import passed
from pipelines.landing.store import Landing
from pipelines.registry.holidays import bank_holidays
from pipelines.settings import SEEDS
from pipelines.sources import catalogue
from pipelines.sources.account_pull import COUNT

Frames = Mapping[str, pl.DataFrame]

NEW = timedelta(days=1)
#: Four weeks are one season. Of fewer than three of them the quietest may have been so by chance.
WEEKS, NEEDED_WEEKS = 4, 3
#: So many posts, or values, on the quietest of them: of a hundred, half is no chance, nor is a fifth of an
#: account's twenty.
PLATFORM_FROM, ACCOUNT_FROM = 100, 20
#: A smaller median is a few people's doing.
LEVEL_FROM = 20
_KEYS = ["account_id", "force_id"]


def weekday_frames(landing: Landing, source: str, day: date, frames: Frames) -> dict[str, pl.DataFrame]:
    """By the name of its suite, each frame of ratios; none on a holiday, or where too little is known.

    A row for each counter (`posts.volume`, `messages.volume`, `posts.like_count` …), of all accounts together
    and of each: `volume_ratio` to the quietest of the weekdays, `null_share_rise` over the one with the most
    empty cells, `level_ratio` of the median to the nearest of theirs (1 between them). Only accounts that
    answered in each of the weeks are compared. The volume of messages is how many posts have new ones below
    them: messages come in bursts, and that an account has a hundred on four Mondays and none on the fifth is
    chance.
    """
    weeks = [week for week in range(1, WEEKS + 1) if not is_holiday(day - week * timedelta(days=7) - NEW)]
    if is_holiday(day - NEW) or not any(landing.runs(source, day - timedelta(days=7 * WEEKS), day - NEW)):
        return {}
    volumes, values = _values(landing, source, day, frames, [0, *weeks])
    return {
        "plausible_weekday_platform": _beside(volumes, values, [], PLATFORM_FROM),
        "plausible_weekday_accounts": _beside(volumes, values, _KEYS, ACCOUNT_FROM),
    }


def is_holiday(day: date) -> bool:
    """A bank holiday of England, or between Christmas Eve and 3 January: as quiet as a Sunday."""
    is_turn_of_year = (day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 3)
    return is_turn_of_year or day in bank_holidays(SEEDS, "England")


def _values(
    landing: Landing, source: str, day: date, frames: Frames, weeks: Sequence[int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How many new rows each account has in each week, and every figure of them: week, account_id, force_id,
    counter, and n or value."""
    module = catalogue.source(source)
    volumes: list[pl.DataFrame] = []
    values: list[pl.DataFrame] = []
    for entity in ("posts", "messages"):
        key, time = module.KEYS[entity], module.TIMES[entity]
        counters = [name for name, kind in landing.schemas[source, entity].items() if kind == COUNT]
        read = list(dict.fromkeys([*_KEYS, key, module.POSTS[entity], time, "pulled_at_utc", *counters]))
        answered, new = [], []
        for week in weeks:
            then = day - timedelta(days=7 * week)
            rows = passed(landing, source, entity, then, then, read)
            if week == 0:  # an earlier run of the day may have brought a part of what is new
                rows = pl.concat([rows, frames[entity].select(read)]) if entity in frames else rows
                log = frames["requests"]
            else:
                log = passed(landing, source, "requests", then, then, [*_KEYS, "entity", "status"])
            log = log.filter(pl.col("entity") == entity, pl.col("status").is_in(["landed", "empty"]))
            rows = rows.filter(pl.col("pulled_at_utc") - pl.col(time) < NEW)
            answered.append(log.select(*_KEYS, week=week).unique(maintain_order=True))
            new.append(
                rows.unique(["account_id", key], keep="last", maintain_order=True).with_columns(week=week)
            )
        pulled = [frame for frame in answered if not frame.is_empty()]
        of_weeks = pl.concat(answered)
        steady = of_weeks.filter(pl.len().over("account_id") == len(pulled))
        found = pl.concat(new).join(steady, on=[*_KEYS, "week"], how="semi")
        counts = found.group_by(*_KEYS, "week").agg(n=pl.col(module.POSTS[entity]).n_unique())
        volumes.append(
            steady.join(counts, on=[*_KEYS, "week"], how="left").select(
                *_KEYS, "week", counter=pl.lit(f"{entity}.volume"), n=pl.col("n").fill_null(0).cast(pl.Int64)
            )
        )
        values.extend(
            found.select(*_KEYS, "week", counter=pl.lit(f"{entity}.{name}"), value=name) for name in counters
        )
    return pl.concat(volumes), pl.concat(values)


def _beside(volumes: pl.DataFrame, values: pl.DataFrame, by: Sequence[str], least: int) -> pl.DataFrame:
    by = [*by, "counter"]
    in_weeks = pl.concat(
        [
            volumes.group_by(*by, "week", maintain_order=True).agg(pl.col("n").sum()),
            values.group_by(*by, "week", maintain_order=True).agg(
                n=pl.len().cast(pl.Int64),
                null_share=pl.col("value").is_null().mean(),
                median=pl.col("value").median(),
            ),
        ],
        how="diagonal",
    )
    before = in_weeks.filter(pl.col("week") > 0).group_by(by, maintain_order=True)
    usual = before.agg(
        weeks=pl.len(),
        quietest=pl.col("n").min(),
        emptiest=pl.col("null_share").max(),
        lowest=pl.col("median").min(),
        highest=pl.col("median").max(),
    ).filter(pl.col("weeks") >= NEEDED_WEEKS, pl.col("quietest") >= least)
    both = usual.join(in_weeks.filter(pl.col("week") == 0), on=by)
    is_volume = pl.col("counter").str.ends_with(".volume")
    is_judged = ~is_volume & (pl.col("n") >= least)
    nearest = pl.col("median").clip("lowest", "highest")
    return both.select(
        *by,
        volume_ratio=pl.when(is_volume).then(pl.col("n") / pl.col("quietest")),
        null_share_rise=pl.when(is_judged).then(pl.col("null_share") - pl.col("emptiest")),
        level_ratio=pl.when(is_judged & (pl.col("lowest") >= LEVEL_FROM)).then(pl.col("median") / nearest),
    )
