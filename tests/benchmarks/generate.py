"""A synthetic landing of the sandbox profile, large enough to measure on: the register and the landing files.

Belongs here: what a daily pull would have landed of an invented world. Does not belong here: the world
(world.py), or answers that are known beforehand (sandbox/). A year at scale 1 is 3,000 accounts of 48 forces,
2.4 million posts and 5 million messages of the public. Histories of different length that end on the same day
end with the same rows; a folder that holds a history is gone on with, so that one day more is one call more.
"""

import argparse
import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.gates.landing_gate import suites_digest
from pipelines.landing.store import COMMON, LOG, Landing
from pipelines.settings import LONDON, PULL_TIME
from pipelines.sources.account_pull import Schema
from pipelines.sources.catalogue import source
from pipelines.sources.purposes import PURPOSES
from tests.benchmarks.world import PLATFORMS, Made, Numbers, World, make_day, make_world, write_register

UNTIL = date(2026, 11, 9)
#: A pull looks at posts and at the threads of posts that are younger than so many hours.
POST_HOURS, THREAD_HOURS = 720, 192
#: Hours of age, from and until, at which a pull lands a post (pipelines/landing/rule.py).
LANDED_HOURS = ((0, 216), (336, 384), (672, 720))

ENTITIES = {platform: source(platform).ENTITIES for platform in PLATFORMS}
SCHEMAS: dict[tuple[str, str], Schema] = {
    (platform, entity): COMMON | columns
    for platform, own in ENTITIES.items()
    for entity, columns in {**own, **LOG}.items()
}

#: The platforms' names of what the world calls otherwise.
NAMES: dict[tuple[str, str], dict[str, str]] = {
    ("bluesky", "profiles"): {
        "did": "native_id",
        "followers_count": "follower_count",
        "follows_count": "following_count",
        "posts_count": "post_count",
        "created_at_utc": "opened_at_utc",
    },
    ("mastodon", "profiles"): {
        "id": "native_id",
        "acct": "handle",
        "followers_count": "follower_count",
        "statuses_count": "post_count",
        "created_at_utc": "opened_at_utc",
    },
    ("youtube", "profiles"): {
        "channel_id": "native_id",
        "subscriber_count": "follower_count",
        "video_count": "post_count",
        "published_at_utc": "opened_at_utc",
    },
    ("bluesky", "posts"): {
        "uri": "post_id",
        "indexed_at_utc": "published_at_utc",
        "like_count": "likes",
        "repost_count": "shares",
        "reply_count": "comments",
        "quote_count": "quotes",
    },
    ("mastodon", "posts"): {
        "id": "post_id",
        "created_at_utc": "published_at_utc",
        "favourites_count": "likes",
        "reblogs_count": "shares",
        "replies_count": "comments",
        "quotes_count": "quotes",
    },
    ("youtube", "posts"): {
        "video_id": "post_id",
        "view_count": "views",
        "like_count": "likes",
        "comment_count": "comments",
    },
    ("bluesky", "messages"): {
        "uri": "message_id",
        "thread_uri": "thread_id",
        "post_uri": "post_id",
        "parent_uri": "in_reply_to",
        "created_at_utc": "sent_at_utc",
        "indexed_at_utc": "sent_at_utc",
    },
    ("mastodon", "messages"): {
        "id": "message_id",
        "status_id": "post_id",
        "in_reply_to_id": "in_reply_to",
        "created_at_utc": "sent_at_utc",
    },
    ("youtube", "messages"): {
        "comment_id": "message_id",
        "video_id": "post_id",
        "answered_comment_id": "in_reply_to",
        "published_at_utc": "sent_at_utc",
    },
}


def generate(home: Path, days: int, until: date = UNTIL, scale: float = 1.0, seed: int = 1) -> None:
    """Write `days` days of landing that end on `until`, and the register.

    Days that the folder holds already are taken for the history before; seed and scale must be theirs.
    """
    world = make_world(seed, scale)
    write_register(world, home / "register")
    for platform in PLATFORMS:
        first = until - timedelta(days=days - 1)
        _generate(world, platform, Landing(home / "landing", ENTITIES), first, until)


