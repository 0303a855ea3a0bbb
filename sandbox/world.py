"""The one door to the invented nation: accounts, their feeds and their state at a moment.

Here: what every router, the truth and the returns ask for.
Not here: HTTP.
"""

from functools import lru_cache

from sandbox import audience
from sandbox.nation import Account, Nation, nation
from sandbox.posts import Post
from sandbox.threads import Message
from sandbox.timeline import Timeline


class World:
    """Everything about one seed, at any moment."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.nation: Nation = nation(seed)
        self._timelines: dict[str, Timeline] = {}

    def timeline(self, account: Account) -> Timeline:
        """An account's feed."""
        found = self._timelines.get(account.account_id)
        if found is None:
            found = self._timelines[account.account_id] = Timeline(self.seed, account)
        return found

    def status(self, account: Account, now: int) -> str:
        """`live`, `suspended` or `merged`."""
        return audience.status(account, now)

    def handle(self, account: Account, now: int) -> str:
        """The handle at the moment."""
        return audience.handle(account, now)

    def followers(self, account: Account, now: int) -> int:
        """Followers at the moment."""
        return audience.followers(self.nation, account, now)

    def said(self, post: Post, now: int) -> list[Message]:
        """What has been said beneath a post so far."""
        return self.timeline(post.account).said(post, now)

    def answer_count(self, above: Post | Message, now: int) -> int:
        """How many messages hang directly from a post or message so far."""
        post = above if isinstance(above, Post) else above.post
        return self.timeline(post.account).answer_count(post, above, now)

    def is_readable(self, account: Account, now: int) -> bool:
        """Whether the platform still shows the account's posts."""
        state = self.status(account, now)
        return state == "live" or (state == "merged" and account.platform == "mastodon")


@lru_cache(maxsize=4)
def world(seed: int) -> World:
    """The world of a seed; shared, because it is only a cache."""
    return World(seed)
