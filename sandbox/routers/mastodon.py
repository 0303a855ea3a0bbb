"""Mastodon: one instance a force, with the questions and errors of /api/v1.

Here: parameters, Link paging, rate headers, error bodies.
Not here: how an account or status looks (mastodon_views.py).
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from starlette.routing import BaseRoute

from sandbox.clock import iso
from sandbox.faults import page_without_end, spoil
from sandbox.http import Ask, Context, Refused, route
from sandbox.names import snowflake_parts
from sandbox.nation import Account
from sandbox.posts import Post
from sandbox.routers import mastodon_views as views

ERRORS = {
    "400": (400, "Bad request"),
    "401": (401, "This method requires an authenticated user"),
    "403": (403, "This action is not allowed"),
    "404": (404, "Record not found"),
    "429": (429, "Too many requests"),
    "500": (500, "An unexpected error occurred"),
    "503": (503, "There was a temporary problem serving your request, please try again"),
}
MOST_DESCENDANTS = 60  # for those who are not signed in


def _refuse(kind: str) -> Refused:
    status, message = ERRORS[kind]
    return Refused(status, {"error": message})


def _enter(ask: Ask) -> str:
    instance = ask.path["instance"]
    limit = ask.context.meter.limits.mastodon_per_5_min
    spent = ask.context.meter.five_minutes(f"mastodon {instance}", limit, ask.now)
    ask.headers = {
        "X-RateLimit-Limit": str(spent.limit),
        "X-RateLimit-Remaining": str(spent.remaining),
        "X-RateLimit-Reset": iso(spent.reset)[:-1] + "000Z",  # Mastodon says microseconds
    }
    if spent.refused:
        raise _refuse("429")
    return instance


def _fail(ask: Ask, account: Account | None) -> frozenset[str]:
    kinds = ask.kinds("mastodon", account)
    for kind in sorted(kinds & ERRORS.keys()):
        if kind == "429":
            ask.headers["X-RateLimit-Remaining"] = "0"
        raise _refuse(kind)
    return kinds


def _shown(ask: Ask, account: Account | None) -> Any:
    kinds = _fail(ask, account)
    if account is None:
        raise _refuse("404")
    item = views.account_view(ask.world, account, ask.now)
    return spoil(item, kinds, "followers_count", "statuses_count") if kinds else item


def _lookup(ask: Ask) -> Any:
    instance = _enter(ask)
    acct = ask.query.get("acct", "").removeprefix("@")
    if "@" not in acct:
        acct = f"{acct}@{instance}"
    account = ask.world.nation.by_handle.get(("mastodon", acct))
    return _shown(ask, account if account and account.instance == instance else None)


def _by_id(ask: Ask) -> Account | None:
    instance = _enter(ask)
    return ask.world.nation.by_platform_id.get(("mastodon", instance, ask.path["id"]))


def _account(ask: Ask) -> Any:
    return _shown(ask, _by_id(ask))


def _wanted(ask: Ask, account: Account) -> Iterator[Post]:
    """Newest first, within the ids asked for."""
    no_reblogs = ask.query.get("exclude_reblogs", "").lower() in {"true", "1"}
    no_replies = ask.query.get("exclude_replies", "").lower() in {"true", "1"}
    bounds = {k: int(v) for k, v in ask.query.items() if k.endswith("_id") and v.isdecimal()}
    below = bounds.get("max_id", 1 << 70)
    above = max(bounds.get("since_id", 0), bounds.get("min_id", 0))
    for post in ask.world.timeline(account).back(ask.now):
        number = int(post.post_id)
        if number <= above:
            return
        skipped = (no_reblogs and post.kind == "repost") or (no_replies and post.kind == "reply")
        if number < below and not skipped:
            yield post


def _link(ask: Ask, page: list[Post], full: bool, more: str | None) -> str:
    url = str(ask.request.url.replace(query=""))
    kept = {k: v for k, v in ask.query.items() if k not in {"max_id", "since_id", "min_id"}}
    out = []
    if full:
        older = urlencode({**kept, **({"page": more} if more else {"max_id": page[-1].post_id})})
        out.append(f'<{url}?{older}>; rel="next"')
    newer = urlencode({**kept, "min_id": page[0].post_id})
    out.append(f'<{url}?{newer}>; rel="prev"')
    return ", ".join(out)


def _statuses(ask: Ask) -> Any:
    account = _by_id(ask)
    kinds = _fail(ask, account)
    if account is None:
        raise _refuse("404")
    limit = ask.number("limit", 20, 1, 1_000_000) or 20
    more = page_without_end(kinds, ask.query.get("page"))
    limit = min(40 if more is None else 1, limit)
    if not ask.world.is_readable(account, ask.now) or "empty" in kinds:
        return []
    wanted = _wanted(ask, account)
    if "min_id" in ask.query:  # the page next to the bound, not the newest
        page = list(wanted)[-limit:]
    else:
        page = [post for post, _ in zip(wanted, range(limit), strict=False)]
    if page:
        ask.headers["Link"] = _link(ask, page, len(page) == limit, more)
    us = views.account_view(ask.world, account, ask.now)
    out = [views.status_view(ask.world, post, ask.now, us) for post in page]
    if kinds:
        for item in out:
            spoil(item, kinds, "favourites_count", "reblogs_count", "replies_count")
    return out


def _find(ask: Ask, instance: str) -> Post | None:
    parts = snowflake_parts(ask.path["id"])
    accounts = ask.world.nation.accounts
    if parts is None or parts[1] >= len(accounts):
        return None
    account = accounts[parts[1]]
    if account.instance != instance or not ask.world.is_readable(account, ask.now):
        return None
    return ask.world.timeline(account).find(ask.path["id"], parts[0], ask.now)


def _status(ask: Ask) -> Any:
    post = _find(ask, _enter(ask))
    kinds = _fail(ask, None if post is None else post.account)
    if post is None:
        raise _refuse("404")
    item = views.status_view(ask.world, post, ask.now)
    return spoil(item, kinds, "favourites_count", "reblogs_count") if kinds else item


def _context(ask: Ask) -> Any:
    post = _find(ask, _enter(ask))
    kinds = _fail(ask, None if post is None else post.account)
    if post is None:
        raise _refuse("404")
    body = views.context_view(ask.world, post, ask.now, MOST_DESCENDANTS)
    if "empty" in kinds:
        body["descendants"] = []
    return spoil(body, kinds)


def routes(context: Context) -> list[BaseRoute]:
    """The routes below /mastodon."""
    base = "/{instance}/api/v1"
    return [
        route(context, base + "/statuses/{id}/context", _context),
        route(context, base + "/statuses/{id}", _status),
        route(context, base + "/accounts/lookup", _lookup),
        route(context, base + "/accounts/{id}/statuses", _statuses),
        route(context, base + "/accounts/{id}", _account),
    ]
