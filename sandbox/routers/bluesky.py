"""Bluesky: the questions and errors of public.api.bsky.app/xrpc.

Here: parameters, cursors, rate headers, error bodies.
Not here: how a post or profile looks (bluesky_views.py).
"""

from typing import Any

from starlette.routing import BaseRoute

from sandbox.clock import iso
from sandbox.faults import page_without_end, spoil
from sandbox.http import Ask, Context, Refused, route
from sandbox.nation import Account
from sandbox.posts import Post
from sandbox.routers import bluesky_views as views

ERRORS = {
    "400": (400, "InvalidRequest", "Error: bad request"),
    "401": (401, "AuthMissing", "Authentication Required"),
    "403": (403, "Forbidden", "Forbidden"),
    "404": (400, "InvalidRequest", "Profile not found"),
    "429": (429, "RateLimitExceeded", "Rate Limit Exceeded"),
    "500": (500, "InternalServerError", "Internal Server Error"),
    "503": (503, "NotEnoughResources", "Service Unavailable"),
}


def _refuse(status: int, error: str, message: str, **headers: str) -> Refused:
    return Refused(status, {"error": error, "message": message}, headers)


def _enter(ask: Ask) -> None:
    limit = ask.context.meter.limits.bluesky_per_5_min
    spent = ask.context.meter.five_minutes("bluesky", limit, ask.now)
    ask.headers = {
        "ratelimit-limit": str(spent.limit),
        "ratelimit-remaining": str(spent.remaining),
        "ratelimit-reset": str(spent.reset // 1000),
        "ratelimit-policy": f"{spent.limit};w=300",
    }
    if spent.refused:
        raise _refuse(*ERRORS["429"])


def _fail(ask: Ask, account: Account | None) -> frozenset[str]:
    kinds = ask.kinds("bluesky", account)
    for kind in sorted(kinds & ERRORS.keys()):
        if kind == "429":
            ask.headers["ratelimit-remaining"] = "0"
        raise _refuse(*ERRORS[kind])
    return kinds


def _actor(ask: Ask, actor: str) -> Account | None:
    """By DID, or by the handle of the moment."""
    if actor.startswith("did:"):
        return ask.world.nation.by_platform_id.get(("bluesky", "", actor))
    registered = ask.world.nation.by_handle.get(("bluesky", actor))
    if registered is not None and ask.world.handle(registered, ask.now) == actor:
        return registered
    renamed = (a for a in ask.world.nation.on("bluesky") if ask.world.handle(a, ask.now) == actor)
    return None if registered is not None else next(renamed, None)


def _readable(ask: Ask, account: Account) -> None:
    state = ask.world.status(account, ask.now)
    if state == "suspended":
        raise _refuse(400, "AccountTakedown", "Account has been suspended")
    if state == "merged":
        raise _refuse(400, "AccountDeactivated", "Account is deactivated")


def _limit(ask: Ask, name: str, default: int, least: int, most: int) -> int:
    value = ask.number(name, default, least, most)
    if value is None:
        message = f"Error: {name} must be an integer between {least} and {most}"
        raise _refuse(400, "InvalidRequest", message)
    return value


def _profiles(ask: Ask) -> Any:
    _enter(ask)
    _fail(ask, None)
    actors = ask.all("actors", "actors[]")
    if not actors or len(actors) > 25:
        raise _refuse(400, "InvalidRequest", "Error: actors must have between 1 and 25 elements")
    out = []
    for actor in actors:
        account = _actor(ask, actor)
        kinds = ask.item_kinds("bluesky", account)
        if account is None or ask.world.status(account, ask.now) != "live" or "404" in kinds:
            continue
        item = views.profile(ask.world, account, ask.now)
        out.append(spoil(item, kinds, "followersCount", "postsCount") if kinds else item)
    return {"profiles": [] if "empty" in ask.item_kinds("bluesky", None) else out}


def _cursor(post: Post) -> str:
    return f"{iso(post.seen)}::{post.post_id.rpartition('/')[2]}"


def _author_feed(ask: Ask) -> Any:
    _enter(ask)
    account = _actor(ask, ask.query.get("actor", ""))
    kinds = _fail(ask, account)
    if account is None:
        raise _refuse(400, "InvalidRequest", "Profile not found")
    _readable(ask, account)
    limit = _limit(ask, "limit", 50, 1, 100)
    cursor = ask.query.get("cursor")
    more = page_without_end(kinds, cursor)
    if more is not None:
        limit, cursor = 1, None
    replies = ask.query.get("filter", "posts_with_replies") == "posts_with_replies"
    page: list[Post] = []
    for post in ask.world.timeline(account).back(ask.now):
        if (replies or post.kind != "reply") and (cursor is None or _cursor(post) < cursor):
            page.append(post)
            if len(page) > limit:
                break
    if "empty" in kinds:
        return {"feed": []}
    feed = [views.feed_item(ask.world, post, ask.now) for post in page[:limit]]
    if kinds:
        for item in feed:
            spoil(item["post"], kinds, "likeCount", "repostCount", "replyCount", "quoteCount")
    body: dict[str, Any] = {"feed": feed}
    if len(page) > limit:
        body["cursor"] = more or _cursor(page[limit - 1])
    return body


def _find(ask: Ask, uri: str) -> Post | None:
    did, _, rkey = uri.removeprefix("at://").partition("/app.bsky.feed.post/")
    account = ask.world.nation.by_platform_id.get(("bluesky", "", did))
    created = views.created_in(rkey)
    if account is None or created is None or ask.world.status(account, ask.now) != "live":
        return None
    found = ask.world.timeline(account).find(uri, created, ask.now)
    return None if found is None or found.kind == "repost" else found


def _posts(ask: Ask) -> Any:
    _enter(ask)
    _fail(ask, None)
    uris = ask.all("uris", "uris[]")
    if not uris or len(uris) > 25:
        raise _refuse(400, "InvalidRequest", "Error: uris must have between 1 and 25 elements")
    out = []
    for uri in uris:
        post = _find(ask, uri)
        kinds = ask.item_kinds("bluesky", None if post is None else post.account)
        if post is not None and "404" not in kinds:
            item = views.post_view(ask.world, post, ask.now)
            out.append(spoil(item, kinds, "likeCount", "repostCount") if kinds else item)
    return {"posts": out}


def _thread(ask: Ask) -> Any:
    _enter(ask)
    uri = ask.query.get("uri", "")
    post = _find(ask, uri)
    kinds = _fail(ask, None if post is None else post.account)
    depth = _limit(ask, "depth", 6, 0, 1000)
    height = _limit(ask, "parentHeight", 80, 0, 1000)
    if post is None:
        raise _refuse(400, "NotFound", f"Post not found: {uri}")
    thread = views.thread(ask.world, post, ask.now, depth, height)
    if "empty" in kinds:
        thread["replies"] = []
    if kinds:
        spoil(thread["post"], kinds, "likeCount", "repostCount", "replyCount", "quoteCount")
    return {"thread": thread}


def routes(context: Context) -> list[BaseRoute]:
    """The routes below /bluesky."""
    return [
        route(context, "/xrpc/app.bsky.feed.getPostThread", _thread),
        route(context, "/xrpc/app.bsky.feed.getAuthorFeed", _author_feed),
        route(context, "/xrpc/app.bsky.actor.getProfiles", _profiles),
        route(context, "/xrpc/app.bsky.feed.getPosts", _posts),
    ]
