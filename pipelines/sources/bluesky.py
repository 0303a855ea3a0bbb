"""Bluesky: profiles, an account's feed, and the threads below its recent posts. No token needed.

Source of the shapes: the app.bsky lexicons (2026). Errors come as 400 `{error, message}`. Mentions
elsewhere need a search that may want a token, so messages are replies to the account's own posts.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

import httpx
import msgspec

from pipelines.registry import Account
from pipelines.sources import errors
from pipelines.sources.account_pull import (
    COUNT,
    PURPOSE,
    TEXT,
    TIME,
    TOLD,
    AccountPull,
    Context,
    Row,
    Schema,
    asking_batch,
    naive_utc,
    pull_each,
)
from pipelines.sources.client import Params, Platform
from pipelines.sources.rates import RateHeaders, unix_reset
from pipelines.sources.shapes import Count, Moment, Shape, convert, fields

NAME = "bluesky"
SANDBOX_PATH = "/bluesky/xrpc"
REQUESTS_PER_ACCOUNT = 5
REQUESTS_PER_PULSE = 2
BATCH = 25  # getProfiles takes no more
ENTITIES: dict[str, Schema] = {
    "profiles": {
        "did": TEXT,
        "handle": TEXT,
        "followers_count": COUNT,
        "follows_count": COUNT,
        "posts_count": COUNT,
        "created_at_utc": TIME,
    },
    "posts": {
        "uri": TEXT,
        "kind": TEXT,
        "created_at_utc": TIME,
        "indexed_at_utc": TIME,
        "like_count": COUNT,
        "repost_count": COUNT,
        "reply_count": COUNT,
        "quote_count": COUNT,
        **PURPOSE,
    },
    "messages": {
        "uri": TEXT,
        "thread_uri": TEXT,
        "post_uri": TEXT,
        "post_published_at_utc": TIME,
        "direction": TEXT,
        "author_key": TEXT,
        "parent_uri": TEXT,
        "created_at_utc": TIME,
        "indexed_at_utc": TIME,
        **TOLD,
    },
}
KEYS = {"profiles": "did", "posts": "uri", "messages": "uri"}
#: created_at_utc of a post is what its author's device says.
TIMES = {"profiles": "created_at_utc", "posts": "indexed_at_utc", "messages": "indexed_at_utc"}
POSTS = {"posts": "uri", "messages": "post_uri"}
THREAD = "thread_uri"


class Profile(Shape):
    known: ClassVar[frozenset[str]] = fields(
        "displayName description pronouns website avatar banner associated joinedViaStarterPack "
        "indexedAt viewer labels pinnedPost verification status debug"
    )
    did: str
    handle: str
    followers_count: Count | None = None
    follows_count: Count | None = None
    posts_count: Count | None = None
    created_at: Moment | None = None


class Profiles(Shape):
    profiles: list[Any]  # each is decoded alone, so that one bad profile fails one account


class Author(Shape):
    known = Profile.known | {"createdAt"}
    did: str
    handle: str


class Record(Shape):
    known = fields("$type facets entities embed langs labels tags")
    created_at: datetime  # as the author's own client claims it
    text: str = ""
    reply: dict[str, Any] | None = None


class Post(Shape):
    known = fields("$type cid embed bookmarkCount viewer labels threadgate debug")
    uri: str
    author: Author
    record: Record
    indexed_at: Moment
    like_count: Count | None = None
    repost_count: Count | None = None
    reply_count: Count | None = None
    quote_count: Count | None = None


class FeedItem(Shape):
    known = fields("reply feedContext reqId")
    post: Post
    reason: dict[str, Any] | None = None


class Feed(Shape):
    feed: list[FeedItem]
    cursor: str | None = None


class Thread(Shape):
    """A threadViewPost. A reply that is blocked or gone has neither post nor replies."""

    known = fields("parent threadContext notFound blocked author uri")
    type_: str = msgspec.field(name="$type", default="")
    post: Post | None = None
    replies: list["Thread"] | None = None


class ThreadAnswer(Shape):
    known = fields("threadgate")
    thread: Thread


_ERRORS: dict[str, type[errors.SourceError]] = {
    "AccountTakedown": errors.Suspended,
    "AccountDeactivated": errors.Deactivated,
    "NotFound": errors.NotFound,
    "RepoNotFound": errors.NotFound,
    "ExpiredToken": errors.NotAuthorised,
    "InvalidToken": errors.NotAuthorised,
}


def classify(response: httpx.Response) -> errors.SourceError | None:
    """Bluesky says most things with 400 and a name."""
    if response.status_code != 400:
        return None
    try:
        body = response.json()
        name, message = str(body.get("error")), str(body.get("message", ""))
    except (ValueError, AttributeError, RecursionError):  # no JSON, or no object
        return None
    kind = _ERRORS.get(name)
    if kind is None and "not found" in message.lower():
        kind = errors.NotFound
    # Words that we do not know may quote what was asked, and whose it is.
    return (kind or errors.BadRequest)(name if name in _ERRORS else "HTTP 400")


def platform(base_url: str, _token: str | None = None) -> Platform:
    """`base_url` ends in /xrpc."""
    return Platform(base_url, classify, RateHeaders("ratelimit-remaining", "ratelimit-reset", unix_reset))


async def pull(
    context: Context, accounts: Sequence[Account], on_done: Callable[[AccountPull], None]
) -> list[AccountPull]:
    """Profiles 25 at a time, then each account's feed of 30 days and its threads of eight."""
    found: dict[str, Any] = {}
    failed: dict[str, errors.SourceError] = {}
    unknown = [account for account in accounts if not context.own_id(account)]
    for start in range(0, len(unknown), BATCH):
        batch = unknown[start : start + BATCH]
        with asking_batch(batch, failed):
            asked: Params = {"actors": [_actor(account) for account in batch]}
            reply = await context.client.get("/app.bsky.actor.getProfiles", Profiles, asked)
            for raw in reply.data.profiles:
                if isinstance(raw, dict):
                    found |= {str(raw.get("did")): raw, str(raw.get("handle")).lower(): raw}

    async def one(pull: AccountPull) -> None:
        account = pull.account
        did = context.own_id(account) or await _profile(context, pull, found, failed)
        if not did:
            return
        threads = pull.threads(context)
        with pull.asking("posts") as rows:
            async for post in _feed(context, did, pull.pulled_at_utc - context.scope.posts_for):
                rows.append(_post_row(post) | context.purpose_of(_text_of(post)))
                is_answered = post.reply_count and post.record.reply is None
                if is_answered and pull.is_thread_due(context, post.uri, post.indexed_at):
                    threads[post.uri] = post.indexed_at
        if pull.landed("posts"):
            with pull.asking("messages") as rows:
                for uri, published in threads.items():
                    is_ours = partial(_is_ours, context, account, did)
                    rows.extend(await _messages(context, uri, published, is_ours))

    return await pull_each(context, accounts, KEYS, one, on_done)


