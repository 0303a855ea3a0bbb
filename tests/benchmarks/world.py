"""The invented accounts of a synthetic landing, and what they and the public write on a day.

Belongs here: accounts, and the rows of one day as they would ever be. Does not belong here: when a pull sees
them (generate.py). A day depends on the seed and on its date alone. No reply is automatic.
"""

import csv
import string
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.registry.corrections import NONE
from pipelines.registry.incidents import NONE as NO_INCIDENT
from pipelines.registry.rate_cards import NONE as NO_RATE_CARD
from pipelines.settings import SEEDS
from sandbox.register import (
    ACCOUNT_COLUMNS,
    EVENT_COLUMNS,
    NEIGHBOURHOOD_COLUMNS,
    STAFFED,
    STAFFED_COLUMNS,
    write_csv,
)

Numbers = np.ndarray[Any, Any]

ACCOUNTS, POSTS_A_DAY, MESSAGES_A_DAY = 3_000, 2_400_000 / 365, 5_000_000 / 365
PLATFORMS = {"bluesky": 0.50, "mastodon": 0.36, "youtube": 0.14}
REPLY_SHARE = 0.12  # of an account's posts on Bluesky and Mastodon: replies to others, which open no thread
#: Account type → share of the accounts, posts of one beside those of another.
TYPES = {
    "neighbourhood": (0.55, 1.0),
    "officer": (0.20, 1.2),
    "specialist": (0.12, 1.6),
    "campaign": (0.05, 0.8),
    "contact_centre": (0.05, 2.0),
    "chief_officer": (0.03, 0.7),
}
CORPORATE_RATE = 8.0
WEEKDAYS = (1.1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.7)
#: Accounts open and merge on dates that no choice of days moves.
FIRST_EVENT, EVENT_DAYS, EVENT_SHARE = date(2025, 1, 1), 900, 0.02
FOR_EVER = date.max.toordinal()
AUTHORS = 400_000
#: Forces of which no neighbourhood can have residents.
NO_RESIDENTS = {"btp", "mod-police", "civil-nuclear"}
SOURCE = "synthetic (invented)"
_HEX = np.frombuffer(b"0123456789abcdef", "S1")
_BASE32 = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", "S1")  # pragma: allowlist secret
_BASE64 = np.frombuffer((string.ascii_letters + string.digits + "-_").encode(), "S1")


@dataclass(frozen=True)
class World:
    """All accounts, and in the same order what each is like. Open from a day (ordinal), until before one."""

    seed: int
    accounts: pl.DataFrame
    posts_a_day: Numbers
    messages_per_post: Numbers
    popularity: Numbers
    answered_share: Numbers
    wait_log_seconds: Numbers
    open_from: Numbers
    open_until: Numbers

    def is_open(self, platform: str, day: date) -> Numbers:
        """Whether each account is one of the platform's and open on the day."""
        today = day.toordinal()
        on_platform = (self.accounts["platform"] == platform).to_numpy()
        return on_platform & (self.open_from <= today) & (today < self.open_until)


@dataclass(frozen=True)
class Made:
    """The posts of one day on one platform, and all that will ever be written below them."""

    posts: pl.DataFrame
    messages: pl.DataFrame


