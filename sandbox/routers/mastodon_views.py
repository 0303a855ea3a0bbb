"""Mastodon: how accounts, statuses and contexts look (the Account and Status entities).

Here: views. Not here: questions, paging, errors (mastodon.py).
"""

from typing import Any

from sandbox.clock import DAY, date_text, iso
from sandbox.names import snowflake
from sandbox.nation import Account
from sandbox.posts import Post, counters
from sandbox.purposes import said
from sandbox.threads import Message
from sandbox.world import World

FILLER = "…"
PEOPLE = "people.sandbox"  # the instance of the invented public


def _shell(acct: str, instance: str, number: str, name: str, opened: int) -> dict[str, Any]:
    user = acct.partition("@")[0]
    site = f"https://{instance}"
    return {
        "id": number,
        "username": user,
        "acct": acct,
        "display_name": name,
        "locked": False,
        "bot": False,
        "discoverable": True,
        "indexable": False,
        "group": False,
        "created_at": date_text(opened) + "T00:00:00.000Z",
        "note": "",
        "url": f"{site}/@{user}",
        "uri": f"{site}/users/{user}",
        "avatar": f"{site}/avatars/original/missing.png",
        "avatar_static": f"{site}/avatars/original/missing.png",
        "header": f"{site}/headers/original/missing.png",
        "header_static": f"{site}/headers/original/missing.png",
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": 0,
        "last_status_at": None,
        "hide_collections": None,
        "emojis": [],
        "fields": [],
    }


def _person(number: int) -> dict[str, Any]:
    acct = f"resident{number}@{PEOPLE}"
    return _shell(acct, PEOPLE, str(110_000_000_000_000_000 + number), "", 1_690_000_000_000)


def account_view(world: World, account: Account, now: int) -> dict[str, Any]:
    """The Account entity."""
    state = world.status(account, now)
    user = account.handle.partition("@")[0]
    name = account.name if state != "suspended" else ""
    view = _shell(user, account.instance, account.platform_id, name, account.opened)
    if state == "suspended":
        return view | {"suspended": True}
    timeline = world.timeline(account)
    latest = next(timeline.back(now), None)
    view["followers_count"] = world.followers(account, now)
    view["following_count"] = 20 + account.index % 60
    view["statuses_count"] = timeline.count(now, reposts=True)
    view["last_status_at"] = None if latest is None else date_text(latest.seen)
    view["note"] = "<p>Invented by the sandbox.</p>"
    if state == "merged":
        corporate = world.nation.corporate(account.force_id, "mastodon")
        view["moved"] = account_view(world, corporate, now)
    return view


def _shape(
    number: str, created: int, author: dict[str, Any], above: tuple[str, str] | None, text: str = FILLER
) -> dict[str, Any]:
    """Who answers is mentioned at the beginning, by a link that has a question mark of its own."""
    mention = (
        ""
        if above is None
        else f'<span class="h-card"><a href="https://x/?{above[1]}">@<span>who</span></a></span> '
    )
    return {
        "id": number,
        "created_at": iso(created),
        "in_reply_to_id": None if above is None else above[0],
        "in_reply_to_account_id": None if above is None else above[1],
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "uri": f"{author['uri']}/statuses/{number}",
        "url": f"{author['url']}/{number}",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "quotes_count": 0,
        "edited_at": None,
        "content": f"<p>{mention}{text}</p>",
        "reblog": None,
        "account": author,
        "media_attachments": [],
        "mentions": [],
        "tags": [],
        "emojis": [],
        "card": None,
        "poll": None,
    }


def _author(message: Message) -> str:
    if message.author is not None:
        return message.author.platform_id
    return str(110_000_000_000_000_000 + message.person)


def _above(message: Message) -> tuple[str, str]:
    parent = message.parent
    if parent is None:
        return message.post.post_id, message.post.account.platform_id
    return parent.message_id, _author(parent)


def _reblogged(post: Post) -> dict[str, Any]:
    created = post.created - DAY // 2
    view = _shape(snowflake(created, 1023, post.ordinal), created, _person(post.day * 1000), None)
    view["favourites_count"], view["reblogs_count"] = 5, 1
    return view


def status_view(
    world: World,
    post: Post,
    now: int,
    author: dict[str, Any] | None = None,
    message: Message | None = None,
) -> dict[str, Any]:
    """The Status entity of a post, reply or reblog of ours; `message` is the reply that it is, if known."""
    account = post.account
    author = author or account_view(world, account, now)
    if message is None and post.kind == "reply":
        message = world.timeline(account).reply(post.post_id)
    view = (
        _shape(post.post_id, post.created, author, None, said(post)[1] if post.kind == "post" else FILLER)
        if message is None
        else _shape(post.post_id, post.created, author, _above(message), message.text)
    )
    if post.kind == "repost":
        view["reblog"] = _reblogged(post)
        return view
    figures = counters(post, now)
    view["favourites_count"] = figures.likes
    view["reblogs_count"] = figures.shares
    view["quotes_count"] = figures.quotes
    view["replies_count"] = world.answer_count(post if message is None else message, now)
    return view


def _seen_from(account: Account, author: dict[str, Any], other: Account) -> dict[str, Any]:
    """A server names an account of another one with its server."""
    return author if other.instance == account.instance else author | {"acct": other.handle}


def _message_view(world: World, message: Message, now: int, us: dict[str, Any]) -> dict[str, Any]:
    if message.author is not None and message.reply is not None:
        own = message.post.account
        author = (
            us
            if message.author is own
            else _seen_from(own, account_view(world, message.author, now), message.author)
        )
        return status_view(world, message.reply, now, author, message)
    author = _person(message.person)
    view = _shape(message.message_id, message.created, author, _above(message), message.text)
    view["replies_count"] = world.answer_count(message, now)
    return view


def _is_below(message: Message, top: Message) -> bool:
    above = message.parent
    while above is not None and above is not top:
        above = above.parent
    return above is top


def context_view(world: World, post: Post, now: int, most: int) -> dict[str, Any]:
    """The Context entity: what is above a status and what is below it."""
    us = account_view(world, post.account, now)
    top = world.timeline(post.account).reply(post.post_id) if post.kind == "reply" else None
    said = world.said(post if top is None else top.post, now)
    below = said if top is None else [m for m in said if _is_below(m, top)]
    above = []
    if top is not None:
        step = top.parent
        while step is not None:
            above.append(_message_view(world, step, now, us))
            step = step.parent
        above.append(status_view(world, top.post, now, us))
    return {
        "ancestors": above[::-1],
        "descendants": [_message_view(world, m, now, us) for m in below[:most]],
    }
