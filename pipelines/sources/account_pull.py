"""What every source shares: pulling many accounts at once, and one account's rows and log.

Belongs here: concurrency, the per-account log, progress. Does not belong here: anything about a platform.
"""

import asyncio
import hashlib
import hmac
import traceback
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.registry import Account, Register
from pipelines.sources.client import Client
from pipelines.sources.errors import SourceError, Unexpected
from pipelines.sources.limits import CONNECTIONS, Turn, allowance
from pipelines.sources.texts import has_question_mark, wording
from pipelines.sources.usage import Usage, usage

Row = dict[str, Any]
Schema = dict[str, Any]  # column → polars type
TIME, TEXT, COUNT = pl.Datetime("us"), pl.String, pl.Int64
#: What lands in place of a message's text (`Context.told_by`).
TOLD: Schema = {"has_question_mark": pl.Boolean, "wording_key": TEXT}
#: What lands in place of a post's text. A version is no count: the gates compare counts from day to day.
PURPOSE: Schema = {"purpose": TEXT, "purpose_rules_version": pl.Int32}

#: Posts are asked for until they are too old for the last age of dbt/seeds/post_ages.csv.
POST_HORIZON = timedelta(days=30)
#: Threads are asked for while their post is younger than this: seven days and one of grace.
MESSAGE_HORIZON = timedelta(days=8)


@dataclass(frozen=True)
class Scope:
    """How much of an account is asked for. By default everything; a pulse asks for less (landing/pulse.py).

    `posts_for`: posts that are younger. `ids`: the platform's own id of each account whose profile is not
    asked for. `open_threads`: of each account the posts whose threads are asked for whatever the listing
    says, and when they were published. `has_due_thread`: whether the thread below a post (account, post,
    age), to which there are answers, is asked for.
    """

    posts_for: timedelta = POST_HORIZON
    ids: Mapping[str, str] = field(default_factory=dict)
    open_threads: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    has_due_thread: Callable[[str, str, timedelta], bool] = lambda _account, _post, age: age < MESSAGE_HORIZON


@dataclass
class Context:
    """What a source is given: the client, the moment, how an id of the public is hashed, the register (an
    author who is in it under the same force is not the public), and how much is asked for."""

    client: Client
    hash_key: bytes
    register: Register
    scope: Scope = field(default_factory=Scope)

    @property
    def now(self) -> datetime:
        return self.client.now()

    def keyed_hash(self, platform: str, native_id: str) -> str:
        return keyed_hash(self.hash_key, platform, native_id)

    def own_id(self, account: Account) -> str:
        """The platform's id of an account whose profile is not asked for; else empty."""
        return self.scope.ids.get(account.account_id, "")

    def is_of_force(self, account: Account, *names: str) -> bool:
        """Whether one of an author's names (handle, id) is that of an account of the same force there."""
        found = [self.register.find(account.platform, name) for name in names]
        return any(other is not None and other.force_id == account.force_id for other in found)

    def told_by(self, platform: str, text: str, *, is_ours: bool) -> Row:
        """What lands in place of a message's text: of the public's whether it asks, of ours its wording as a
        keyed hash, so that a machine's answer is known by how often it is given."""
        return {
            "has_question_mark": None if is_ours else has_question_mark(text),
            "wording_key": self.keyed_hash(platform, wording(text)) if is_ours and wording(text) else None,
        }

    def purpose_of(self, text: str) -> Row:
        """What lands in place of a post's text: what it is for, and by which rules; nulls without a word.
        Of a reply no text is given: it is for whom it answers."""
        return self.register.purpose_rules.told_by(text)


def keyed_hash(key: bytes, platform: str, native_id: str) -> str:
    """HMAC-SHA256, 32 hex digits, of an id of the public: tells two apart and names neither."""
    return hmac.new(key, f"{platform}:{native_id}".encode(), hashlib.sha256).hexdigest()[:32]


