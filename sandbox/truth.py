"""What is so at a moment, in the warehouse's words: the answer sheet for what a client collects.

Here: accounts, posts of thirty days and messages beneath posts of eight days, as one plain dict.
Not here: anything in a platform's own words (the routers).
"""

from typing import Any

from sandbox import clock, routers, story
from sandbox.nation import Account
from sandbox.posts import Post, counters
from sandbox.purposes import said
from sandbox.threads import Message
from sandbox.world import World, world

POST_DAYS = 30
THREAD_DAYS = 8


def moment(account: Account, at: int) -> str:
    """A moment as precisely as the platform tells it."""
    return clock.iso_seconds(at) if account.platform == "youtube" else clock.iso(at)


def comment_count(view: World, post: Post, now: int) -> int | None:
    """Direct replies; on YouTube all comments; None when comments are disabled."""
    if not post.comments_open:
        return None
    said = view.said(post, now)
    message = view.timeline(post.account).reply(post.post_id) if post.kind == "reply" else None
    if message is not None:
        return sum(m.parent is message for m in view.said(message.post, now))
    if post.account.platform == "youtube":
        return len(said)
    return sum(m.parent is None for m in said)


def _post(view: World, post: Post, now: int) -> dict[str, Any]:
    figures = counters(post, now)
    is_ours = post.kind != "repost"
    return {
        "post_id": post.post_id,
        "kind": post.kind,
        "created_at": moment(post.account, post.created),
        "indexed_at": moment(post.account, post.seen),
        "view_count": figures.views if is_ours else None,
        "like_count": figures.likes if is_ours else None,
        "share_count": figures.shares if is_ours else None,
        "quote_count": figures.quotes if is_ours else None,
        "comment_count": comment_count(view, post, now) if is_ours else None,
        "purpose_meant": said(post)[0] if post.kind == "post" else None,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "conversation_id": message.conversation_id,
        "post_id": message.post.post_id,
        "direction": message.direction,
        "account_id": None if message.author is None else message.author.account_id,
        "person": message.person,
        "parent_id": None if message.parent is None else message.parent.message_id,
        "is_automatic": message.is_automatic,
        "asks": "?" in message.text,
        "sent_at": moment(message.post.account, message.seen),
    }


def account_truth(view: World, account: Account, now: int) -> dict[str, Any]:
    """One account. What its platform no longer shows is None or missing."""
    state = view.status(account, now)
    readable = view.is_readable(account, now)
    hidden = not readable or account.account_id == story.HIDDEN_SUBSCRIBERS
    posts: list[Post] = []
    if readable:
        for post in view.timeline(account).back(now):
            if now - post.seen >= POST_DAYS * clock.DAY:
                break
            posts.append(post)
    young = [p for p in posts if p.kind == "post" and now - p.seen < THREAD_DAYS * clock.DAY]
    reposts = account.platform != "bluesky"
    return {
        "account_id": account.account_id,
        "force_id": account.force_id,
        "platform": account.platform,
        "account_type": account.account_type,
        "handle": view.handle(account, now),
        "platform_account_id": account.platform_id,
        "status": state,
        "follower_count": None if hidden else view.followers(account, now),
        "post_count": view.timeline(account).count(now, reposts=reposts) if readable else None,
        "posts": [_post(view, p, now) for p in posts],
        "messages": [_message(m) for p in young for m in view.said(p, now)],
    }


def truth(seed: int, at: int, force_id: str = "", platform: str = "") -> dict[str, Any]:
    """Everything that a client could have collected at the moment `at` (milliseconds)."""
    view = world(seed)
    return {
        "at": clock.iso(at),
        "note": "invented by the sandbox",
        "accounts": [
            account_truth(view, a, at)
            for a in view.nation.accounts
            if a.platform in routers.NAMES and force_id in {"", a.force_id} and platform in {"", a.platform}
        ],
    }
