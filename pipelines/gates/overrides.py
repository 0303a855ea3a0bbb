"""Overrides of the release gate: deliberate, by a named person, for a reason, until a day.

Belongs here: keeping them, and which of them hold. Does not belong here: the rules (release_gate.py), or
asking for one (cli/).
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from pipelines.disk import write_whole
from pipelines.settings import Settings, SettingsError

#: Rules that can be wrong about a release that is right. Contracts, sums and tests cannot be overridden.
RULES = (
    "forces_collected",
    "values_lost",
    "platforms_lost",
    "forces_lost",
    "forces_covered",
    "residents_covered",
    "populations_changed",
    "published_prices_changed",
    "prices_moved",
)


class Override(msgspec.Struct, frozen=True):
    """A rule that does not stop publication up to and including `until_date`."""

    rule: str
    by: str
    reason: str
    until_date: date

    def __str__(self) -> str:
        return f"{self.rule} is overridden until {self.until_date} by {self.by}: {self.reason}"


def overrides(settings: Settings) -> list[Override]:
    """Every override, also those that have ended.

    Raises:
        SettingsError: the file cannot be read.
    """
    path = _path(settings)
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Override]) if path.exists() else []
    except msgspec.MsgspecError as error:
        raise SettingsError(
            f"{path} is no list of overrides ({error}): put it right, or remove it"
        ) from error


def add(settings: Settings, override: Override) -> None:
    """Keep an override; of a rule the latest stands.

    Raises:
        SettingsError: there is no such rule, no name or no reason, or the file cannot be read.
    """
    if override.rule not in RULES:
        raise SettingsError(f"there is no rule {override.rule}; there are: {', '.join(RULES)}")
    if not override.by.strip() or not override.reason.strip():
        raise SettingsError("an override needs a name and a reason")
    write_whole(_path(settings), msgspec.json.format(msgspec.json.encode([*overrides(settings), override])))


def standing(found: Iterable[Override], today: date) -> dict[str, Override]:
    """By its rule, each override that holds today."""
    latest = {override.rule: override for override in found}
    return {rule: override for rule, override in latest.items() if override.until_date >= today}


def _path(settings: Settings) -> Path:
    return settings.home / "overrides.json"
