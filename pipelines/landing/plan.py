"""What a run would cost, before it is spent: requests, quota units and pounds a platform.

Belongs here: the estimate. Does not belong here: the limits that stop a run (settings.py, client.py).
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.landing.pull import budget_of
from pipelines.landing.pulse import FOUND_FOR, accounts_asked, ids_of_newest
from pipelines.landing.store import Landing, is_pulse
from pipelines.registry import Platform, Register
from pipelines.settings import Settings
from pipelines.sources.catalogue import source


@dataclass
class Plan:
    """One platform's part of a day's run, or of a pulse. Where nothing would be asked, `why_not` says why."""

    platform: str
    accounts: int
    requests: int
    requests_limit: int | None
    units: int | None
    units_limit: int | None
    price: str  # in pounds where the catalogue can tell, else in its own words
    why_not: str


def plan(
    settings: Settings, register: Register, landing: Landing, day: date, *, of_pulse: bool = False
) -> list[Plan]:
    """One row for each platform of the catalogue, in its order: of a day's run, or of one pulse."""
    return [
        _plan(settings, register, landing, platform, day, of_pulse=of_pulse)
        for platform in register.platforms.values()
    ]


def _plan(
    settings: Settings,
    register: Register,
    landing: Landing,
    platform: Platform,
    day: date,
    *,
    of_pulse: bool,
) -> Plan:
    name = platform.platform
    why_not = _why_not(settings, platform)
    accounts = register.accounts_to_pull(name, day)
    if of_pulse and not why_not:
        accounts = accounts_asked(register, ids_of_newest(landing, name, day), name, day)
        why_not = "" if accounts else f"no daily run of {FOUND_FOR.days} days has found an account"
    due = len(accounts)
    requests = 0 if why_not else round(due * _requests_per_account(landing, name, of_pulse=of_pulse))
    # A list call is one unit wherever units are counted (YouTube).
    units = requests if platform.quota_units_per_day else None
    rate = platform.price_gbp_per_1k_requests
    price = f"£{requests * rate / 1000:,.2f}" if rate is not None else platform.price or "none stated"
    budget = budget_of(settings, platform, is_pulse=of_pulse)
    return Plan(
        name, due, requests, budget.max_requests, units, budget.max_units, price if requests else "", why_not
    )


def _why_not(settings: Settings, platform: Platform) -> str:
    if platform.collected_by == "return":
        return "returns from forces"
    if platform.token_needed != "none" and settings.token(platform.platform) is None:  # noqa: S105
        return f"not authorised: set BEATBOOK_{platform.platform.upper()}_KEY"
    return ""


def _requests_per_account(landing: Landing, platform: str, *, of_pulse: bool) -> float:
    """What the newest run needed for an account, or the newest pulse; before the first, the source's own
    guess."""
    runs = [
        run
        for run in landing.runs(platform, pulses=of_pulse)
        if is_pulse(run[1]) == of_pulse and landing.manifest(platform, *run).files
    ]
    if runs:
        log = landing.read(platform, "requests", *max(runs, key=lambda run: run[1]))
        asked = log.filter(pl.col("request_count") > 0)["account_id"].n_unique()
        if asked:
            return int(log["request_count"].sum()) / asked
    return source(platform).REQUESTS_PER_PULSE if of_pulse else source(platform).REQUESTS_PER_ACCOUNT
