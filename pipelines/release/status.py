"""What is published, what the last pull and build brought, and what stands in the way of the next release.

Belongs here: reading what landing, the gates, the build and publishing have recorded. Does not belong here:
why an account is missing (missing.py), how it looks (cli/display.py), or doing any of it.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pipelines.gates.records import REQUIRED, recorded
from pipelines.landing.quarantine import WHOLE, quarantined
from pipelines.landing.store import Landing
from pipelines.registry.release_calendar import check_release_calendar, coming, ends
from pipelines.release.marking import overdue
from pipelines.release.missing import QUARANTINED, Missing, in_lines, last_words, missing
from pipelines.release.official import Official, damaged, marked, officials
from pipelines.release.published import DamagedReleaseError, check_tables, served
from pipelines.settings import SEEDS, Settings
from pipelines.sources.catalogue import pulled_platforms
from pipelines.warehouse.build import Build, current_build, failed_at, failures


@dataclass
class Status:
    """What is published, built, pulled, missing and failed.

    `damage`: what of the published release is not what was published; `official_damage`: what of the official
    ones is not, or their list. `failed_build`: that the newest build
    failed, and why.
    `waiting`: runs that have been in Dagster's queue for over an hour. `overdue`: returns that forces have
    not sent; nothing of ours is incomplete for that. `official`: the newest official release, `held`: why
    what is due is not out; `next_official`: which is announced next; `calendar`: that it ends.
    """

    release: dict[str, Any] | None = None
    damage: list[str] = field(default_factory=list)
    official_damage: list[str] = field(default_factory=list)
    build: dict[str, Any] | None = None
    failed_build: str | None = None
    pulls: list[dict[str, Any]] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    failed_gates: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
    official: str = ""
    held: str = ""
    next_official: str = ""
    calendar: str | None = None

    @property
    def missing_in_brief(self) -> list[str]:
        """One line for many accounts of a platform with the same reason."""
        return in_lines(self.missing)

    @property
    def is_complete(self) -> bool:
        """Nothing throttled, failed or quarantined, no failed gate or build, no run that waits, something
        published, and nothing of that damaged."""
        bad = any(row["throttled"] or row["failed"] or row["quarantined"] for row in self.pulls)
        return self.is_published and not bad and not self.is_damaged

    @property
    def is_damaged(self) -> bool:
        """What is published, or official, is not what it was."""
        return bool(self.damage or self.official_damage)

    @property
    def is_published(self) -> bool:
        """Something is, no gate or build failed since, and no run waits."""
        return self.release is not None and not (self.failed_gates or self.failed_build or self.waiting)


def status(settings: Settings, landing: Landing) -> Status:
    """What is published, and what the last build and the newest pull of each platform brought."""
    found = Status()
    try:
        release = served(settings)
    except DamagedReleaseError as error:
        release, found.damage = None, error.damage
    if release is not None:
        kept = ("release_id", "data_as_of_utc", "created_at_utc", "note", "code_version", "value_count")
        found.release = {name: getattr(release, name) for name in kept}
    build = current_build(settings)
    found.build = _build(settings, build) if build else None
    found.failed_build = _failed_build(settings)
    for source in sorted({source for source, _ in landing.schemas}):
        newest = max((day for day, _ in landing.runs(source)), default=None)
        if newest and source != "returns":
            _add_pull(found, landing, source, newest)
    found.failed_gates = _failed_gates(settings, build) if build else []
    dates, now = check_release_calendar(SEEDS), settings.profile.present()
    if row := coming(dates, now):
        found.next_official = f"{row.month_name}: {row.when}"
    found.calendar = ends(dates, now)
    _add_official(found, settings, now)
    return found


def _add_official(found: Status, settings: Settings, now: datetime) -> None:
    try:
        if marks := officials(settings):
            found.official = f"{marks[-1].label}: {marks[-1].release_id}"
            found.official_damage = _official_damage(settings, marks[-1])
        if row := overdue(settings, now):
            found.held = (
                f"{row.month_name} was due {row.when}: `beatbook releases official` says why it is not out"
            )
    except DamagedReleaseError as error:
        found.official_damage = error.damage


def _official_damage(settings: Settings, newest: Official) -> list[str]:
    """Of each official release what its record and its revisions say; of the newest, which is shown, its
    tables too. `beatbook verify` reads the rest."""
    lost = damaged(settings)
    lines = [line for of_release in lost.values() for line in of_release]
    try:
        check_tables(settings, marked(settings, newest))
    except DamagedReleaseError as error:
        lines += [line for line in error.damage if line not in lines]
    return lines


def _failed_gates(settings: Settings, build: Build) -> list[str]:
    failed = []
    for gate in REQUIRED:
        result = recorded(settings.gates, gate, build.build_id)
        if result is None:
            failed.append(f"{gate} gate: no record for {build.build_id}")
        elif not result.passed:
            failed += [f"{gate} gate, {build.build_id}: {failure}" for failure in result.failures]
    return failed


def _build(settings: Settings, build: Build) -> dict[str, Any]:
    """When the warehouse was built, and from which day on it was computed anew."""
    window = build.window
    is_full = window.posts_from_date == window.history_from_date
    is_empty = window.posts_from_date > datetime.fromisoformat(window.data_as_of_utc).date()
    return {
        "build_id": build.build_id,
        "built_at_utc": _changed_at(settings.warehouse),
        "is_full": is_full,
        "from_nothing": build.from_nothing,
        "history_from_date": window.history_from_date.isoformat(),
        "computed_from_date": None if is_empty else window.posts_from_date.isoformat(),
        "data_as_of_utc": f"{window.data_as_of_utc}Z",
    }


def _failed_build(settings: Settings) -> str | None:
    if not (moment := failed_at(settings)):
        return None
    said = f"at {moment:%Y-%m-%dT%H:%M:%SZ}, so the warehouse stays"
    lines = failures(settings)
    said += f": {'; '.join(lines[:3])}" * bool(lines) + f"; and {len(lines) - 3} more" * (len(lines) > 3)
    made = settings.failed_build
    return f"{said}. What it made: {made}" if made.exists() else said


def _changed_at(path: Path) -> str:
    return f"{datetime.fromtimestamp(path.stat().st_mtime, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _add_pull(found: Status, landing: Landing, source: str, day: date) -> None:
    """The newest day of a platform: of several runs, each account's last word."""
    log = last_words(landing, source, day)
    rows = missing(landing, source, day, log)
    by_outcome = {
        outcome: len({row.account_id for row in rows if row.outcome == outcome})
        for outcome in ("refused", "throttled", "failed", QUARANTINED)
    }
    polled = log["account_id"].n_unique()
    landed = polled - len({row.account_id for row in rows if row.outcome != QUARANTINED})
    found.pulls.append(
        {"platform": source, "day": day.isoformat(), "polled": polled, "landed": landed} | by_outcome
    )
    found.missing += rows


def already_landed(landing: Landing, day: date) -> bool:
    """Whether every pulled platform has a run of that day, and none of them is quarantined as a whole."""
    return all(
        any(landing.runs(source, day, day))
        and WHOLE not in quarantined(landing, source, day, day)["expectation"]
        for source in pulled_platforms()
    )
