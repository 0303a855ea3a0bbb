"""What is wrong now, read from what landing, the gates, the build, publishing and Dagster have recorded.

Belongs here: the rules by which something is a trouble. Does not belong here: words about an account's
reason (release/missing.py), or who is told when (message.py, orchestration/sensors.py).
"""

from datetime import UTC, datetime, time, timedelta

import dagster as dg
from dagster._core.execution.stats import StepEventStatus

from pipelines.alerts.message import Trouble
from pipelines.gates.records import path_of, recorded
from pipelines.landing.manifest import DamagedError
from pipelines.landing.quarantine import WHOLE
from pipelines.landing.store import Landing
from pipelines.orchestration.queue import waiting
from pipelines.registry.release_calendar import check_release_calendar, ends
from pipelines.release.marking import overdue
from pipelines.release.missing import QUARANTINED, TO_DO_WHOLE, last_words, missing
from pipelines.release.official import damaged
from pipelines.release.published import DamagedReleaseError, current
from pipelines.settings import LONDON, SEEDS, Settings
from pipelines.sources.catalogue import pulled_platforms
from pipelines.warehouse.build import current_build, failed_at

#: The pull begins at 05:30 in London; by now it is over, or waits for something.
LANDED_BY = time(8)
#: A day, and six hours for a run that was late and one that was early.
RELEASE_AGE = timedelta(hours=30)
#: The schedule starts at 09:30, and a run before it may have to end first.
OFFICIAL_WITHIN = timedelta(minutes=15)
#: Of the runs that ended, how many of the newest are looked at.
RUNS_SEEN = 200
#: The job that does what all others do: where it succeeds, their failures are over.
EVERYTHING = "daily"
RED = "docs/runbook.md, When something is red"


def failed_runs(settings: Settings, instance: dg.DagsterInstance) -> list[Trouble]:
    """Runs that failed, each until the same again, or the daily job, has succeeded."""
    statuses = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
    seen: set[tuple[object, ...]] = set()
    found = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=statuses), limit=RUNS_SEEN):
        run = record.dagster_run  # the newest first
        same = (run.job_name, run.asset_selection, run.asset_check_selection)
        has_succeeded = run.status == dg.DagsterRunStatus.SUCCESS
        if has_succeeded and run.job_name == EVERYTHING and not run.asset_selection:
            break
        if same in seen or has_succeeded:
            seen.add(same)
            continue
        seen.add(same)
        stats = instance.get_run_step_stats(run.run_id)
        steps = sorted(each.step_key for each in stats if each.status == StepEventStatus.FAILURE)
        at = ", ".join(steps) or "no step: it was killed, or never began"
        day = run.tags.get("dagster/partition")
        job = "chosen assets" if run.job_name.startswith("__") else f"the job {run.job_name}"
        what = f"A run of {job}{f' for {day}' if day else ''} failed at {at}"
        ended = datetime.fromtimestamp(record.end_time or record.update_timestamp.timestamp(), UTC)
        parts = sorted(map(str, [*(run.asset_selection or ()), *(run.asset_check_selection or ())]))
        key = "/".join(["run", run.job_name, *parts])
        to_do = f"the run's page says why; mend it, then run it again there ({RED})"
        found.append(Trouble(key, what, _moment(ended), to_do, f"{settings.ui_url}/runs/{run.run_id}"))
    return found


def queued(settings: Settings, now: datetime) -> list[Trouble]:
    """Runs that have been in the queue for over an hour. `now` has a time zone."""
    found = []
    for run_id, line in waiting(settings, now).items():
        what, to_do = (
            "A run waits for its turn for over an hour",
            f"{line}; cancel that one, or wait for it ({RED})",
        )
        link = f"{settings.ui_url}/runs/{run_id}"
        found.append(Trouble(f"queue/{run_id}", what, _moment(now), to_do, link))
    return found


def quarantines(settings: Settings, landing: Landing) -> list[Trouble]:
    """Of the newest day of each platform: those that are quarantined as a whole, and accounts by themselves.

    Not of returns: whoever submits one is told on the spot.
    """
    found = []
    for platform in pulled_platforms():
        day = max((day for day, _ in landing.runs(platform)), default=None)
        if day is None:
            continue
        link = f"{settings.ui_url}/assets/landing/{platform}"
        try:
            rows = missing(landing, platform, day, last_words(landing, platform, day))
        except DamagedError:
            what = f"{platform}: a landing file is damaged or missing, and nothing is published meanwhile"
            to_do = "`beatbook status` names the file: put it back from a copy, then `beatbook build`"
            found.append(Trouble(f"damaged/{platform}", what, str(day), to_do, link))
            continue
        out = [row for row in rows if row.outcome == QUARANTINED]
        if any(row.reason == WHOLE for row in out):
            what = f"{platform} is quarantined as a whole, and missing from the day's figures"
            found.append(Trouble(f"platform/{platform}", what, str(day), TO_DO_WHOLE, link))
        for row in out:
            if row.reason != WHOLE:
                key, what = f"account/{row.account_id}", f"{platform}: quarantined by {row.reason}"
                found.append(Trouble(key, what, str(day), row.to_do, link, row.account_id))
    return found


