"""What an account is at a moment: whether it is there, its handle, its followers.

Here: status, handle and follower count as pure functions of the moment.
Not here: posts and conversations.
"""

import math

from sandbox import story
from sandbox.clock import ARCHIVE_START, DAY
from sandbox.dice import uniform
from sandbox.nation import Account, Nation


def is_merged_away(account: Account) -> bool:
    """Whether this account is one of those that are closed into the corporate one."""
    return (
        account.force_id == story.MERGE_FORCE
        and account.account_type != "corporate"
        and account.platform in {"bluesky", "mastodon"}
    )


def ends_at(account: Account) -> int | None:
    """The moment after which the account says nothing more."""
    if is_merged_away(account):
        return story.MERGE_AT
    if account.account_id in {story.TAKEN_DOWN, story.SUSPENDED}:
        return story.REFUSED_AT
    return account.dormant_from


def status(account: Account, now: int) -> str:
    """`live`, `suspended` or `merged`."""
    if account.account_id in {story.TAKEN_DOWN, story.SUSPENDED} and now >= story.REFUSED_AT:
        return "suspended"
    if is_merged_away(account) and now >= story.MERGE_AT:
        return "merged"
    return "live"


def handle(account: Account, now: int) -> str:
    """The handle at the moment; the register keeps the first one."""
    if account.account_id == story.RENAMED and now >= story.RENAMED_AT:
        return account.handle.replace("-north.", "-north-and-east.")
    return account.handle


def _ordinary(account: Account, day: int) -> int:
    ripple = uniform(account.account_id, "ripple") * 6.28
    drift = 1 + account.growth * day + 0.0008 * math.sin(day / 5 + ripple)
    return math.floor(account.followers * drift)


def _surged(account: Account, day: int) -> int:
    first = (story.SURGE_START - ARCHIVE_START) // DAY
    steps = story.SURGES[account.account_id]
    return steps[max(0, min(len(steps) - 1, day - first))]


def followers(world: Nation, account: Account, now: int) -> int:
    """The follower count on the day of `now`, before any platform hides or breaks it."""
    day = (now - ARCHIVE_START) // DAY
    if account.account_id in story.SURGES:
        return _surged(account, day)
    count = _ordinary(account, day)
    if account.force_id == story.DAM_FORCE and account.platform in {"bluesky", "mastodon"}:
        passed = (now - story.DAM_START) / (story.DAM_END - story.DAM_START)
        count = math.floor(count * (1 + story.DAM_FOLLOWER_GAIN * max(0.0, min(1.0, passed))))
    merge_day = (story.MERGE_AT - ARCHIVE_START) // DAY
    if account.force_id != story.MERGE_FORCE or day < merge_day:
        return count
    if is_merged_away(account):
        return math.floor(_ordinary(account, merge_day) * story.MERGE_LEFT_BEHIND)
    closed = sum(
        _ordinary(a, merge_day)
        for a in world.on(account.platform)
        if a.force_id == story.MERGE_FORCE and is_merged_away(a)
    )
    arrived = min(1.0, (day - merge_day + 1) / 3)  # people follow the signpost over three days
    return count + math.floor(closed * story.MERGE_CARRIED_OVER * arrived)
