"""YouTube: how channels, playlist items, videos and comments look. Counts are strings.

Here: resources. Not here: questions, paging, errors (youtube.py).
"""

from base64 import urlsafe_b64encode
from typing import Any

from sandbox import names, story
from sandbox.clock import iso_seconds
from sandbox.dice import digest
from sandbox.nation import Account
from sandbox.posts import Post, counters
from sandbox.purposes import said
from sandbox.threads import Message
from sandbox.world import World

FILLER = "…"
MOST_EMBEDDED = 5  # replies in a thread; the rest only through comments?parentId=
parts_of = names.video_parts


def etag(*key: object) -> str:
    """An opaque tag of the usual length."""
    return urlsafe_b64encode(digest("etag", *key, size=20)).decode().rstrip("=")


def _only(item: dict[str, Any], parts: set[str]) -> dict[str, Any]:
    return {k: v for k, v in item.items() if k in {"kind", "etag", "id"} or k in parts}


def _uploads(channel: str) -> str:
    return "UU" + channel[2:]


def total_views(world: World, account: Account, now: int) -> int:
    """Views of a whole channel: those of videos older than the archive, and the rest."""
    older = account.older_posts * account.followers // 8
    archive = world.timeline(account).back(now)
    return older + sum(counters(p, now).views or 0 for p in archive)


def channel(world: World, account: Account, now: int, parts: set[str]) -> dict[str, Any]:
    """youtube#channel."""
    hidden = account.account_id == story.HIDDEN_SUBSCRIBERS
    statistics: dict[str, Any] = {
        "viewCount": str(total_views(world, account, now)),
        "hiddenSubscriberCount": hidden,
        "videoCount": str(world.timeline(account).count(now, reposts=True)),
    }
    if not hidden:
        statistics["subscriberCount"] = str(world.followers(account, now))
    item = {
        "kind": "youtube#channel",
        "etag": etag(account.account_id, now),
        "id": account.platform_id,
        "snippet": {
            "title": account.name,
            "description": "Invented by the sandbox.",
            "customUrl": account.handle,
            "publishedAt": iso_seconds(account.opened),
            "thumbnails": {},
            "localized": {"title": account.name, "description": "Invented by the sandbox."},
            "country": "GB",
        },
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": _uploads(account.platform_id)}},
        "statistics": statistics,
    }
    return _only(item, parts)


def playlist_item(video: Post, position: int, parts: set[str]) -> dict[str, Any]:
    """youtube#playlistItem of an uploads list."""
    account, published = video.account, iso_seconds(video.created)
    item = {
        "kind": "youtube#playlistItem",
        "etag": etag("item", video.post_id),
        "id": urlsafe_b64encode(f"{_uploads(account.platform_id)}.{video.post_id}".encode())
        .decode()
        .rstrip("="),
        "snippet": {
            "publishedAt": published,
            "channelId": account.platform_id,
            "title": FILLER,
            "description": FILLER,
            "thumbnails": {},
            "channelTitle": account.name,
            "playlistId": _uploads(account.platform_id),
            "position": position,
            "resourceId": {"kind": "youtube#video", "videoId": video.post_id},
            "videoOwnerChannelTitle": account.name,
            "videoOwnerChannelId": account.platform_id,
        },
        "contentDetails": {"videoId": video.post_id, "videoPublishedAt": published},
        "status": {"privacyStatus": "public"},
    }
    return _only(item, parts)


def video(world: World, post: Post, now: int, parts: set[str]) -> dict[str, Any]:
    """youtube#video. With comments disabled there is no commentCount."""
    account, figures = post.account, counters(post, now)
    title = said(post)[1]
    statistics = {
        "viewCount": str(figures.views),
        "likeCount": str(figures.likes),
        "favoriteCount": "0",
    }
    if post.comments_open:
        statistics["commentCount"] = str(len(world.said(post, now)))
    item = {
        "kind": "youtube#video",
        "etag": etag(post.post_id, now),
        "id": post.post_id,
        "snippet": {
            "publishedAt": iso_seconds(post.created),
            "channelId": account.platform_id,
            "title": title,
            "description": FILLER,
            "thumbnails": {},
            "channelTitle": account.name,
            "categoryId": "25",
            "liveBroadcastContent": "none",
            "localized": {"title": title, "description": FILLER},
        },
        "statistics": statistics,
    }
    return _only(item, parts)


def _name(message: Message) -> str:
    return f"@resident-{message.person}" if message.author is None else message.author.handle


def comment(message: Message) -> dict[str, Any]:
    """youtube#comment."""
    account, ours = message.post.account, message.author
    author = names.person_channel(message.person) if ours is None else ours.platform_id
    at = iso_seconds(message.created)
    above = message.parent
    # All replies hang from the top: to answer another one, its author is mentioned.
    text = message.text if above is None or above.parent is None else f"{_name(above)} {message.text}"
    snippet: dict[str, Any] = {
        "channelId": account.platform_id,
        "textDisplay": text,
        "textOriginal": text,
        "authorDisplayName": _name(message),
        "authorProfileImageUrl": "",
        "authorChannelUrl": f"http://www.youtube.com/channel/{author}",
        "authorChannelId": {"value": author},
        "canRate": True,
        "viewerRating": "none",
        "likeCount": 0,
        "publishedAt": at,
        "updatedAt": at,
    }
    if message.parent is None:
        snippet["videoId"] = message.post.post_id
    else:
        snippet["parentId"] = message.conversation_id
    return {
        "kind": "youtube#comment",
        "etag": etag(message.message_id),
        "id": message.message_id,
        "snippet": snippet,
    }


def comment_thread(top: Message, replies: list[Message], parts: set[str]) -> dict[str, Any]:
    """youtube#commentThread, with up to five of its replies."""
    item: dict[str, Any] = {
        "kind": "youtube#commentThread",
        "etag": etag("thread", top.message_id, len(replies)),
        "id": top.message_id,
        "snippet": {
            "channelId": top.post.account.platform_id,
            "videoId": top.post.post_id,
            "topLevelComment": comment(top),
            "canReply": True,
            "totalReplyCount": len(replies),
            "isPublic": True,
        },
    }
    if replies:
        item["replies"] = {"comments": [comment(m) for m in replies[:MOST_EMBEDDED]]}
    return _only(item, parts)
