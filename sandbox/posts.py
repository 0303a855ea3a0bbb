"""Posts: when an account posts, what it is called, and how its counters grow.

Here: the schedule (a closed form of the day), the dam emergency's extra posts, final counters.
Not here: conversations beneath a post (threads.py) or the order in a feed (timeline.py).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from sandbox import names, story
from sandbox.clock import ARCHIVE_START, DAY, HOUR, MINUTE, london_offset
from sandbox.dice import lognormal, uniform, uniforms
from sandbox.habits import habits
from sandbox.nation import Account, nation

DAM_ORDINAL = 100  # ordinals of a day from here on belong to the emergency


@dataclass(frozen=True, slots=True)
class Growth:
    """Final counters and how fast they are reached. None: the platform has no such metric."""

    likes: int
    shares: int | None
    quotes: int | None
    views: int | None
    tau: float
    span: float

    def reached(self, age: int) -> float:
        """The share of the final value at an age: 0 at birth, exactly 1 from `span` on."""
        if age >= self.span:
            return 1.0
        return (1 - math.exp(-age / self.tau)) / (1 - math.exp(-self.span / self.tau))


@dataclass(frozen=True, slots=True, eq=False)
class Post:
    """One post, repost or reply by an account. `created` is claimed, `seen` is the server's."""

    account: Account
    day: int
    ordinal: int
    kind: str
    created: int
    seen: int
    post_id: str
    growth: Growth
    comments_open: bool = True

    @property
    def key(self) -> tuple[int, str]:
        """The order in a feed."""
        return (self.seen, self.post_id)


@dataclass(frozen=True, slots=True)
class Counters:
    """A post's counters at a moment, without its comments."""

    likes: int
    shares: int | None
    quotes: int | None
    views: int | None


def counters(post: Post, now: int) -> Counters:
    """Counters at `now`: whole numbers that never fall."""
    g = post.growth
    f = g.reached(max(0, now - post.seen))
    return Counters(
        int(g.likes * f),
        None if g.shares is None else int(g.shares * f),
        None if g.quotes is None else int(g.quotes * f),
        None if g.views is None else int(g.views * f),
    )


def _growth(seed: int, account: Account, day: int, u: tuple[float, ...]) -> Growth:
    rules = habits(seed, account.force_id, account.account_type)
    human = 1.0 if account.account_type in {"corporate", "contact_centre"} else 1.9
    merged = account.force_id == story.MERGE_FORCE and account.account_type == "corporate"
    late = ARCHIVE_START + day * DAY >= story.MERGE_AT
    factor = rules.engagement * human * (1.35 if merged and late else 1.0)
    reach = account.followers * factor * lognormal(u[4], 0.85)
    tau, span = (5 + 22 * u[5]) * HOUR, 14.0 * DAY
    if account.platform == "youtube":
        views = 25 + int(reach * 0.14)
        return Growth(int(views * (0.008 + 0.02 * u[6])), None, None, views, tau * 4, 60.0 * DAY)
    likes = int(reach * (0.006 if account.platform != "mastodon" else 0.012))
    shares = int(likes * (0.12 + 0.5 * u[6]))
    if account.platform == "mastodon":
        shares = int(likes * (0.5 + 0.5 * u[6]))
    seen_by = int(reach * 0.4) if account.platform in {"x", "facebook"} else None
    quotes = int(shares * 0.25 * u[7])
    return Growth(likes, shares, quotes, seen_by, tau, span)


