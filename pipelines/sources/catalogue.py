"""Which platforms are pulled, and the module of each.

Belongs here: what every platform's module offers, and finding it by the platform's name in the catalogue
(dbt/seeds/platforms.csv). Does not belong here: a list of platforms.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, cast

from pipelines import registry
from pipelines.settings import SEEDS
from pipelines.sources.account_pull import AccountPull, Context, Schema
from pipelines.sources.client import Platform

OnDone = Callable[[AccountPull], None]


class Source(Protocol):
    """What every platform's module in `pipelines.sources` offers."""

    SANDBOX_PATH: str
    REQUESTS_PER_ACCOUNT: int  # a first guess, until the log knows better
    REQUESTS_PER_PULSE: int  # the same of an account and pulse
    ENTITIES: Mapping[str, Schema]  # what lands, beside the columns that all rows have
    KEYS: Mapping[str, str]  # of each entity the platform's own id of a row
    TIMES: Mapping[str, str]  # and when, by the platform's clock, it came to be
    POSTS: Mapping[str, str]  # the post that a row of posts is, and that one of messages stands under
    THREAD: str  # of a message the conversation that it is in

    def platform(self, base_url: str, token: str | None) -> Platform: ...

    async def pull(
        self, context: Context, accounts: Sequence[registry.Account], on_done: OnDone
    ) -> list[AccountPull]: ...


def pulled_platforms() -> list[str]:
    """The platforms that the catalogue says are pulled; each has a module of its name in sources/."""
    return [p.platform for p in registry.load_platforms(SEEDS) if p.collected_by == "pull"]


def source(platform: str) -> Source:
    return cast(Source, importlib.import_module(f"pipelines.sources.{platform}"))
