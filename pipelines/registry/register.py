"""The register: forces, accounts and their life, the platform catalogue, read from the CSV seeds.

Belongs here: reading those files, refusing a wrong row by file, line and column, and answering what an
account was on a day. Does not belong here: writing them (people do, in a review), DuckDB (dbt loads
the same files as seeds) and anything a platform says today.
"""

import re
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from pipelines.registry.addresses import read_address
from pipelines.registry.purpose_rules import check_purpose_rules
from pipelines.registry.seed_rows import Row, Rows, keyed, read_rows, refer
from pipelines.sources.purposes import Rules

AccountType = Literal[
    "corporate",
    "chief_officer",
    "neighbourhood",
    "specialist",
    "officer",
    "campaign",
    "contact_centre",
]
EventType = Literal["opened", "renamed", "suspended", "reinstated", "merged_into", "closed"]
AccountState = Literal["not_opened", "open", "suspended", "merged_into", "closed"]
TokenNeeded = Literal["none", "key", "app", "page", "owner", "user", "return"]

_STATE_AFTER: dict[EventType, AccountState] = {
    "opened": "open",
    "suspended": "suspended",
    "reinstated": "open",
    "merged_into": "merged_into",
    "closed": "closed",
}

#: An account that a force closes is asked for so long after it.
PULLED_AFTER_CLOSING = timedelta(days=28)

_ACCOUNT_ID = re.compile(r"[a-z]+:[a-z0-9._@-]+")


class Force(Row, frozen=True, kw_only=True):
    force_id: str
    force_name: str
    ons_code: str | None = None
    country: str | None = None
    force_type: Literal["territorial", "non-territorial"]
    is_per_head: bool
    officers_fte: int | None = None
    on_police_uk: bool


class Account(Row, frozen=True, kw_only=True):
    account_id: str
    force_id: str
    platform: str
    handle: str
    platform_account_id: str | None = None
    account_type: AccountType
    url: str | None = None
    source: str
    source_date: date
    note: str | None = None

    @property
    def handle_kind(self) -> str:
        """How the platform is to be asked for `handle`, read off the url: see `Address.kind`. An
        account without a url, or renamed since, is asked by `handle`."""
        return (read_address(self.url).kind if self.url else None) or "handle"


class AccountEvent(Row, frozen=True, kw_only=True):
    account_id: str
    event_type: EventType
    event_date: date
    new_handle: str | None = None
    into_account_id: str | None = None
    source: str
    note: str | None = None


class Claim(Row, frozen=True, kw_only=True):
    force_id: str
    platform: str
    handle: str
    url: str | None = None
    source: str
    source_date: date


class Metric(Row, frozen=True, kw_only=True):
    platform: str
    entity: Literal["profiles", "posts", "messages"]
    metric: str
    platform_field: str
    since: date | None = None
    deprecated_on: date | None = None
    token_needed: TokenNeeded
    note: str | None = None


class Platform(Row, frozen=True, kw_only=True):
    platform: str
    name: str
    collected_by: Literal["pull", "return"]
    api_base_url: str | None = None
    token_needed: TokenNeeded
    quota_units_per_day: int | None = None
    price: str | None = None
    price_gbp_per_1k_requests: float | None = None
    retention_days: int | None = None
    is_agreement_required: bool
    agreement_recorded_on: date | None = None
    checked_on: date


class PostAge(Row, frozen=True, kw_only=True):
    age: str
    age_hours: float
    late_after_hours: float


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Sources that name different accounts for one force and platform."""

    force_id: str
    platform: str
    claims: tuple[Claim, ...]


def fold(handle: str) -> str:
    """A handle as it is compared: no leading @, no case."""
    return handle.strip().removeprefix("@").casefold()


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """The whole register of one profile. Immutable; make one with `load`."""

    forces: dict[str, Force]
    accounts: dict[str, Account]
    events: dict[str, tuple[AccountEvent, ...]]
    platforms: dict[str, Platform]
    metrics: dict[tuple[str, str, str], Metric]
    post_ages: tuple[PostAge, ...]
    claims: tuple[Claim, ...]
    handles: dict[tuple[str, str], str]
    purpose_rules: Rules

    def find(self, platform: str, handle: str) -> Account | None:
        """The account that has this handle, or had it, or has it as the platform's own id."""
        account_id = self.handles.get((platform, fold(handle)))
        return None if account_id is None else self.accounts[account_id]

    def state(self, account_id: str, day: date = date.max) -> AccountState:
        """What the account was at the end of `day`. Without an `opened` event: open since ever."""
        events = self.events.get(account_id, ())
        opened = [e.event_date for e in events if e.event_type == "opened"]
        state: AccountState = "not_opened" if opened and day < min(opened) else "open"
        for event in events:
            if event.event_date > day:
                break
            state = _STATE_AFTER.get(event.event_type, state)
        return state

    def accounts_to_pull(self, platform: str, day: date) -> list[Account]:
        """Those that are due on `day`, and those that were closed or merged less than `PULLED_AFTER_CLOSING`
        before: their last posts grow old enough to be counted at seven days (METHOD 6)."""
        lately = [
            self._as_of(account, day)
            for account in self.accounts.values()
            if account.platform == platform
            and self.state(account.account_id, day) in ("closed", "merged_into")
            and self.state(account.account_id, day - PULLED_AFTER_CLOSING) == "open"
        ]
        return sorted([*self.accounts_due(platform, day), *lately], key=lambda account: account.account_id)

    def accounts_due(self, platform: str, day: date) -> list[Account]:
        """The accounts that are open on `day`, by account_id, each under the handle that it had then."""
        return [
            self._as_of(account, day)
            for account in self.accounts.values()
            if account.platform == platform and self.state(account.account_id, day) == "open"
        ]

    def conflicts(self) -> list[Conflict]:
        """Claims that disagree, by force and platform. Case and a leading @ are no disagreement."""
        groups: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for claim in self.claims:
            groups[claim.force_id, claim.platform].append(claim)
        return [
            Conflict(force_id=force_id, platform=platform, claims=tuple(claims))
            for (force_id, platform), claims in sorted(groups.items())
            if len({fold(claim.handle) for claim in claims}) > 1
        ]

    def _as_of(self, account: Account, day: date) -> Account:
        for event in self.events.get(account.account_id, ()):
            if event.event_type == "renamed" and event.event_date <= day:
                account = msgspec.structs.replace(account, handle=event.new_handle, url=None)
        return account