def gates(settings: Settings) -> list[Trouble]:
    """A build that failed, or that the release gate did not let pass."""
    found = []
    if failed := failed_at(settings):
        what = "The newest build of the warehouse failed; the last release stays"
        to_do = f"`beatbook status` says why, and its run which model or test ({RED}); then `beatbook build`"
        found.append(Trouble("gate/dbt", what, _moment(failed), to_do, f"{settings.ui_url}/runs"))
    build = current_build(settings)
    verdict = recorded(settings.gates, "release", build.build_id) if build else None
    if build and verdict and not verdict.passed:
        path = path_of(settings.gates, "release", build.build_id)
        what = f"The release gate refused the newest build, by {len(verdict.failures)} of its rules; the "
        what += "last release stays"
        to_do = "`beatbook status` names the rules, with figures; nothing is published until it is mended"
        since = _moment(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        found.append(Trouble("gate/release", what, since, to_do, f"{settings.ui_url}/assets/bench_values"))
    return found


def staleness(settings: Settings, landing: Landing, now: datetime) -> list[Trouble]:
    """A release that is too old or damaged; where time goes on, platforms of which today has not landed.
    `now` has a time zone."""
    found = _release(settings, landing, now)
    if settings.profile.has_past:
        return found
    here = now.astimezone(LONDON)
    due = here.date() - timedelta(days=here.time() < LANDED_BY)
    for platform in pulled_platforms():
        newest = max((day for day, _ in landing.runs(platform)), default=None)
        if newest is None or newest < due:
            what = "Nothing has landed today, and what is missed can never be pulled"
            since = f"{newest}, the last day that landed" if newest else "the beginning"
            to_do = "`beatbook run` before midnight; is the schedule on, does a run wait in the queue?"
            link = f"{settings.ui_url}/runs"
            found.append(Trouble(f"landing/{platform}", what, since, to_do, link, platform))
    return found


def _release(settings: Settings, landing: Landing, now: datetime) -> list[Trouble]:
    link = f"{settings.ui_url}/assets/release"
    try:
        release = current(settings)
    except DamagedReleaseError:
        to_do = "`beatbook build`, then `beatbook verify`; look at the disk"
        return [Trouble("release/damaged", "The published release is damaged", _moment(now), to_do, link)]
    if release is not None:
        since = datetime.fromisoformat(release.created_at_utc)
    else:
        days = [day for source in pulled_platforms() for day, _ in landing.runs(source)]
        since = datetime.combine(min(days), time(), LONDON) if days else now
    if now - since <= RELEASE_AGE:
        return []
    hours = int(RELEASE_AGE.total_seconds() / 3600)
    what = f"No release for more than {hours} hours"
    to_do = "`beatbook status` says what stands in its way"
    return [Trouble("release/stale", what, _moment(since.astimezone(UTC)), to_do, link)]


def official(settings: Settings, now: datetime) -> list[Trouble]:
    """An official release that is not out although its time has come, or is not what it was; a calendar that
    ends. `now` has a time zone."""
    link = f"{settings.ui_url}/jobs/official"
    try:
        row, lost = overdue(settings, now), damaged(settings)
    except DamagedReleaseError:
        what = "The list of official releases cannot be read, and nothing official is shown"
        to_do = "put releases/official.json back from a copy"
        return [Trouble("official/list", what, _moment(now), to_do, link)]
    found = []
    if row is not None and now - row.at > OFFICIAL_WITHIN:
        what = f"The official release of {row.month_name} is not out"
        to_do = "`beatbook releases official` says why, and makes it official once it can be"
        found.append(Trouble(f"official/{row.month}", what, row.when, to_do, link))
    for release_id, lines in lost.items():
        if lines:
            what = f"The official release {release_id} is not what was published"
            to_do = "put its folder back from a copy, then `beatbook verify`"
            found.append(Trouble(f"official/{release_id}", what, _moment(now), to_do, link))
    if sentence := ends(check_release_calendar(SEEDS), now):
        what = sentence.partition(": ")[0].replace("the calendar", "The calendar", 1)
        found.append(
            Trouble(
                "official/calendar", what, _moment(now), "announce the year ahead in release_calendar.csv"
            )
        )
    return found


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
