"""One account's feed: its posts, its replies and what is said beneath them, in order.

Here: week-sized blocks, computed when first asked for and kept; they are a cache, not state.
Not here: chance (posts.py, threads.py) or any platform's answer (the routers).
"""

from bisect import bisect_right
from collections.abc import Iterator

from sandbox import names
from sandbox.audience import ends_at
from sandbox.clock import DAY, archive_day, archive_week
from sandbox.nation import Account
from sandbox.posts import Post, posts_of_day
from sandbox.threads import Message, conversations

LOOK_BACK_WEEKS = 2  # no conversation outlives its post by longer


class Timeline:
    """The feed of one account at any moment."""

    def __init__(self, seed: int, account: Account) -> None:
        self.account = account
        self._seed = seed
        self._end = ends_at(account)
        self._posts: dict[int, tuple[Post, ...]] = {}
        self._items: dict[int, tuple[Post, ...]] = {}
        self._messages: dict[Post, tuple[Message, ...]] = {}
        self._replies: dict[str, Message] = {}
        self._answers: dict[Post | Message, list[int]] = {}  # when each message below it was seen, in order
        self._totals = [(0, 0)]  # before each week: without and with reposts

    def scheduled(self, week: int) -> tuple[Post, ...]:
        """Posts and reposts made in one week of the archive, in order."""
        if week not in self._posts:
            days = range(week * 7, week * 7 + 7) if week >= 0 else range(0)
            self._posts[week] = tuple(
                p for day in days for p in posts_of_day(self._seed, self.account, day, self._end)
            )
        return self._posts[week]

    def messages(self, post: Post) -> tuple[Message, ...]:
        """Everything that will be said beneath a post."""
        if post not in self._messages:
            found = conversations(self._seed, post, self._end)
            self._messages[post] = found
            for message in found:  # they are in the order of the server's clock
                self._answers.setdefault(message.parent or post, []).append(message.seen)
            self._replies |= {m.message_id: m for m in found if m.author is self.account}
        return self._messages[post]

    def said(self, post: Post, now: int) -> list[Message]:
        """What has been said beneath a post so far."""
        return [m for m in self.messages(post) if m.seen <= now]

    def answer_count(self, post: Post, above: Post | Message, now: int) -> int:
        """How many messages hang directly from `above` so far: `post` itself, or a message beneath it."""
        self.messages(post)
        return bisect_right(self._answers.get(above, ()), now)

    def items(self, week: int) -> tuple[Post, ...]:
        """Posts, reposts and replies by the account, seen in one week, in order."""
        if week not in self._items:
            near = range(week - LOOK_BACK_WEEKS, week + 1)
            made = [p for w in near for p in self.scheduled(w)]
            said = [m for p in made for m in self.messages(p) if m.author is self.account]
            made += [m.reply for m in said if m.reply is not None]
            inside = (p for p in made if archive_week(p.seen) == week)
            self._items[week] = tuple(sorted(inside, key=lambda p: p.key))
        return self._items[week]

    def back(self, now: int) -> Iterator[Post]:
        """All items up to `now`, newest first."""
        for week in range(archive_week(now), -1, -1):
            for item in reversed(self.items(week)):
                if item.seen <= now:
                    yield item

    def count(self, now: int, *, reposts: bool) -> int:
        """How many items there have been, older than the archive included."""
        week = archive_week(now)
        if week < 0:
            return self.account.older_posts
        while len(self._totals) <= week:
            block, (own, every) = self.items(len(self._totals) - 1), self._totals[-1]
            shared = sum(p.kind == "repost" for p in block)
            self._totals.append((own + len(block) - shared, every + len(block)))
        inside = sum(p.seen <= now and (reposts or p.kind != "repost") for p in self.items(week))
        return self.account.older_posts + self._totals[week][reposts] + inside

    def find(self, post_id: str, created: int, now: int) -> Post | None:
        """An item by its id, or None when there is none yet."""
        for week in {archive_week(created), archive_week(created + DAY)}:
            for item in self.items(week):
                if item.post_id == post_id:
                    return item if item.seen <= now else None
        return None

    def find_video(self, video_id: str, now: int) -> Post | None:
        """A video by its id."""
        parts = names.video_parts(video_id)
        if parts is None or parts[1] > archive_day(now):
            return None
        for item in self.scheduled(parts[1] // 7):
            if item.post_id == video_id:
                return item if item.seen <= now else None
        return None

    def reply(self, post_id: str) -> Message | None:
        """The message that one of our replies is; its thread has been read by then."""
        return self._replies.get(post_id)
