"""Mastodon: each account asked at its own home instance. No token needed for what we read.

Source of the shapes: Mastodon's OpenAPI description 4.7. Paging by Link header; the rate limit's reset
is ISO 8601. Mentions elsewhere need a token, so messages are replies to the account's own statuses.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar

import httpx
import polars as pl

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
    naive_utc,
    pull_each,
)
from pipelines.sources.client import Platform
from pipelines.sources.rates import RateHeaders, iso_reset
from pipelines.sources.shapes import Count, Moment, Shape, fields
from pipelines.sources.texts import lines_of, without_tags

NAME = "mastodon"
SANDBOX_PATH = "/mastodon/{instance}"
REQUESTS_PER_ACCOUNT = 5
REQUESTS_PER_PULSE = 2
ENTITIES: dict[str, Schema] = {
    "profiles": {
        "id": TEXT,
        "acct": TEXT,
        "followers_count": COUNT,
        "following_count": COUNT,
        "statuses_count": COUNT,
        "created_at_utc": TIME,
        "last_status_date": pl.Date,
    },
    "posts": {
        "id": TEXT,
        "kind": TEXT,
        "created_at_utc": TIME,
        "favourites_count": COUNT,
        "reblogs_count": COUNT,
        "replies_count": COUNT,
        "quotes_count": COUNT,
        **PURPOSE,
    },
    "messages": {
        "id": TEXT,
        "thread_id": TEXT,
        "status_id": TEXT,
        "post_published_at_utc": TIME,
        "direction": TEXT,
        "author_key": TEXT,
        "in_reply_to_id": TEXT,
        "created_at_utc": TIME,
        **TOLD,
    },
}
KEYS = dict.fromkeys(ENTITIES, "id")
TIMES = dict.fromkeys(ENTITIES, "created_at_utc")
POSTS = {"posts": "id", "messages": "status_id"}
THREAD = "thread_id"


class Profile(Shape, rename=None):
    known: ClassVar[frozenset[str]] = fields(
        "username url uri display_name note avatar avatar_static avatar_description header "
        "header_static header_description locked fields emojis bot group discoverable indexable "
        "noindex limited memorial mute_expires_at role roles source hide_collections "
        "attribution_domains feature_approval show_featured show_media show_media_replies"
    )
    id: str
    acct: str
    followers_count: Count
    following_count: Count
    statuses_count: Count
    created_at: Moment
    last_status_at: date | None = None
    suspended: bool = False
    moved: dict[str, Any] | None = None


class StatusAuthor(Shape, rename=None):
    known = Profile.known | fields(
        "followers_count following_count statuses_count created_at last_status_at suspended moved"
    )
    id: str
    acct: str  # without a server where that is the one that was asked


class Status(Shape, rename=None):
    known: ClassVar[frozenset[str]] = fields(
        "uri url visibility sensitive media_attachments application mentions "
        "tags emojis quote quote_approval poll card language text edited_at favourited reblogged "
        "muted bookmarked pinned filtered in_reply_to_account_id quoted_status tagged_collections"
    )
    id: str
    created_at: Moment
    account: StatusAuthor
    favourites_count: Count
    reblogs_count: Count
    replies_count: Count
    quotes_count: Count | None = None
    in_reply_to_id: str | None = None
    content: str = ""
    spoiler_text: str = ""  # what is read before the rest is opened
    reblog: dict[str, Any] | None = None


class StatusContext(Shape, rename=None):
    known = fields("ancestors")
    descendants: list[Status]


def classify(_: httpx.Response) -> errors.SourceError | None:
    """Mastodon uses HTTP status codes as they are meant."""
    return None


def platform(base_url: str, _token: str | None = None) -> Platform:
    """`base_url` holds `{instance}`: every server is asked for its own accounts."""
    rate = RateHeaders("x-ratelimit-remaining", "x-ratelimit-reset", iso_reset)
    return Platform(base_url, classify, rate)


async def pull(
    context: Context, accounts: Sequence[Account], on_done: Callable[[AccountPull], None]
) -> list[AccountPull]:
    """For each account its profile, its statuses of 30 days and its threads of eight."""
    client = context.client

    async def one(pull: AccountPull) -> None:
        account = pull.account
        acct, instance = account.handle.rpartition("@")[0], _server_of(account)
        base = client.platform.base_url.format(instance=instance)
        own_id = context.own_id(account)
        if not own_id:
            own_id = await _profile(context, pull, base, acct, instance)
        if not own_id:
            return
        threads = pull.threads(context)
        with pull.asking("posts") as rows:
            async for status in _statuses(
                context, base, own_id, pull.pulled_at_utc - context.scope.posts_for
            ):
                rows.append(_post_row(status) | context.purpose_of(_text_of(status)))
                is_answered = status.replies_count and status.in_reply_to_id is None
                if is_answered and pull.is_thread_due(context, status.id, status.created_at):
                    threads[status.id] = status.created_at
        if pull.landed("posts"):
            with pull.asking("messages") as rows:
                for status_id, published in threads.items():
                    is_ours = partial(_is_ours, context, account, own_id)
                    rows.extend(await _messages(context, base, status_id, published, is_ours))

    return await pull_each(context, accounts, KEYS, one, on_done, _server_of)


async def _profile(context: Context, pull: AccountPull, base: str, acct: str, instance: str) -> str:
    """The account's own id; empty where its profile was not answered."""
    account, found = pull.account, ""
    with pull.asking("profiles") as rows:
        if account.platform_account_id:
            path, params = f"/api/v1/accounts/{account.platform_account_id}", None
        else:
            path, params = "/api/v1/accounts/lookup", {"acct": acct}
        profile = (await context.client.get(path, Profile, params, base_url=base)).data
        if profile.suspended:
            raise errors.Suspended(f"{account.handle}: suspended by {instance}")
        if profile.moved is not None:
            raise errors.Deactivated(f"{account.handle}: moved to another account")
        rows.append(_profile_row(profile))
        found = profile.id
    return found if pull.landed("profiles") else ""


