"""Bluesky: how profiles, posts and threads look (app.bsky.*.defs).

Here: views. Not here: questions, cursors, errors (bluesky.py).
"""

from functools import lru_cache
from typing import Any

from sandbox import names
from sandbox.clock import DAY, iso
from sandbox.nation import Account
from sandbox.posts import Post, counters
from sandbox.purposes import said
from sandbox.threads import Message
from sandbox.world import World

FILLER = "…"
created_in = names.tid_created


def _basic(world: World, account: Account, now: int) -> dict[str, Any]:
    return _author(account, world.handle(account, now))


@lru_cache(maxsize=2048)
def _author(account: Account, handle: str) -> dict[str, Any]:
    return {
        "did": account.platform_id,
        "handle": handle,
        "displayName": account.name[:64],
        "createdAt": iso(account.opened),
    }


def _person(number: int) -> dict[str, Any]:
    return {"did": names.person_did(number), "handle": f"resident-{number}.bsky.sandbox"}


def profile(world: World, account: Account, now: int) -> dict[str, Any]:
    """app.bsky.actor.defs#profileViewDetailed."""
    return {
        **_basic(world, account, now),
        "description": "Invented by the sandbox.",
        "followersCount": world.followers(account, now),
        "followsCount": 40 + account.index % 90,
        "postsCount": world.timeline(account).count(now, reposts=False),
        "indexedAt": iso(account.opened),
        "associated": {"lists": 0, "feedgens": 0, "starterPacks": 0, "labeler": False},
        "labels": [],
    }


def _ref(uri: str) -> dict[str, str]:
    return {"uri": uri, "cid": names.cid(uri)}


def _record(created: int, reply: dict[str, Any] | None, text: str = FILLER) -> dict[str, Any]:
    record: dict[str, Any] = {
        "$type": "app.bsky.feed.post",
        "createdAt": iso(created),
        "langs": ["en"],
        "text": text,
    }
    if reply is not None:
        record["reply"] = reply
    return record


def _view(uri: str, author: dict[str, Any] | None, record: dict[str, Any], seen: int) -> dict[str, Any]:
    return {
        "uri": uri,
        "cid": names.cid(uri),
        "author": author,
        "record": record,
        "bookmarkCount": 0,
        "replyCount": 0,
        "repostCount": 0,
        "likeCount": 0,
        "quoteCount": 0,
        "indexedAt": iso(seen),
        "labels": [],
    }


def _reply_of(message: Message) -> dict[str, Any]:
    parent = message.post.post_id if message.parent is None else message.parent.message_id
    return {"root": _ref(message.post.post_id), "parent": _ref(parent)}


@lru_cache(maxsize=131_072)
def _unchanging(post: Post, message: Message | None) -> dict[str, Any]:
    """What a view of a post says at every moment; `message` is the reply that it is."""
    record = (
        _record(post.created, None, said(post)[1] if post.kind == "post" else FILLER)
        if message is None
        else _record(post.created, _reply_of(message), message.text)
    )
    return _view(post.post_id, None, record, post.seen)


def post_view(world: World, post: Post, now: int, message: Message | None = None) -> dict[str, Any]:
    """app.bsky.feed.defs#postView of a post or reply of ours; `message` is the reply that it is, if known."""
    if message is None and post.kind == "reply":
        message = world.timeline(post.account).reply(post.post_id)
    view = _unchanging(post, message).copy()
    figures = counters(post, now)
    view["author"] = _basic(world, post.account, now)
    view["replyCount"] = world.answer_count(post if message is None else message, now)
    view["repostCount"] = figures.shares
    view["likeCount"] = figures.likes
    view["quoteCount"] = figures.quotes
    return view


def message_view(world: World, message: Message, now: int) -> dict[str, Any]:
    """A postView of a message in a thread, whoever wrote it."""
    if message.reply is not None:
        return post_view(world, message.reply, now, message)
    record = _record(message.created, _reply_of(message), message.text)
    view = _view(message.message_id, _person(message.person), record, message.seen)
    view["replyCount"] = world.answer_count(message, now)
    return view


def _repost(world: World, post: Post, now: int) -> dict[str, Any]:
    """Somebody else's post, passed on by the account."""
    author = post.day * 1000 + post.ordinal
    created = post.created - DAY // 2
    uri = f"at://{names.person_did(author)}/app.bsky.feed.post/{names.tid(created, 0, 0)}"
    view = _view(uri, _person(author), _record(created, None), created + 2000)
    view["likeCount"], view["repostCount"] = 5, 1
    reason = {
        "$type": "app.bsky.feed.defs#reasonRepost",
        "by": _basic(world, post.account, now),
        "uri": post.post_id.replace("app.bsky.feed.post", "app.bsky.feed.repost"),
        "cid": names.cid(post.post_id),
        "indexedAt": iso(post.seen),
    }
    return {"post": view, "reason": reason}


def feed_item(world: World, post: Post, now: int) -> dict[str, Any]:
    """app.bsky.feed.defs#feedViewPost."""
    if post.kind == "repost":
        return _repost(world, post, now)
    item: dict[str, Any] = {"post": post_view(world, post, now)}
    message = world.timeline(post.account).reply(post.post_id) if post.kind == "reply" else None
    if message is not None:
        kind = {"$type": "app.bsky.feed.defs#postView"}
        root = kind | post_view(world, message.post, now)
        above = message.parent
        parent = root if above is None else kind | message_view(world, above, now)
        item["reply"] = {"root": root, "parent": parent}
    return item


def _node(view: dict[str, Any]) -> dict[str, Any]:
    return {"$type": "app.bsky.feed.defs#threadViewPost", "post": view}


def _below(
    world: World, said: list[Message], parent: Message | None, now: int, depth: int
) -> list[dict[str, Any]]:
    out = []
    for message in said:
        if message.parent is parent:
            node = _node(message_view(world, message, now))
            if depth > 1:
                node["replies"] = _below(world, said, message, now, depth - 1)
            out.append(node)
    return out


def thread(world: World, post: Post, now: int, depth: int, height: int) -> dict[str, Any]:
    """app.bsky.feed.defs#threadViewPost: the post, what is below it, what is above it."""
    message = world.timeline(post.account).reply(post.post_id) if post.kind == "reply" else None
    root = post if message is None else message.post
    node = _node(post_view(world, post, now))
    if depth > 0:
        node["replies"] = _below(world, world.said(root, now), message, now, depth)
    child = node
    while message is not None and height > 0:
        message, height = message.parent, height - 1
        view = post_view(world, root, now) if message is None else message_view(world, message, now)
        child["parent"] = _node(view)
        child = child["parent"]
    return node
