"""What is forgotten of runs: logs, the gates' pages, what killed writes left, Dagster's history; by age.

Belongs here: the rule and the removing. Does not belong here: releases (release/keep.py), or landing, which
is kept for ever.
"""

import shutil
from contextlib import suppress
from datetime import datetime, timedelta

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES

from pipelines.disk import sweep
from pipelines.settings import Settings

#: A run is what shows its day as landed in the UI, so it stays as long as a force's recent posts: 13 months.
RUNS_KEPT = timedelta(days=400)
LOGS_KEPT = timedelta(days=90)


def forget(settings: Settings, instance: dg.DagsterInstance, now: datetime) -> None:
    """Remove the logs, pages, and runs that have ended, of which the rules say so. `now` has a time zone."""
    for path in (*(settings.home / "logs").glob("*log*"), *settings.gate_pages.glob("*")):
        with suppress(FileNotFoundError):  # somebody else was at it
            if now.timestamp() - path.stat().st_mtime > LOGS_KEPT.total_seconds():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for folder in (settings.home, settings.register, settings.releases, settings.dagster_home):
        sweep(folder, now, deep=False)
    for folder in (settings.landing, settings.gates, settings.portal):
        sweep(folder, now, deep=True)
    ended = dg.RunsFilter(statuses=list(FINISHED_STATUSES), created_before=now - RUNS_KEPT)
    for run_id in instance.get_run_ids(ended):
        instance.delete_run(run_id)
        # Dagster empties the file of a run's events and leaves it there, and what its steps printed.
        for path in (settings.dagster_home / "history" / "runs").glob(f"{run_id}.db*"):
            path.unlink(missing_ok=True)
        shutil.rmtree(settings.dagster_home / "storage" / run_id, ignore_errors=True)
