"""Asks one platform for a day, and lands the answers with the gate's verdict on them.

Belongs here: which accounts are asked, with which budget, and how the answers become landing files. Does
not belong here: what a pulse asks (pulse.py), Dagster (orchestration/landing.py), or a platform's own
interface (sources/).
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
import uvloop

from pipelines import registry
from pipelines.gates.landing_gate import land
from pipelines.landing.locks import locked
from pipelines.landing.manifest import Refused
from pipelines.landing.quarantine import passed
from pipelines.landing.rule import MESSAGES_KNOWN_FOR, POSTS_FOLLOWED_FOR, is_landed
from pipelines.landing.store import Landing, open_landing
from pipelines.registry import Register, load_register
from pipelines.registry.register import PostAge
from pipelines.settings import Settings, SettingsError
from pipelines.sources.account_pull import AccountPull, Context, Row, Scope
from pipelines.sources.catalogue import OnDone, Source, source
from pipelines.sources.client import Client
from pipelines.sources.errors import NotAuthorised
from pipelines.sources.limits import PULSE_SECONDS, PULSE_SHARE, Budget, Limits


@dataclass
class Pulled:
    """What a pull came to, for a log line or an asset's metadata."""

    platform: str
    day: date
    run_id: str
    due_count: int
    status_counts: dict[str, int]
    row_counts: dict[str, int]
    request_count: int
    unit_count: int
    unknown_field_count: int  # fields that neither we nor our notes know: the platform has changed
    missing: list[str]  # "account: reason (detail)" for each that did not land
    quarantined: list[str]  # "account: why" for each whose rows did not pass the gate


def connect(
    settings: Settings, platform: registry.Platform, moment: datetime, is_pulse: bool = False
) -> Client:
    """A client for a platform: the catalogue's address in production, the sandbox's otherwise. A pulse has
    its share of the day's budget.

    Raises:
        NotAuthorised: the platform needs a token and none is set.
    """
    name, module = platform.platform, source(platform.platform)
    base_url = settings.base_url(platform.api_base_url or "", module.SANDBOX_PATH)
    asked = module.platform(base_url, settings.token(name))
    asked.headers = {**asked.headers, **settings.profile.headers(moment)}
    seconds = settings.max_minutes_per_pull * 60
    limits = Limits(platform_seconds=min(seconds, PULSE_SECONDS) if is_pulse else seconds)
    return Client(
        asked,
        now=lambda: settings.profile.now(moment),
        budget=budget_of(settings, platform, is_pulse=is_pulse),
        limits=limits,
    )


def budget_of(settings: Settings, platform: registry.Platform, *, is_pulse: bool = False) -> Budget:
    """What one run may spend on a platform, or one pulse."""
    requests = settings.max_requests_per_run
    units = settings.max_units(platform.platform, platform.quota_units_per_day)
    if is_pulse:
        requests, units = requests // PULSE_SHARE, None if units is None else units // PULSE_SHARE
    return Budget(requests, units)


def pull_day(
    settings: Settings,
    platform: str,
    day: date,
    run_id: str,
    *,
    forces: Sequence[str] = (),
    on_start: Callable[[int], None] = lambda total: None,
    on_done: OnDone = lambda pull: None,
) -> Pulled:
    """Pull every due account of a platform (of `forces`, when named) and land what came.

    An account that fails is in the log with its reason and stops nothing else. What is raised here is
    infrastructure: no disk, no sandbox, a register that cannot be read.

    Raises:
        SettingsError: the day is not today, as after a wait over midnight, and the platforms show only
            the present: what they say now would be filed under a day on which nobody asked.
    """
    today = settings.profile.today()
    if not settings.profile.has_past and day != today:
        raise SettingsError(
            f"{day} cannot be pulled: a platform shows only the present, and today is {today}; nothing landed"
        )
    register, module, landing = load_register(settings), source(platform), open_landing(settings)
    accounts = [a for a in register.accounts_to_pull(platform, day) if not forces or a.force_id in forces]
    on_start(len(accounts))
    moment = settings.profile.moment_of(day)
    spent = Budget()
    try:
        pulls, spent = ask(settings, register, platform, accounts, moment, on_done)
    except NotAuthorised as error:
        pulls = [_not_asked(account, moment, module, error) for account in accounts]
    known = known_messages(landing, platform, module.KEYS["messages"], day)
    followed = _followed(landing, platform, day)
    for pull in pulls:
        _keep_what_is_landed(pull, module, register.post_ages, known, followed)
    return land_pulls(landing, register, platform, day, run_id, pulls, spent)