def make_world(seed: int, scale: float) -> World:
    """Scale 1 is 3,000 accounts; the first of each force on each platform is its corporate one."""
    rng = np.random.default_rng(seed)
    with (SEEDS / "forces.csv").open(encoding="utf-8", newline="") as file:
        forces = {row["force_id"]: float(row["officers_fte"] or 1_500) for row in csv.DictReader(file)}
    first_count = len(PLATFORMS) * len(forces)
    count = max(round(ACCOUNTS * scale), first_count)
    index = np.arange(count)
    is_first = index < first_count
    size = np.sqrt(list(forces.values()))
    force = np.where(is_first, index % len(forces), rng.choice(len(forces), count, p=size / size.sum()))
    platform = rng.choice(len(PLATFORMS), count, p=list(PLATFORMS.values()))
    platform = np.where(is_first, index // len(forces), platform)
    shares, rates = zip(*TYPES.values(), strict=True)
    kind = rng.choice(len(TYPES), count, p=shares)
    posts = np.where(is_first, CORPORATE_RATE, np.array(rates)[kind]) * rng.lognormal(0, 0.8, count)
    posts *= np.where(platform == list(PLATFORMS).index("youtube"), 0.25, 1.0)
    posts *= POSTS_A_DAY * count / ACCOUNTS / posts.sum()
    messages = rng.lognormal(0, 0.9, count)
    messages *= MESSAGES_A_DAY * count / ACCOUNTS / (messages * posts).sum()
    event_day = FIRST_EVENT.toordinal() + rng.integers(0, EVENT_DAYS, count)
    chance = np.where(is_first, 1.0, rng.random(count))
    quickness = rng.normal(0, 1, len(forces))[force]
    return World(
        seed=seed,
        accounts=_accounts(
            rng,
            [list(PLATFORMS)[p] for p in platform],
            [list(forces)[f] for f in force],
            ["corporate" if n < first_count else list(TYPES)[k] for n, k in enumerate(kind)],
        ),
        posts_a_day=posts,
        messages_per_post=messages,
        popularity=rng.normal(0, 0.8, count),
        answered_share=1 / (1 + np.exp(-(0.42 + 0.7 * quickness))),
        wait_log_seconds=np.log(7_200) - 0.8 * quickness + rng.normal(0, 0.4, count),
        open_from=np.where(chance < EVENT_SHARE, event_day, 0),
        open_until=np.where((chance >= EVENT_SHARE) & (chance < 2 * EVENT_SHARE), event_day, FOR_EVER),
    )


def _accounts(
    rng: np.random.Generator, platform: list[str], force: list[str], kind: list[str]
) -> pl.DataFrame:
    count = len(platform)
    name = [f"{force_id}-{index}" for index, force_id in enumerate(force)]
    suffix = {"bluesky": ".bsky.sandbox", "mastodon": "@social.sandbox", "youtube": ""}
    word = letters(_words(rng, 2 * count), 12, 5, _BASE32)
    native = {
        "bluesky": "did:plc:" + word[:count] + word[count:],
        "mastodon": pl.Series(109_000_000_000_000_000 + np.arange(count)).cast(pl.String),
        "youtube": "UC" + word[:count] + word[count:].str.slice(0, 10),
    }
    return pl.DataFrame(
        {
            "account_id": [f"{p}:{n}" for p, n in zip(platform, name, strict=True)],
            "force_id": force,
            "platform": platform,
            "handle": [n + suffix[p] for p, n in zip(platform, name, strict=True)],
            "native_id": [native[p][index] for index, p in enumerate(platform)],
            "account_type": kind,
            "follower_count": rng.lognormal(7.5, 1.3, count),
            "growth_a_day": rng.normal(0.0004, 0.0003, count),
        }
    )


def write_register(world: World, folder: Path) -> None:
    """The register's files as the sandbox writes them, with its forces' staffed hours and no correction."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = world.accounts.select(
        "account_id", "force_id", "platform", "handle", "native_id", "account_type"
    ).rows()
    accounts = [(*row, "", SOURCE, "2026-10-01", "invented account") for row in rows]
    corporate = {(row[1], row[2]): row[0] for row in rows if row[5] == "corporate"}
    events = [
        (row[0], event, date.fromordinal(int(day)), "", into, SOURCE, "")
        for row, opened, merged in zip(rows, world.open_from, world.open_until, strict=True)
        for event, day, into in (("opened", opened, ""), ("merged_into", merged, corporate[row[1], row[2]]))
        if 0 < day < FOR_EVER
    ]
    (folder / "accounts.csv").write_text(write_csv(ACCOUNT_COLUMNS, sorted(accounts)))
    (folder / "account_events.csv").write_text(write_csv(EVENT_COLUMNS, sorted(events)))
    (folder / "corrections.csv").write_text(NONE)
    (folder / "incidents.csv").write_text(NO_INCIDENT)
    # Of the sandbox's hours those of whole forces: its accounts are others.
    hours = [(*row, "the force", row[2], SOURCE) for row in STAFFED if not row[1]]
    (folder / "staffed_hours.csv").write_text(write_csv(STAFFED_COLUMNS, hours))
    (folder / "rate_cards.csv").write_text(NO_RATE_CARD)
    areas = _neighbourhoods([(row[1], row[0]) for row in rows if row[5] == "neighbourhood"])
    (folder / "neighbourhoods.csv").write_text(write_csv(NEIGHBOURHOOD_COLUMNS, areas))


def _neighbourhoods(accounts: list[tuple[str, str]]) -> list[tuple[object, ...]]:
    """One for each account (force and id), redrawn in October and from then on with that of the one before,
    where that is the force's too; beside it one without an account. Of a third nobody knows the residents."""
    rows: list[tuple[object, ...]] = []
    for nth, (force, account) in enumerate(accounts):
        residents = ("", "zero") if nth % 3 == 0 or force in NO_RESIDENTS else (100 + nth, "")
        others = [other for own, other in accounts[max(0, nth - 1) : nth] if own == force]
        named = (f"N{nth:05}", f"Ward {nth}", *residents)
        read = (SOURCE, "2026-10-01")
        rows.append((force, *named, account, "2026-01-01", "2026-10-14", *read))
        rows.append((force, *named, "|".join([account, *others]), "2026-10-15", "", *read))
        rows.append((force, f"O{nth:05}", f"Wood {nth}", "", "zero", "", "2026-01-01", "", *read))
    return rows


def make_day(world: World, platform: str, day: date) -> Made:
    """What one platform's accounts post on a day (UTC), counters as they end up, and every message below."""
    rng = np.random.default_rng([world.seed, day.toordinal(), list(PLATFORMS).index(platform)])
    rate = world.posts_a_day * WEEKDAYS[day.weekday()] * world.is_open(platform, day)
    account = np.repeat(np.arange(len(rate)), rng.poisson(rate))
    count = len(account)
    midnight = np.datetime64(datetime.combine(day, datetime.min.time()), "s")
    published = midnight + (rng.beta(2.2, 1.8, count) * 86_400).astype("timedelta64[s]")
    is_reply = rng.random(count) < (0 if platform == "youtube" else REPLY_SHARE)
    native = world.accounts["native_id"].gather(account)
    popularity = world.popularity[account]
    posts = pl.DataFrame(
        {
            "account": account,
            "account_id": world.accounts["account_id"].gather(account),
            "force_id": world.accounts["force_id"].gather(account),
            "post_id": _own_id(rng, platform, native, published),
            "kind": np.where(is_reply, "reply", "post"),
            "published_at_utc": published.astype("datetime64[us]"),
            "created_at_utc": (published - rng.integers(0, 3, count)).astype("datetime64[us]"),
            "hours_to_settle": rng.lognormal(3.0, 0.6, count),
            "views": rng.lognormal(6.0 + popularity, 1.3, count),
            "likes": rng.lognormal(2.6 + popularity, 1.2, count),
            "shares": rng.lognormal(1.2 + popularity, 1.4, count),
            "comments": rng.lognormal(0.8 + popularity, 1.1, count),
            "quotes": rng.lognormal(0.0 + popularity, 1.0, count),
        }
    )
    a_post = rng.gamma(0.5, world.messages_per_post[account] / 0.5 / np.mean(~is_reply)) * ~is_reply
    return Made(
        posts, _messages(rng, world, platform, posts, np.repeat(np.arange(count), rng.poisson(a_post)))
    )


def _messages(
    rng: np.random.Generator, world: World, platform: str, posts: pl.DataFrame, post: Numbers
) -> pl.DataFrame:
    """A message of the public for each of `post` (indices of posts), and our replies to some."""
    count = len(post)
    delay = np.ceil(rng.lognormal(np.log(5_400), 1.6, count)).astype("timedelta64[s]")
    sent = posts["published_at_utc"].to_numpy()[post] + delay
    order = np.lexsort((sent, post))
    post, sent = post[order], sent[order]
    # One in eight goes below the message before it; the thread is that of the first.
    is_top = (rng.random(count) >= 0.125) | np.r_[True, post[1:] != post[:-1]][:count]
    top = np.maximum.accumulate(np.where(is_top, np.arange(count), 0))
    account = posts["account"].to_numpy()[post]
    answered = np.flatnonzero(rng.random(count) < world.answered_share[account])
    wait = np.ceil(rng.lognormal(world.wait_log_seconds[account[answered]], 1.5)).astype("timedelta64[s]")
    asked_by = rng.integers(0, AUTHORS, count, dtype=np.uint64)
    author = _hex(
        asked_by * np.uint64(0x9E3779B97F4A7C15), asked_by * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(1)
    )
    inbound_id = _message_id(rng, count)
    reply_sent = sent[answered] + wait
    native = world.accounts["native_id"].gather(account[answered])
    if platform == "youtube":
        reply_id = _message_id(rng, len(reply_sent))
    else:
        reply_id = _own_id(rng, platform, native, reply_sent)
    of_both = np.r_[post, post[answered]]
    about = posts.select(
        "account",
        "account_id",
        "force_id",
        "post_id",
        pl.col("published_at_utc").alias("post_published_at_utc"),
    )
    return about.select(pl.all().gather(of_both)).with_columns(
        pl.concat([inbound_id, reply_id]).alias("message_id"),
        inbound_id.gather(np.r_[top, top[answered]]).alias("thread_id"),
        pl.Series("direction", np.r_[np.full(count, "inbound"), np.full(len(answered), "outbound")]),
        pl.concat([author, pl.Series([None] * len(answered), dtype=pl.String)]).alias("author_key"),
        pl.Series("sent_at_utc", np.r_[sent, reply_sent]),
        pl.concat([_below(posts, post, inbound_id, is_top, top), inbound_id.gather(answered)]).alias(
            "in_reply_to"
        ),
        pl.Series("has_question_mark", [True] * count + [None] * len(answered)),
        pl.concat([pl.Series([None] * count, dtype=pl.String), reply_id]).alias("wording_key"),
    )


def _below(
    posts: pl.DataFrame, post: Numbers, inbound_id: pl.Series, is_top: Numbers, top: Numbers
) -> pl.Series:
    """What each message of the public answers: the post, or the first of its thread."""
    ids = posts["post_id"].cast(pl.String).gather(post)
    return (
        ids.to_frame("post")
        .with_columns(inbound_id.gather(top).alias("top"))
        .select(pl.when(pl.Series(is_top)).then("post").otherwise("top"))
        .to_series()
    )


def _own_id(rng: np.random.Generator, platform: str, native: pl.Series, moment: Numbers) -> pl.Series:
    """Of what our accounts write: a post, or a reply on Bluesky and Mastodon."""
    word = _words(rng, len(moment))
    if platform == "bluesky":
        return pl.select(
            "at://" + pl.lit(native) + "/app.bsky.feed.post/" + letters(word, 13, 5, _BASE32)
        ).to_series()
    return letters(word, 11, 6, _BASE64) if platform == "youtube" else _snowflake(moment, word)


def _message_id(rng: np.random.Generator, count: int) -> pl.Series:
    """Of what the public writes, and of our answers on YouTube, as it lands: a keyed hash."""
    return _hex(_words(rng, count), _words(rng, count))


def _snowflake(moment: Numbers, word: Numbers) -> pl.Series:
    """Mastodon's ids: the milliseconds, and 16 more bits."""
    milliseconds = moment.astype("datetime64[ms]").astype(np.uint64) + word % np.uint64(1_000)
    return pl.Series(milliseconds * np.uint64(2**16) + word // np.uint64(2**48)).cast(pl.String)


def _words(rng: np.random.Generator, count: int) -> Numbers:
    return rng.integers(0, 2**64, count, dtype=np.uint64)


def _hex(first: Numbers, second: Numbers) -> pl.Series:
    return letters(first, 16, 4, _HEX) + letters(second, 16, 4, _HEX)


def letters(words: Numbers, width: int, bits: int, alphabet: Numbers) -> pl.Series:
    """Each 64-bit word as `width` letters of `bits` bits each."""
    shifts = np.arange(width, dtype=np.uint64) * np.uint64(bits)
    digits = alphabet[(words[:, None] >> shifts) & np.uint64(2**bits - 1)]
    return pl.Series(digits.view(f"S{width}").ravel(), dtype=pl.Binary).cast(pl.String)