def _server_of(account: Account) -> str:
    return account.handle.rpartition("@")[2]


def _is_ours(context: Context, account: Account, own_id: str, author: StatusAuthor) -> bool:
    """Whether an author is the account itself or another one of its force."""
    acct = author.acct if "@" in author.acct else f"{author.acct}@{_server_of(account)}"
    return author.id == own_id or context.is_of_force(account, acct)


async def _statuses(context: Context, base: str, own_id: str, since: datetime) -> AsyncIterator[Status]:
    path: str | None = f"/api/v1/accounts/{own_id}/statuses"
    params: dict[str, str | int] | None = {"limit": 40, "exclude_reblogs": "true"}
    pages = context.client.listing()
    while path is not None:
        reply = await context.client.get(path, list[Status], params, base_url=base)
        for status in reply.data:
            if status.created_at < since:
                return
            if status.reblog is None:
                yield status
        path, params = pages.follow(reply.next_url) if reply.data else None, None


async def _messages(
    context: Context,
    base: str,
    status_id: str,
    published: datetime,
    is_ours: Callable[[StatusAuthor], bool],
) -> list[Row]:
    try:
        path = f"/api/v1/statuses/{status_id}/context"
        below = (await context.client.get(path, StatusContext, base_url=base)).data.descendants
    except errors.NotFound:
        return []  # deleted between the list and now
    parents = {status.id: status.in_reply_to_id for status in below}
    ours = {status_id, *(status.id for status in below if is_ours(status.account))}

    def key(status_id: str) -> str:
        """Who looks a status up finds its author: the public's are hashed, ours stand as they are."""
        return status_id if status_id in ours else context.keyed_hash(NAME, status_id)

    rows: list[Row] = []
    for status in below:
        top = status.id
        while (parent := parents.get(top)) is not None and parent != status_id and parent in parents:
            top = parent
        inbound = status.id not in ours
        rows.append(
            {
                "id": key(status.id),
                "thread_id": key(top),
                "status_id": status_id,
                "post_published_at_utc": naive_utc(published),
                "direction": "inbound" if inbound else "outbound",
                "author_key": context.keyed_hash(NAME, status.account.id) if inbound else None,
                "in_reply_to_id": key(status.in_reply_to_id) if status.in_reply_to_id else None,
                "created_at_utc": naive_utc(status.created_at),
                **context.told_by(NAME, without_tags(status.content), is_ours=not inbound),
            }
        )
    return rows


def _profile_row(profile: Profile) -> Row:
    return {
        "id": profile.id,
        "acct": profile.acct,
        "followers_count": profile.followers_count,
        "following_count": profile.following_count,
        "statuses_count": profile.statuses_count,
        "created_at_utc": naive_utc(profile.created_at),
        "last_status_date": profile.last_status_at,
    }


def _text_of(status: Status) -> str:
    return f"{status.spoiler_text}\n{lines_of(status.content)}" if status.in_reply_to_id is None else ""


def _post_row(status: Status) -> Row:
    return {
        "id": status.id,
        "kind": "post" if status.in_reply_to_id is None else "reply",
        "created_at_utc": naive_utc(status.created_at),
        "favourites_count": status.favourites_count,
        "reblogs_count": status.reblogs_count,
        "replies_count": status.replies_count,
        "quotes_count": status.quotes_count,
    }
