"""YouTube Data API v3: channels, their uploads, and the comment threads below recent videos. Needs a key.

Source of the shapes: Google's discovery document v3. Counts are strings of digits; ids that do not exist
are left out of a list without a word; every list call costs one unit of 10,000 a day.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

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
    asking_batch,
    naive_utc,
    pull_each,
)
from pipelines.sources.client import Params, Platform
from pipelines.sources.shapes import convert
from pipelines.sources.texts import first_mention
from pipelines.sources.youtube_shapes import Channel, Comment, CommentThread, Page, Upload, Video

NAME = "youtube"
SANDBOX_PATH = "/youtube/youtube/v3"
REQUESTS_PER_ACCOUNT = 6
REQUESTS_PER_PULSE = 3
BATCH = 50
ENTITIES: dict[str, Schema] = {
    "profiles": {
        "channel_id": TEXT,
        "handle": TEXT,
        "subscriber_count": COUNT,
        "is_subscriber_count_hidden": pl.Boolean,
        "video_count": COUNT,
        "view_count": COUNT,
        "published_at_utc": TIME,
    },
    "posts": {
        "video_id": TEXT,
        "published_at_utc": TIME,
        "view_count": COUNT,
        "like_count": COUNT,
        "comment_count": COUNT,
        **PURPOSE,
    },
    "messages": {
        "comment_id": TEXT,
        "thread_id": TEXT,
        "video_id": TEXT,
        "post_published_at_utc": TIME,
        "direction": TEXT,
        "author_key": TEXT,
        "answered_comment_id": TEXT,
        "published_at_utc": TIME,
        **TOLD,
    },
}
KEYS = {"profiles": "channel_id", "posts": "video_id", "messages": "comment_id"}
TIMES = dict.fromkeys(ENTITIES, "published_at_utc")
POSTS = {"posts": "video_id", "messages": "video_id"}
THREAD = "thread_id"


def classify(response: httpx.Response) -> errors.SourceError | None:
    """Google's error body names a reason; 403 alone can mean four different things."""
    try:
        reason = str(response.json()["error"]["errors"][0]["reason"])
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None
    kinds: dict[str, type[errors.SourceError]] = {
        "quotaExceeded": errors.QuotaSpent,
        "dailyLimitExceeded": errors.QuotaSpent,
        "rateLimitExceeded": errors.RateLimited,
        "userRateLimitExceeded": errors.RateLimited,
        "commentsDisabled": errors.CommentsDisabled,
        "keyInvalid": errors.NotAuthorised,
        "badRequest": errors.BadRequest,
        "channelSuspended": errors.Suspended,
        "channelClosed": errors.Deactivated,
    }
    kind = kinds.get(reason)
    return kind(reason) if kind else None


def platform(base_url: str, token: str | None) -> Platform:
    """`base_url` ends in /youtube/v3; the key goes with every request and into no message.

    Raises:
        NotAuthorised: there is no key.
    """
    if not token:
        raise errors.NotAuthorised("no API key: set BEATBOOK_YOUTUBE_KEY")
    return Platform(base_url, classify, params={"key": token})


async def pull(
    context: Context, accounts: Sequence[Account], on_done: Callable[[AccountPull], None]
) -> list[AccountPull]:
    """Channels 50 at a time, then each channel's videos of 30 days and its threads of eight."""
    found: dict[str, Any] = {}
    failed: dict[str, errors.SourceError] = {}
    ids = {a.account_id: context.own_id(a) or a.platform_account_id or "" for a in accounts}
    with_id = [account for account in accounts if ids[account.account_id]]
    for start in range(0, len(with_id), BATCH):
        batch = with_id[start : start + BATCH]
        with asking_batch(batch, failed):
            raws = await _channels(context, {"id": ",".join(ids[account.account_id] for account in batch)})
            found |= {str(raw.get("id")): raw for raw in raws if isinstance(raw, dict)}

    async def one(pull: AccountPull) -> None:
        account = pull.account

        async def channel_of() -> Channel:
            if account.account_id in failed:
                raise failed[account.account_id]
            raw = found.get(ids[account.account_id]) or await _by_name(context, account)
            return convert(raw, Channel, where="channels")

        channel: Channel | None = None
        if not context.own_id(account):
            with pull.asking("profiles") as rows:
                channel = await channel_of()
                rows.append(_profile_row(channel))
            if channel is None or not pull.landed("profiles"):
                return
        threads = pull.threads(context)
        with pull.asking("posts") as rows:
            channel = channel or await channel_of()  # which of its lists are the uploads
            uploads = channel.content_details.related_playlists.uploads
            async for video in _videos(context, uploads, pull.pulled_at_utc - context.scope.posts_for):
                rows.append(_post_row(video) | context.purpose_of(_text_of(video)))
                published = video.snippet.published_at
                is_answered = (video.statistics.comment_count or "0") != "0"
                if is_answered and pull.is_thread_due(context, video.id, published):
                    threads[video.id] = published
        if channel is not None and pull.landed("posts"):
            with pull.asking("messages") as rows:
                for video_id, published in threads.items():
                    is_ours = partial(_is_ours, context, account, channel.id)
                    rows.extend(await _messages(context, video_id, published, is_ours))

    return await pull_each(context, accounts, KEYS, one, on_done)


async def _channels(context: Context, which: Params) -> list[Any]:
    params = {"part": "statistics,contentDetails,snippet", "maxResults": BATCH, **which}
    return (await context.client.get("/channels", Page, params)).data.items