@lru_cache(maxsize=4)
def dam_posts(seed: int) -> dict[str, tuple[tuple[int, int], ...]]:
    """The emergency's posts by account: (moment, final shares), 147 and 21,000 in all."""
    everyone = nation(seed).accounts
    team = [a for a in everyone if a.force_id == story.DAM_FORCE and a.platform in {"bluesky", "mastodon"}]
    shifts = [a for a in team for _ in range(8 if a.account_type == "corporate" else 2)]
    length = story.DAM_LAST_POST - story.DAM_FIRST_POST
    drawn = []
    for n in range(story.DAM_POSTS):
        u = uniforms(seed, "dam", n)
        account = team[n] if n < len(team) else shifts[int(u[0] * len(shifts))]
        at = story.DAM_FIRST_POST + int(u[1] ** 1.3 * length / MINUTE) * MINUTE + n * 137
        weight = lognormal(u[2], 0.9) * (2.5 if account.account_type == "corporate" else 1.0)
        drawn.append((account.account_id, at, weight))
    total = sum(w for _, _, w in drawn)
    shares = [int(story.DAM_SHARES * w / total) for _, _, w in drawn]
    for n in range(story.DAM_SHARES - sum(shares)):
        shares[n] += 1
    out: dict[str, list[tuple[int, int]]] = {}
    for (account_id, at, _), count in zip(drawn, shares, strict=True):
        out.setdefault(account_id, []).append((at, count))
    return {k: tuple(sorted(v)) for k, v in out.items()}


def _dam_day(seed: int, account: Account, day: int) -> list[Post]:
    start = ARCHIVE_START + day * DAY
    out = []
    for ordinal, (at, shares) in enumerate(dam_posts(seed).get(account.account_id, ())):
        if start <= at < start + DAY:
            u = uniforms(seed, account.account_id, "dam", ordinal)
            growth = Growth(
                int(shares * (0.8 + 0.9 * u[0])),
                shares,
                int(shares * 0.08 * u[1]),
                None,
                (4 + 8 * u[2]) * HOUR,
                6.0 * DAY,  # before seven days, so that the value at seven days is the final one
            )
            out.append(_named(account, day, DAM_ORDINAL + ordinal, "post", at, u[3], growth))
    return out


def _named(
    account: Account,
    day: int,
    ordinal: int,
    kind: str,
    created: int,
    u: float,
    growth: Growth,
    comments_open: bool = True,
) -> Post:
    # Bluesky's server sees a post some seconds after the client says that it was made.
    seen = created + 900 + int(u * 6000) if account.platform == "bluesky" else created
    post_id = names.post_id(account, day, ordinal, created)
    return Post(account, day, ordinal, kind, created, seen, post_id, growth, comments_open)


def _is_silent(account: Account, end: int | None, at: int) -> bool:
    if end is not None and at >= end:
        return True
    return account.force_id == story.DAM_FORCE and story.DAM_START <= at < story.DAM_END


def posts_of_day(seed: int, account: Account, day: int, end: int | None) -> list[Post]:
    """An account's posts and reposts of one day, in order; none from `end` on."""
    first = math.floor(account.rate * day + account.phase)
    last = math.floor(account.rate * (day + 1) + account.phase)
    midnight = ARCHIVE_START + day * DAY
    out = []
    for ordinal in range(last - first):
        u = uniforms(seed, account.account_id, "post", day, ordinal)
        local = 7 * HOUR + int((ordinal + u[0]) / (last - first) * 15 * HOUR)
        at = midnight + local - london_offset(midnight + 12 * HOUR)
        if account.platform == "youtube":
            at = at // 1000 * 1000
        if _is_silent(account, end, at):
            continue
        repeats = account.platform in {"bluesky", "mastodon"} and u[2] < 0.07
        kind = "repost" if repeats else "post"
        open_ = not (account.platform == "youtube" and u[3] < 0.07)
        growth = _growth(seed, account, day, u)
        out.append(_named(account, day, ordinal, kind, at, u[1], growth, open_))
    return sorted([*out, *_dam_day(seed, account, day)], key=lambda p: p.key)


def reply_post(account: Account, day: int, ordinal: int, created: int, seed: int) -> Post:
    """A reply of ours, as a post in its own right. Nobody shares a reply."""
    u = uniform(seed, account.account_id, "reply", created)
    likes = int(4 * u)
    growth = Growth(likes, 0, 0, None, 10.0 * HOUR, 14.0 * DAY)
    return _named(account, day, ordinal, "reply", created, u, growth)