def _generate(world: World, platform: str, landing: Landing, first: date, last: date) -> None:
    """Land a platform's days."""
    previous = _moment(first - timedelta(days=1)) if any(landing.runs(platform)) else None
    made: dict[date, Made] = {}
    for number in range(-POST_HOURS // 24, (last - first).days + 1):
        day = first + timedelta(days=number)
        made[day] = make_day(world, platform, day)
        if day < first:
            continue
        made.pop(day - timedelta(days=POST_HOURS // 24 + 1), None)
        at = _moment(day)
        unique = hashlib.sha256(f"{world.seed} {platform} {day}".encode()).hexdigest()[:8]
        nth = len(PLATFORMS) * day.toordinal() + list(PLATFORMS).index(platform)
        run_id = f"r{nth:08d}-{at:%Y%m%dT%H%M%S}-{unique}"
        frames = {}
        for entity, rows in _pulled(world, platform, day, at, previous, list(made.values())).items():
            columns = {
                column: NAMES.get((platform, entity), {}).get(column) for column in SCHEMAS[platform, entity]
            }
            known = rows.with_columns(pulled_at_utc=pl.lit(at), run_id=pl.lit(run_id))
            frame = known.select(pl.col(own or column).alias(column) for column, own in columns.items())
            if entity == "requests" or not frame.is_empty():
                frames[entity] = frame.cast(pl.Schema(SCHEMAS[platform, entity]))
        landing.write(platform, day, run_id, frames, suites=suites_digest())
        previous = at


def _pulled(
    world: World, platform: str, day: date, at: datetime, previous: datetime | None, made: list[Made]
) -> Mapping[str, pl.DataFrame]:
    """What the pull of a day lands: each entity's rows, and the log of who was asked."""
    is_open = world.is_open(platform, day)
    hours = (pl.lit(at) - pl.col("published_at_utc")).dt.total_seconds() / 3600
    posts = pl.concat([one.posts for one in made]).with_columns(hours=hours)
    posts = posts.filter(
        pl.col("hours").is_between(0, POST_HOURS, "left"), is_open[posts["account"].to_numpy()]
    )
    landed = posts.filter(
        pl.any_horizontal(pl.col("hours").is_between(*ages, "left") for ages in LANDED_HOURS)
    )
    settled = 1 - (-pl.col("hours") / pl.col("hours_to_settle")).exp()
    counters = [
        (pl.col(name) * settled).floor() for name in ("views", "likes", "shares", "comments", "quotes")
    ]
    is_own, second = pl.col("kind") == "post", pl.col("published_at_utc").dt.epoch("s")
    told = (second % len(PURPOSES)).replace_strict(dict(enumerate(PURPOSES)))
    purposes = {"purpose": pl.when(is_own).then(told), "purpose_rules_version": pl.when(is_own).then(1)}
    age = pl.lit(at) - pl.col("post_published_at_utc")
    messages = pl.concat([one.messages for one in made[-THREAD_HOURS // 24 - 2 :]])
    messages = messages.filter(
        pl.col("sent_at_utc") <= at,
        age < timedelta(hours=THREAD_HOURS),
        is_open[messages["account"].to_numpy()],
    )
    profiles = _profiles(world, day, np.flatnonzero(is_open))
    fresh = messages.filter(pl.col("sent_at_utc") > previous) if previous else messages
    rows = {
        "profiles": profiles,
        "posts": landed.with_columns(*counters, **purposes).sort(
            "account", "published_at_utc", descending=[False, True]
        ),
        "messages": fresh.sort("account", "post_id", "sent_at_utc"),
    }
    seen = {"profiles": profiles, "posts": posts, "messages": messages}
    log = pl.concat(_asked(profiles, platform, entity, rows[entity], seen[entity]) for entity in rows)
    return rows | {"requests": log.sort("account")}


def _profiles(world: World, day: date, account: Numbers) -> pl.DataFrame:
    """The accounts' profiles of a day; followers and posts grow from a date that no choice of days moves."""
    age = day.toordinal() - date(2024, 1, 1).toordinal()
    return world.accounts[account].select(
        "account_id",
        "force_id",
        "native_id",
        "handle",
        (pl.col("follower_count") * (1 + pl.col("growth_a_day")) ** age).floor(),
        pl.lit(120).alias("following_count"),
        (pl.Series(world.posts_a_day[account]) * age).floor().alias("post_count"),
        (pl.Series(world.posts_a_day[account]) * age * 900).floor().alias("view_count"),
        pl.lit(False).alias("is_subscriber_count_hidden"),
        pl.lit(datetime(2023, 5, 1, 9, 0)).alias("opened_at_utc"),  # noqa: DTZ001
        pl.lit(day - timedelta(days=1)).alias("last_status_date"),
        account=pl.Series(account),
    )


def _asked(
    accounts: pl.DataFrame, platform: str, entity: str, landed: pl.DataFrame, seen: pl.DataFrame
) -> pl.DataFrame:
    counts = {"row_count": landed, "seen_count": seen}
    log = accounts.select("account", "account_id", "force_id")
    for name, rows in counts.items():
        log = log.join(rows.group_by("account").agg(pl.len().alias(name)), "account", "left")
    return log.with_columns(
        pl.col(*counts).fill_null(0),
        (1 + pl.col("seen_count").fill_null(0) // 50).alias("request_count"),
        pl.lit(1 if platform == "youtube" else 0).alias("unit_count"),
        status=pl.when(pl.col("seen_count").fill_null(0) > 0)
        .then(pl.lit("landed"))
        .otherwise(pl.lit("empty")),
        unknown_field_count=pl.lit(0),
        **_literals({"platform": platform, "entity": entity, "reason": "", "detail": ""}),
    )


def _literals(values: Mapping[str, str]) -> dict[str, pl.Expr]:
    return {name: pl.lit(value) for name, value in values.items()}


def _moment(day: date) -> datetime:
    """When a day's pull happens: 05:30 in London, as landing stores it (UTC without a zone)."""
    return datetime.combine(day, PULL_TIME, LONDON).astimezone(UTC).replace(tzinfo=None)


def main() -> None:
    """`python -m tests.benchmarks.generate FOLDER --days 365`: the folder is a BEATBOOK_HOME."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--until", type=date.fromisoformat, default=UNTIL)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    generate(given.home, given.days, given.until, given.scale, given.seed)


if __name__ == "__main__":
    main()