@dataclass
class AccountPull:
    """One account's rows by entity, and a log row for each entity asked.

    `keys`: for each entity the column that tells its rows apart. A platform that pages by number repeats an
    item when another is added meanwhile; the later one is kept.
    """

    account: Account
    pulled_at_utc: datetime
    keys: Mapping[str, str]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    log: list[Row] = field(default_factory=list)

    @contextmanager
    def asking(self, entity: str) -> Iterator[list[Row]]:
        """Collect an entity's rows; on a SourceError keep none of them and log why instead."""
        rows: list[Row] = []
        spent = Usage()
        token = usage.set(spent)
        status, reason, detail = "landed", "", ""
        try:
            yield rows
        except Exception as error:
            rows.clear()
            failure = _as_failure(error)
            status, reason, detail = failure.status, failure.reason, failure.detail
        finally:
            usage.reset(token)
        key = self.keys[entity]
        rows = list({row[key]: row for row in rows}.values())
        if status == "landed" and not rows:
            status = "empty"
        common = {
            "force_id": self.account.force_id,
            "account_id": self.account.account_id,
            "pulled_at_utc": naive_utc(self.pulled_at_utc),
        }
        self.rows[entity] = [{**common, **row} for row in rows]
        self.log.append(
            common
            | {"entity": entity, "status": status, "reason": reason, "detail": detail}
            | {"platform": self.account.platform, "seen_count": len(rows), "row_count": len(rows)}
            | {"request_count": spent.requests, "unit_count": spent.units}
            | {"unknown_field_count": spent.unknown}
        )

    def keep(self, entity: str, is_kept: Callable[[Row], bool]) -> None:
        """Drop an entity's other rows. The log still says how many were looked at."""
        self.rows[entity] = [row for row in self.rows[entity] if is_kept(row)]
        for logged in self.log:
            if logged["entity"] == entity:
                logged["row_count"] = len(self.rows[entity])

    def threads(self, context: Context) -> dict[str, datetime]:
        """The posts whose threads are asked for before the listing is read, and when they were published."""
        return dict(context.scope.open_threads.get(self.account.account_id, {}))

    def is_thread_due(self, context: Context, post: str, published: datetime) -> bool:
        """Whether the thread below a post of the listing, which has answers, is asked for."""
        return context.scope.has_due_thread(self.account.account_id, post, self.pulled_at_utc - published)

    def landed(self, entity: str) -> bool:
        """Whether the entity was asked and answered (also with nothing)."""
        return any(row["entity"] == entity and row["status"] in ("landed", "empty") for row in self.log)


@contextmanager
def asking_batch(accounts: Sequence[Account], failed: dict[str, SourceError]) -> Iterator[None]:
    """Ask for several accounts at once: what goes wrong is a failure of each of them, and of no other."""
    try:
        yield
    except Exception as error:
        failed |= {account.account_id: _as_failure(error) for account in accounts}


async def pull_each(
    context: Context,
    accounts: Sequence[Account],
    keys: Mapping[str, str],
    pull_one: Callable[[AccountPull], Awaitable[None]],
    on_done: Callable[[AccountPull], None],
    server_of: Callable[[Account], str] | None = None,
) -> list[AccountPull]:
    """Pull every account, `CONNECTIONS` at a time; `on_done` is called as each one is finished.

    Of many servers, told apart by `server_of`, each is asked for one account at a time: one that is slow, or
    makes us wait, holds no more than its own accounts.
    """
    places = asyncio.Semaphore(CONNECTIONS)
    queues: defaultdict[str, AbstractAsyncContextManager[Any]] = defaultdict(asyncio.Lock)

    async def one(account: Account) -> AccountPull:
        queue = queues[server_of(account)] if server_of else nullcontext()
        async with queue, Turn(places) as turn:
            allowance.set(context.client.account(turn))
            pull = AccountPull(account, context.now, keys)
            await pull_one(pull)
            on_done(pull)
            return pull

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(account)) for account in accounts]
    return [task.result() for task in tasks]


def _as_failure(error: Exception) -> SourceError:
    """A fault of ours in one account must not lose the others; the log has it as a failure."""
    return (
        error if isinstance(error, SourceError) else Unexpected(f"{type(error).__name__} in {_place(error)}")
    )


def _place(error: Exception) -> str:
    """Where in our code it happened. The message is left out: it might quote what a platform sent."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}, line {frame.lineno}"


def naive_utc(moment: datetime) -> datetime:
    """UTC without a zone: how landing stores every time."""
    return moment.astimezone(UTC).replace(tzinfo=None)
