"""YouTube Data API v3: the five list calls, their paging, quota and errors.

Here: parameters, page tokens, error bodies.
Not here: how a resource looks (youtube_views.py).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from starlette.routing import BaseRoute

from sandbox.faults import page_without_end, spoil
from sandbox.http import Ask, Context, Refused, route
from sandbox.names import comment_parts
from sandbox.nation import Account
from sandbox.posts import Post
from sandbox.routers import youtube_views as views
from sandbox.threads import Message

T = TypeVar("T")

ERRORS = {
    "400": (400, "badRequest", "youtube.parameter", "Request contains an invalid argument."),
    "401": (401, "authError", "global", "Request had invalid authentication credentials."),
    "403": (403, "forbidden", "youtube.common", "Access forbidden."),
    "404": (404, "notFound", "youtube.common", "The requested resource cannot be found."),
    "429": (429, "rateLimitExceeded", "usageLimits", "Too many requests."),
    "500": (500, "backendError", "global", "Internal error encountered."),
    "503": (503, "backendError", "global", "The service is currently unavailable."),
}
QUOTA = (
    403,
    "quotaExceeded",
    "youtube.quota",
    "The request cannot be completed because you have exceeded your quota.",
)
_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED"}
_COUNTERS = ("subscriberCount", "viewCount", "videoCount")


def _refuse(code: int, reason: str, domain: str, message: str) -> Refused:
    error: dict[str, Any] = {
        "code": code,
        "message": message,
        "errors": [{"message": message, "domain": domain, "reason": reason}],
    }
    if code in _STATUS:
        error["status"] = _STATUS[code]
    return Refused(code, {"error": error})


def _enter(ask: Ask) -> set[str]:
    key = ask.query.get("key", "")
    if not key:
        raise _refuse(403, "forbidden", "global", "The request is missing a valid API key.")
    if key == "invalid":
        message = "API key not valid. Please pass a valid API key."
        raise _refuse(400, "keyInvalid", "usageLimits", message)
    if ask.context.meter.pacific_day(key, ask.now).refused:
        raise _refuse(*QUOTA)
    parts = {p for text in ask.all("part") for p in text.split(",")}
    if not parts:
        message = "No filter selected. Expected: part"
        raise _refuse(400, "missingRequiredParameter", "youtube.parameter", message)
    return parts


def _fail(ask: Ask, account: Account | None) -> frozenset[str]:
    kinds = ask.kinds("youtube", account)
    for kind in sorted(kinds & ERRORS.keys()):
        raise _refuse(*ERRORS[kind])
    return kinds


def _ids(ask: Ask) -> list[str]:
    ids = [i for text in ask.all("id") for i in text.split(",") if i]
    if len(ids) > 50:
        raise _refuse(400, "invalidFilters", "youtube.parameter", "Too many ids.")
    return list(dict.fromkeys(ids))


def _page(
    ask: Ask,
    found: Sequence[T],
    most: int,
    default: int,
    kinds: frozenset[str],
    view: Callable[[T], dict[str, Any]],
) -> dict[str, Any]:
    size = ask.number("maxResults", default, 1, most)
    token = ask.query.get("pageToken")
    more = page_without_end(kinds, token)
    if more is not None:
        size, token = 1, None
    try:
        start = int(urlsafe_b64decode(token.encode())) if token else 0
    except (BadBase64, ValueError):
        start = -1
    if size is None or not 0 <= start <= len(found):
        raise _refuse(400, "invalidPageToken", "youtube.parameter", "Invalid page token or size.")
    page = found[start : start + size]
    body: dict[str, Any] = {"pageInfo": {"totalResults": len(found), "resultsPerPage": size}}
    if more is not None:
        body["nextPageToken"] = more
    elif start + size < len(found):
        body["nextPageToken"] = urlsafe_b64encode(str(start + size).encode()).decode()
    return body | {"items": [view(one) for one in page]}


def _answer(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"kind": f"youtube#{kind}", "etag": views.etag(kind, len(body["items"]))} | body


def _by_id(ask: Ask, channel: str) -> Account | None:
    return ask.world.nation.by_platform_id.get(("youtube", "", channel))


def _channels(ask: Ask) -> Any:
    parts = _enter(ask)
    _fail(ask, None)
    found = [a for a in (_by_id(ask, i) for i in _ids(ask)) if a is not None]
    handle = ask.query.get("forHandle")
    if handle:
        named = ask.world.nation.by_handle.get(("youtube", "@" + handle.removeprefix("@")))
        found = [named] if named else []
    items = []
    for account in found:
        kinds = ask.item_kinds("youtube", account)
        if "404" not in kinds:
            item = views.channel(ask.world, account, ask.now, parts)
            spoil(item.get("statistics", {}), kinds - {"unknown"}, *_COUNTERS)
            items.append(spoil(item, kinds & {"unknown"}))
    body: dict[str, Any] = {"pageInfo": {"totalResults": len(items), "resultsPerPage": 5}}
    if items and "empty" not in ask.item_kinds("youtube", None):
        body["items"] = items
        return _answer("channelListResponse", body)
    body["items"] = []
    answer = _answer("channelListResponse", body)
    del answer["items"]  # the real one leaves the field out when nothing is found
    return answer


def _playlist_items(ask: Ask) -> Any:
    parts = _enter(ask)
    playlist = ask.query.get("playlistId", "")
    account = _by_id(ask, "UC" + playlist.removeprefix("UU"))
    kinds = _fail(ask, account)
    if account is None:
        message = "The playlist identified with the request's playlistId cannot be found."
        raise _refuse(404, "playlistNotFound", "youtube.playlistItem", message)
    videos = [] if "empty" in kinds else list(ask.world.timeline(account).back(ask.now))
    at = {v.post_id: n for n, v in enumerate(videos)}

    def view(video: Post) -> dict[str, Any]:
        return spoil(views.playlist_item(video, at[video.post_id], parts), kinds)

    return _answer("playlistItemListResponse", _page(ask, videos, 50, 5, kinds, view))


def _find(ask: Ask, video_id: str) -> Post | None:
    parts = views.parts_of(video_id)
    accounts = ask.world.nation.accounts
    if parts is None or parts[0] >= len(accounts) or accounts[parts[0]].platform != "youtube":
        return None
    return ask.world.timeline(accounts[parts[0]]).find_video(video_id, ask.now)


def _videos(ask: Ask) -> Any:
    parts = _enter(ask)
    _fail(ask, None)
    items = []
    for video in (_find(ask, i) for i in _ids(ask)):
        kinds = ask.item_kinds("youtube", None if video is None else video.account)
        if video is not None and "404" not in kinds:
            item = views.video(ask.world, video, ask.now, parts)
            spoil(item.get("statistics", {}), kinds - {"unknown"}, "viewCount", "likeCount")
            items.append(spoil(item, kinds & {"unknown"}))
    items = [] if "empty" in ask.item_kinds("youtube", None) else items
    page = {"totalResults": len(items), "resultsPerPage": len(items)}
    return _answer("videoListResponse", {"items": items, "pageInfo": page})


def _comment_threads(ask: Ask) -> Any:
    parts = _enter(ask)
    video = _find(ask, ask.query.get("videoId", ""))
    kinds = _fail(ask, None if video is None else video.account)
    if video is None:
        message = "The video identified by the videoId parameter could not be found."
        raise _refuse(404, "videoNotFound", "youtube.commentThread", message)
    if not video.comments_open:
        message = "The video identified by the videoId parameter has disabled comments."
        raise _refuse(403, "commentsDisabled", "youtube.commentThread", message)
    said = ask.world.said(video, ask.now)
    tops = [m for m in reversed(said) if m.parent is None]

    def view(top: Message) -> dict[str, Any]:
        replies = [m for m in said if m.conversation_id == top.message_id and m is not top]
        return spoil(views.comment_thread(top, replies, parts), kinds)

    found = [] if "empty" in kinds else tops
    return _answer("commentThreadListResponse", _page(ask, found, 100, 20, kinds, view))


def _comments(ask: Ask) -> Any:
    _enter(ask)
    parent = ask.query.get("parentId", "")
    found = comment_parts(parent)
    video = None if found is None else _find(ask, found[0])
    kinds = _fail(ask, None if video is None else video.account)
    said = [] if video is None else ask.world.said(video, ask.now)
    if not any(m.message_id == parent for m in said):
        message = "The specified comment could not be found."
        raise _refuse(404, "commentNotFound", "youtube.comment", message)
    replies = [m for m in said if m.conversation_id == parent and m.parent is not None]
    replies = [] if "empty" in kinds else replies

    def view(reply: Message) -> dict[str, Any]:
        return spoil(views.comment(reply), kinds)

    return _answer("commentListResponse", _page(ask, replies, 100, 20, kinds, view))


def routes(context: Context) -> list[BaseRoute]:
    """The routes below /youtube."""
    base = "/youtube/v3"
    return [
        route(context, f"{base}/commentThreads", _comment_threads),
        route(context, f"{base}/playlistItems", _playlist_items),
        route(context, f"{base}/comments", _comments),
        route(context, f"{base}/channels", _channels),
        route(context, f"{base}/videos", _videos),
    ]