def load_platforms(seeds_dir: Path) -> list[Platform]:
    """The platform catalogue alone, which needs no register, in the order of the file.

    Raises:
        RegistryError: as `load`.
    """
    return list(keyed(read_rows(seeds_dir / "platforms.csv", Platform), "platform").values())


def load_forces(seeds_dir: Path) -> dict[str, Force]:
    """The forces alone, by their id, which need no register.

    Raises:
        RegistryError: as `load`.
    """
    return keyed(read_rows(seeds_dir / "forces.csv", Force), "force_id")


def load(register_dir: Path, seeds_dir: Path) -> Register:
    """Read and check the register.

    `seeds_dir` holds forces, platforms, platform_metrics, post_ages and the rules of purposes; `register_dir`
    holds accounts, account_events and, in production, account_claims (an invented register has no sources to
    differ).

    Raises:
        RegistryError: a file, column or value is missing, wrong, doubled or points nowhere.
    """
    forces = load_forces(seeds_dir)
    platforms = {row.platform: row for row in load_platforms(seeds_dir)}
    ages = keyed(read_rows(seeds_dir / "post_ages.csv", PostAge), "age")
    metric_rows = read_rows(seeds_dir / "platform_metrics.csv", Metric)
    account_rows = read_rows(register_dir / "accounts.csv", Account)
    event_rows = read_rows(register_dir / "account_events.csv", AccountEvent)
    claims_file = register_dir / "account_claims.csv"
    claim_rows = read_rows(claims_file, Claim) if claims_file.exists() else []

    refer(metric_rows, "platform", platforms)
    refer(account_rows, "platform", platforms)
    refer(account_rows, "force_id", forces)
    refer(claim_rows, "force_id", forces)  # but not the platform: sources also name Flickr
    for where, account in account_rows:
        if not _ACCOUNT_ID.fullmatch(account.account_id):
            raise where.error("account_id", f"{account.account_id!r} is not platform:handle")
        if account.account_id.split(":")[0] != account.platform:
            raise where.error("account_id", f"does not begin with {account.platform}:")
    accounts = keyed(account_rows, "account_id")
    _check_events(event_rows, accounts)
    events: dict[str, list[AccountEvent]] = defaultdict(list)
    for _, event in sorted(event_rows, key=lambda row: row[1].event_date):
        events[event.account_id].append(event)
    return Register(
        forces=forces,
        accounts=dict(sorted(accounts.items())),
        events={account_id: tuple(found) for account_id, found in events.items()},
        platforms=platforms,
        metrics=keyed(metric_rows, "platform", "entity", "metric"),
        post_ages=tuple(sorted(ages.values(), key=lambda age: age.age_hours)),
        claims=tuple(claim for _, claim in claim_rows),
        handles=_handles(account_rows, event_rows),
        purpose_rules=check_purpose_rules(seeds_dir),
    )


def _check_events(rows: Rows[AccountEvent], accounts: dict[str, Account]) -> None:
    refer(rows, "account_id", accounts)
    for where, event in rows:
        if (event.event_type == "renamed") != (event.new_handle is not None):
            raise where.error("new_handle", "goes with renamed, and only with it")
        if (event.event_type == "merged_into") != (event.into_account_id is not None):
            raise where.error("into_account_id", "goes with merged_into, and only with it")
        into = event.into_account_id
        if into is None:
            continue
        if into not in accounts or into == event.account_id:
            raise where.error("into_account_id", f"{into!r} is no other account")
        if accounts[into].platform != accounts[event.account_id].platform:
            raise where.error("into_account_id", f"{into!r} is on another platform")


def _handles(account_rows: Rows[Account], event_rows: Rows[AccountEvent]) -> dict[tuple[str, str], str]:
    """Every handle that leads to an account. One that an account gave up may be taken by another:
    the register's own rows win over what events add, later events over earlier ones."""
    registered: dict[tuple[str, str], str] = {}
    ids: dict[tuple[str, str], str] = {}
    for where, account in account_rows:
        key = (account.platform, fold(account.handle))
        if key in registered:
            raise where.error("handle", f"{account.handle!r} is {registered[key]} already")
        registered[key] = account.account_id
        if account.platform_account_id:
            ids[account.platform, fold(account.platform_account_id)] = account.account_id
    platform_of = {account.account_id: account.platform for _, account in account_rows}
    renamed = {
        (platform_of[event.account_id], fold(event.new_handle)): event.account_id
        for _, event in sorted(event_rows, key=lambda row: row[1].event_date)
        if event.new_handle is not None
    }
    return ids | renamed | registered
