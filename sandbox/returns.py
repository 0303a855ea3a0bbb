"""What a force sends in place of an API: CSV files of profiles, posts and messages.

Here: the files' rows, direct messages, automatic acknowledgements and what came of appeals included.
Not here: the reading of returns, which is the pipeline's.
"""

from collections.abc import Iterator

from sandbox import clock
from sandbox.dice import exponential, poisson, uniforms
from sandbox.habits import answer_at, habits
from sandbox.nation import Account
from sandbox.posts import Post, counters
from sandbox.purposes import said
from sandbox.register import write_csv
from sandbox.truth import comment_count
from sandbox.world import World, world

KINDS = ("profiles", "posts", "messages", "outcomes")
POST_DAYS = 30
OUTCOME_DAYS = 90
MESSAGE_DAYS = 14
_WHO = ("force_id", "platform", "handle")
COLUMNS = {
    "profiles": (*_WHO, "observed_at", "follower_count", "post_count"),
    "posts": (
        *_WHO,
        "post_id",
        "created_at",
        "observed_at",
        "kind",
        "view_count",
        "impression_count",
        "reach_count",
        "like_count",
        "share_count",
        "quote_count",
        "comment_count",
        "click_count",
        *(f"{sort}_reaction_count" for sort in ("like", "love", "haha", "wow", "sad", "angry")),
        "text",
    ),
    "messages": (
        *_WHO,
        "channel",
        "conversation_id",
        "message_id",
        "direction",
        "sent_at",
        "is_automatic",
    ),
    "outcomes": (*_WHO, "post_id", "outcome", "outcome_date"),
}
Row = tuple[object, ...]


def _who(account: Account) -> Row:
    return (account.force_id, account.platform, account.handle)


def _profile(view: World, account: Account, now: int) -> Iterator[Row]:
    count = view.timeline(account).count(now, reposts=True)
    yield (*_who(account), clock.iso(now), view.followers(account, now), count)


def _recent(view: World, account: Account, now: int, days: int) -> Iterator[Post]:
    for post in view.timeline(account).back(now):
        if now - post.seen >= days * clock.DAY:
            return
        yield post


def _reactions(account: Account, count: int) -> Row:
    """How many of `count` are of each sort, which Facebook alone tells; a force's mix is always the same."""
    if account.platform != "facebook":
        return (None,) * 6
    shares = (18, 5, 3, 6, account.index % 9)
    others = tuple(count * share // 100 for share in shares)
    return (count - sum(others), *others)


def _posts(view: World, account: Account, now: int) -> Iterator[Row]:
    for post in _recent(view, account, now, POST_DAYS):
        figures = counters(post, now)
        views = figures.views
        reach = views * 4 // 5 if views is not None and account.platform == "facebook" else None
        yield (
            *_who(account),
            post.post_id,
            clock.iso(post.created),
            clock.iso(now),
            post.kind,
            views if account.platform == "facebook" else None,
            views if account.platform == "x" else None,
            reach,
            figures.likes,
            figures.shares,
            figures.quotes if account.platform == "x" else None,
            comment_count(view, post, now),
            None if views is None else views // 60,
            *_reactions(account, figures.likes),
            said(post)[1] if post.kind == "post" else None,
        )


def _direct(seed: int, account: Account, day: int, number: int) -> Iterator[tuple[str, int, bool]]:
    """One direct conversation: (direction, moment, whether automatic)."""
    rules = habits(seed, account.force_id, account.account_type)
    u = uniforms(seed, account.account_id, "direct", day, number)
    asked = clock.ARCHIVE_START + day * clock.DAY + int((6 + 17 * u[0]) * clock.HOUR)
    yield "inbound", asked, False
    if rules.acknowledges:
        yield "outbound", asked + 2_000 + int(u[1] * 8_000), True
    answered = answer_at(rules, asked, (u[2], u[3], u[4]))
    if answered is None or u[5] >= rules.answered_share:
        return
    yield "outbound", answered, False
    if u[6] < 0.4:
        yield "inbound", answered + int(exponential(u[7], 30 * clock.MINUTE)) + 20_000, False


def _messages(view: World, account: Account, now: int) -> Iterator[Row]:
    found: list[tuple[int, Row]] = []
    for post in _recent(view, account, now, MESSAGE_DAYS):
        for m in view.said(post, now) if post.kind == "post" else []:
            said = ("public", m.conversation_id, m.message_id, m.direction)
            found.append((m.seen, (*said, clock.iso(m.seen), str(m.is_automatic).lower())))
    mean = min(12.0, 1 + account.followers / 25_000)
    today = clock.archive_day(now)
    for day in range(today - MESSAGE_DAYS + 1, today + 1):
        u = uniforms(view.seed, account.account_id, "directs", day)[0]
        for number in range(poisson(u, mean, 40)):
            name = f"dm-{account.index}-{day}-{number}"
            talk = enumerate(_direct(view.seed, account, day, number))
            for step, (direction, at, automatic) in talk:
                said = ("direct", name, f"{name}-{step}", direction)
                is_automatic = "true" if automatic else "false"
                if at <= now:
                    found.append((at, (*said, clock.iso(at), is_automatic)))
    for _, row in sorted(found, key=lambda pair: (pair[0], str(pair[1]))):
        yield (*_who(account), *row)


def _outcomes(view: World, account: Account, now: int) -> Iterator[Row]:
    """What came of appeals: of every third, after a day to six weeks, and of some twice."""
    for post in _recent(view, account, now, OUTCOME_DAYS):
        purpose = said(post)[0] if post.kind == "post" else None
        if purpose not in ("appeal", "missing_person"):
            continue
        u = uniforms(view.seed, account.account_id, "outcome", post.post_id)
        first = "located" if purpose == "missing_person" else "information"
        for chance, outcome, after in ((0.35, first, u[1]), (0.1, "arrested", u[2])):
            at = post.created + clock.DAY + int(after * 41 * clock.DAY)
            if u[0] < chance and at <= now:
                yield (*_who(account), post.post_id, outcome, clock.iso(at)[:10])


_WRITERS = {"profiles": _profile, "posts": _posts, "messages": _messages, "outcomes": _outcomes}


def write_return(seed: int, kind: str, force_id: str, platform: str, at: int) -> str:
    """The CSV text of one return; a ValueError says what is unknown."""
    if kind not in _WRITERS:
        raise ValueError(f"unknown kind {kind!r}: expected one of {', '.join(KINDS)}")
    view = world(seed)
    account = view.nation.by_id.get(f"{platform}:{force_id}")
    if account is None:
        raise ValueError(f"no corporate account of {force_id!r} on {platform!r}")
    return write_csv(COLUMNS[kind], _WRITERS[kind](view, account, at))