def ask(
    settings: Settings,
    register: Register,
    platform: str,
    accounts: Sequence[registry.Account],
    moment: datetime,
    on_done: OnDone,
    of_pulse: Scope | None = None,
) -> tuple[list[AccountPull], Budget]:
    """What a platform says of these accounts, and what was spent; `of_pulse`: all that a pulse asks for.

    Raises:
        NotAuthorised: the platform needs a token and none is set.
        BusyError: somebody else is asking it, and a pulse does not wait.
    """
    is_pulse = of_pulse is not None
    client = connect(settings, register.platforms[platform], moment, is_pulse)
    with locked(settings.locks / platform, wait=not is_pulse):  # two at once would spend one quota
        context = Context(client, settings.author_hash_key(), register, of_pulse or Scope())
        return uvloop.run(_pull(source(platform), context, accounts, on_done)), client.budget


def land_pulls(
    landing: Landing,
    register: Register,
    platform: str,
    day: date,
    run_id: str,
    pulls: Sequence[AccountPull],
    spent: Budget,
) -> Pulled:
    """Judge what a run keeps of each account, and land it with its log."""
    rows: dict[str, list[Row]] = {}
    for pull in pulls:
        for entity, entity_rows in pull.rows.items():
            rows.setdefault(entity, []).extend(entity_rows)
    log = [row for pull in pulls for row in pull.log]
    refused = land(landing, platform, day, run_id, rows | {"requests": log}, register.forces)
    return _summary(platform, day, run_id, pulls, spent, refused)


async def _pull(
    module: Source, context: Context, accounts: Sequence[registry.Account], on_done: OnDone
) -> list[AccountPull]:
    async with context.client:
        return await module.pull(context, accounts, on_done)


def _not_asked(
    account: registry.Account, moment: datetime, module: Source, error: NotAuthorised
) -> AccountPull:
    pull = AccountPull(account, moment, module.KEYS)
    with pull.asking("profiles"):
        raise error
    return pull


def known_messages(
    landing: Landing, platform: str, key: str, day: date, *, pulses: bool = False
) -> frozenset[tuple[str, str]]:
    """(account, message) of what has landed and passed in the days before, and on `day` itself.

    To a daily run what only pulses have seen is new: it lands the same whether there were pulses or not.
    """
    since, columns = day - MESSAGES_KNOWN_FOR, ["account_id", key]
    return frozenset(passed(landing, platform, "messages", since, day, columns, pulses=pulses).iter_rows())


def _followed(landing: Landing, platform: str, day: date) -> frozenset[str]:
    """Accounts whose posts have landed and passed in the days before: none of them is new when it is old."""
    columns = ["account_id", "entity", "status"]
    log = passed(landing, platform, "requests", day - POSTS_FOLLOWED_FOR, day - timedelta(days=1), columns)
    asked = log.filter(pl.col("entity") == "posts", pl.col("status").is_in(["landed", "empty"]))
    return frozenset(asked["account_id"])


def _keep_what_is_landed(
    pull: AccountPull,
    module: Source,
    ages: Sequence[PostAge],
    known: Set[tuple[str, str]],
    followed: Set[str],
) -> None:
    """By the landing rule (rule.py). The posts of an account that was not followed land whole: at the first
    pull, and after a gap, those between the ages of the rule would never be seen."""
    if "posts" in pull.rows and pull.account.account_id in followed:
        pull.keep("posts", lambda row: is_landed(row["pulled_at_utc"] - row[module.TIMES["posts"]], ages))
    keep_new_messages(pull, module, known)


def keep_new_messages(pull: AccountPull, module: Source, known: Set[tuple[str, str]]) -> None:
    """Drop the messages that are known."""
    if "messages" in pull.rows:
        key = module.KEYS["messages"]
        pull.keep("messages", lambda row: (row["account_id"], row[key]) not in known)


def _summary(
    platform: str,
    day: date,
    run_id: str,
    pulls: Sequence[AccountPull],
    budget: Budget,
    refused: Sequence[Refused],
) -> Pulled:
    statuses: dict[str, int] = {}
    counts: dict[str, int] = {}
    missing: list[str] = []
    for pull in pulls:
        bad = [row for row in pull.log if row["status"] not in ("landed", "empty")]
        status = bad[0]["status"] if bad else "landed"
        statuses[status] = statuses.get(status, 0) + 1
        missing += [
            f"{pull.account.account_id} ({pull.account.force_id}): {row['reason']}, {row['detail']}"
            for row in bad
        ]
        for entity, rows in pull.rows.items():
            counts[entity] = counts.get(entity, 0) + len(rows)
    spent = budget.spent
    unknown = sum(row["unknown_field_count"] for pull in pulls for row in pull.log)
    return Pulled(
        platform,
        day,
        run_id,
        len(pulls),
        statuses,
        counts,
        spent.requests,
        spent.units,
        unknown,
        sorted(missing),
        [f"{each.account_id} ({each.force_id}): {each.detail}" for each in refused],
    )