async def _profile(
    context: Context, pull: AccountPull, found: dict[str, Any], failed: dict[str, errors.SourceError]
) -> str:
    """The account's DID; empty where its profile is not among those that were answered."""
    account, did = pull.account, ""
    with pull.asking("profiles") as rows:
        if account.account_id in failed:
            raise failed[account.account_id]
        raw = found.get(_actor(account))
        if raw is None:
            # getProfiles leaves an account out without a word; the feed says why.
            await context.client.get("/app.bsky.feed.getAuthorFeed", Feed, {"actor": _actor(account)})
            raise errors.NotFound(f"{account.handle} is not among the profiles")
        profile = convert(raw, Profile, where="getProfiles")
        did = profile.did
        rows.append(_profile_row(profile))
    return did if pull.landed("profiles") else ""


async def _feed(context: Context, did: str, since: datetime) -> Any:
    params: Params = {"actor": did, "limit": 100, "filter": "posts_with_replies"}
    pages = context.client.listing()
    while True:
        feed = (await context.client.get("/app.bsky.feed.getAuthorFeed", Feed, params)).data
        for item in feed.feed:
            if item.reason is not None:  # a repost, or a pin that is out of order
                continue
            if item.post.indexed_at < since:
                return
            yield item.post
        cursor = pages.follow(feed.cursor) if feed.feed else None
        if cursor is None:
            return
        params = {**params, "cursor": cursor}


def _is_ours(context: Context, account: Account, did: str, author: Author) -> bool:
    """Whether an author is the account itself or another one of its force."""
    return author.did == did or context.is_of_force(account, author.did, author.handle)


async def _messages(
    context: Context, uri: str, published: datetime, is_ours: Callable[[Author], bool]
) -> list[Row]:
    try:
        answer = await context.client.get(
            "/app.bsky.feed.getPostThread", ThreadAnswer, {"uri": uri, "depth": 20, "parentHeight": 0}
        )
    except errors.NotFound:
        return []  # deleted between the feed and now
    rows: list[Row] = []
    for top in answer.data.thread.replies or []:
        if top.post is not None:
            thread = {
                "thread_uri": _key(context, top.post, is_ours),
                "post_uri": uri,
                "post_published_at_utc": naive_utc(published),
            }
            _walk(context, top, uri, thread, is_ours, rows)
    return rows


def _walk(
    context: Context,
    node: Thread,
    parent: str,
    thread: Row,
    is_ours: Callable[[Author], bool],
    rows: list[Row],
) -> None:
    if node.post is None:
        return
    own, uri = is_ours(node.post.author), _key(context, node.post, is_ours)
    rows.append(
        {
            "uri": uri,
            **thread,
            "direction": "outbound" if own else "inbound",
            "author_key": None if own else context.keyed_hash(NAME, node.post.author.did),
            "parent_uri": parent,
            "created_at_utc": naive_utc(node.post.record.created_at),
            "indexed_at_utc": naive_utc(node.post.indexed_at),
            **context.told_by(NAME, node.post.record.text, is_ours=own),
        }
    )
    for reply in node.replies or []:
        _walk(context, reply, uri, thread, is_ours, rows)


def _key(context: Context, post: Post, is_ours: Callable[[Author], bool]) -> str:
    """A URI holds its author's DID: the public's is hashed, ours stands as it is."""
    return post.uri if is_ours(post.author) else context.keyed_hash(NAME, post.uri)


def _actor(account: Account) -> str:
    return account.platform_account_id or account.handle.lower()


def _profile_row(profile: Profile) -> Row:
    return {
        "did": profile.did,
        "handle": profile.handle,
        "followers_count": profile.followers_count,
        "follows_count": profile.follows_count,
        "posts_count": profile.posts_count,
        "created_at_utc": naive_utc(profile.created_at) if profile.created_at else None,
    }


def _text_of(post: Post) -> str:
    return post.record.text if post.record.reply is None else ""


def _post_row(post: Post) -> Row:
    return {
        "uri": post.uri,
        "kind": "post" if post.record.reply is None else "reply",
        "created_at_utc": naive_utc(post.record.created_at),
        "indexed_at_utc": naive_utc(post.indexed_at),
        "like_count": post.like_count,
        "repost_count": post.repost_count,
        "reply_count": post.reply_count,
        "quote_count": post.quote_count,
    }
