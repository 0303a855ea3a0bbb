"""Lands rows as a run does, for tests that begin after it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pipelines.landing.manifest import Refused
from pipelines.landing.store import Landing


def land(
    landing: Landing,
    source: str,
    day: date,
    run_id: str,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    quarantined: Sequence[Refused] = (),
) -> None:
    """Land these rows; the accounts of `quarantined` did not pass the gate."""
    landing.write(source, day, run_id, landing.frames(source, run_id, rows), quarantined)


def refused(account_id: str, force_id: str, platform: str, detail: str = "it is broken") -> Refused:
    """An account that did not pass."""
    return Refused(platform, force_id, account_id, f"{platform}/posts: expect_nothing()", detail)