async def _by_name(context: Context, account: Account) -> Any:
    """A channel known by its handle or its legacy user name only (one unit each)."""
    ways = ("forHandle", "forUsername")
    for which in () if account.platform_account_id else ways[:: -1 if account.handle_kind == "user" else 1]:
        raws = await _channels(context, {which: account.handle})
        if raws:
            return raws[0]
    raise errors.NotFound(f"no channel {account.platform_account_id or account.handle}")


async def _pages(context: Context, path: str, params: Params) -> AsyncIterator[list[Any]]:
    pages, asked = context.client.listing(), params
    while True:
        page = (await context.client.get(path, Page, asked)).data
        yield page.items
        token = pages.follow(page.next_page_token)
        if token is None:
            return
        asked = {**params, "pageToken": token}


async def _videos(context: Context, uploads: str, since: datetime) -> AsyncIterator[Video]:
    params: Params = {"part": "contentDetails", "playlistId": uploads, "maxResults": BATCH}
    async for items in _pages(context, "/playlistItems", params):
        listed = [convert(item, Upload, where="playlistItems").content_details for item in items]
        young = [
            upload.video_id
            for upload in listed
            if upload.video_published_at and upload.video_published_at >= since
        ]
        if young:
            asked: Params = {"part": "statistics,snippet", "id": ",".join(young), "maxResults": BATCH}
            for raw in (await context.client.get("/videos", Page, asked)).data.items:
                yield convert(raw, Video, where="videos")
        if len(young) < len(listed):  # newest first: what follows is older still
            return


def _is_ours(context: Context, account: Account, channel_id: str, comment: Comment) -> bool:
    """Whether a comment is of the channel itself or of another one of its force."""
    author = comment.snippet.author_channel_id
    names = (author.value if author else "", comment.snippet.author_display_name)
    return names[0] == channel_id or context.is_of_force(account, *names)


async def _messages(
    context: Context, video_id: str, published: datetime, is_ours: Callable[[Comment], bool]
) -> list[Row]:
    params: Params = {
        "part": "snippet,replies",
        "videoId": video_id,
        "order": "time",
        "textFormat": "plainText",
        "maxResults": 100,
    }
    above = {"video_id": video_id, "post_published_at_utc": naive_utc(published)}
    rows: list[Row] = []
    try:
        async for items in _pages(context, "/commentThreads", params):
            for item in items:
                thread = convert(item, CommentThread, where="commentThreads")
                comments = [thread.snippet.top_level_comment, *await _replies(context, thread)]
                answered = _answered(comments)
                rows += [
                    _message_row(context, c, thread.id, above, answered.get(c.id), is_ours(c))
                    for c in comments
                ]
    except (errors.CommentsDisabled, errors.NotFound):
        return []  # switched off, or the video is gone: the owner's choice, not a failure
    return rows


async def _replies(context: Context, thread: CommentThread) -> list[Comment]:
    embedded = thread.replies.comments if thread.replies else []
    if len(embedded) >= thread.snippet.total_reply_count:
        return embedded
    params: Params = {"part": "snippet", "parentId": thread.id, "maxResults": 100}
    return [
        convert(item, Comment, where="comments")
        async for items in _pages(context, "/comments", params)
        for item in items
    ]


def _answered(thread: Sequence[Comment]) -> dict[str, str | None]:
    """Which comment of a thread each reply answers: its top, unless it begins by mentioning somebody, as the
    platform does for who answers a reply. Then the last that they wrote before, or nothing that we know."""
    top, *replies = thread
    found: dict[str, str | None] = {}
    last_of = {top.snippet.author_display_name.lower(): top.id}
    for reply in sorted(replies, key=lambda reply: reply.snippet.published_at):
        mentioned = first_mention(reply.snippet.text_original)
        found[reply.id] = top.id if mentioned is None else last_of.get(mentioned)
        last_of[reply.snippet.author_display_name.lower()] = reply.id
    return found


def _message_row(
    context: Context, comment: Comment, thread_id: str, above: Row, answered: str | None, own: bool
) -> Row:
    author = comment.snippet.author_channel_id
    return {
        # Who looks a comment up finds its author, and a reply of ours holds the id of what it answers.
        "comment_id": context.keyed_hash(NAME, comment.id),
        "thread_id": context.keyed_hash(NAME, thread_id),
        **above,
        "direction": "outbound" if own else "inbound",
        "author_key": context.keyed_hash(NAME, author.value) if author and not own else None,
        "answered_comment_id": context.keyed_hash(NAME, answered) if answered else None,
        "published_at_utc": naive_utc(comment.snippet.published_at),
        **context.told_by(NAME, comment.snippet.text_original, is_ours=own),
    }


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _profile_row(channel: Channel) -> Row:
    counts = channel.statistics
    hidden = counts.hidden_subscriber_count
    return {
        "channel_id": channel.id,
        "handle": channel.snippet.custom_url,
        # A hidden count comes as 0 or not at all: neither is a measured zero.
        "subscriber_count": None if hidden else _number(counts.subscriber_count),
        "is_subscriber_count_hidden": hidden,
        "video_count": _number(counts.video_count),
        "view_count": _number(counts.view_count),
        "published_at_utc": naive_utc(channel.snippet.published_at),
    }


def _text_of(video: Video) -> str:
    return f"{video.snippet.title}\n{video.snippet.description}"


def _post_row(video: Video) -> Row:
    return {
        "video_id": video.id,
        "published_at_utc": naive_utc(video.snippet.published_at),
        "view_count": _number(video.statistics.view_count),
        "like_count": _number(video.statistics.like_count),
        "comment_count": _number(video.statistics.comment_count),
    }
