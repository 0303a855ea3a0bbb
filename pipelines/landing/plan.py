"""What a run would cost, before it is spent: requests, quota units and pounds a platform.

Belongs here: the estimate. Does not belong here: the limits that stop a run (settings.py, client.py).
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.landing.store import Landing
from pipelines.registry import Platform, Register
from pipelines.settings import Settings
from pipelines.sources.catalogue import source


@dataclass
class Plan:
    """One platform's part of a day's run. Where nothing would be asked, `why_not` says why."""

    platform: str
    accounts: int
    requests: int
    units: int | None
    units_limit: int | None
    price: str  # in pounds where the catalogue can tell, else in its own words
    why_not: str


def plan(settings: Settings, register: Register, landing: Landing, day: date) -> list[Plan]:
    """One row for each platform of the catalogue, in its order."""
    return [_plan(settings, register, landing, platform, day) for platform in register.platforms.values()]


def _plan(settings: Settings, register: Register, landing: Landing, platform: Platform, day: date) -> Plan:
    name = platform.platform
    due = len(register.accounts_to_pull(name, day))
    why_not = _why_not(settings, platform)
    requests = 0 if why_not else round(due * _requests_per_account(landing, name))
    # A list call is one unit wherever units are counted (YouTube).
    units = requests if platform.quota_units_per_day else None
    rate = platform.price_gbp_per_1k_requests
    price = f"£{requests * rate / 1000:,.2f}" if rate is not None else platform.price or "none stated"
    limit = settings.max_units(name, platform.quota_units_per_day)
    return Plan(name, due, requests, units, limit, price if requests else "", why_not)


def _why_not(settings: Settings, platform: Platform) -> str:
    if platform.collected_by == "return":
        return "returns from forces"
    if platform.token_needed != "none" and settings.token(platform.platform) is None:  # noqa: S105
        return f"not authorised: set BEATBOOK_{platform.platform.upper()}_KEY"
    return ""


def _requests_per_account(landing: Landing, platform: str) -> float:
    """What the newest run needed for an account; before the first, the source's own guess."""
    runs = [run for run in landing.runs(platform) if landing.manifest(platform, *run).files]
    if runs:
        log = landing.read(platform, "requests", *max(runs, key=lambda run: run[1]))
        asked = log.filter(pl.col("request_count") > 0)["account_id"].n_unique()
        if asked:
            return int(log["request_count"].sum()) / asked
    return source(platform).REQUESTS_PER_ACCOUNT
