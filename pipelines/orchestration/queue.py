"""Runs that wait too long for their turn, for whoever asks without starting Dagster.

Belongs here: reading the queue. Does not belong here: what a run does, or who works on it (workers.py).
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from pipelines.settings import Settings

#: A day's run takes minutes: what has waited for an hour waits for something that will not end by itself.
MAX_WAIT = timedelta(hours=1)


def waiting(settings: Settings, now: datetime) -> dict[str, str]:
    """A line for each run that has waited in the queue for over an hour, by its id: since when, behind what.
    Where the queue cannot be read, one line without an id.

    Read from Dagster's own table (dagster/history/runs.db), because importing Dagster takes seconds.
    """
    history = settings.dagster_home / "history" / "runs.db"
    if not history.exists():
        return {}
    try:
        with closing(sqlite3.connect(f"{history.as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(_RUNS).fetchall()
    except sqlite3.Error as error:
        return {"": f"whether a run waits is not known: {history}: {error}"}
    at_work = [run_id for run_id, _, _, status, _ in rows if status != "QUEUED"]
    behind = f"behind {at_work[0]}" if at_work else "and nothing is at work: is `beatbook up` running?"
    lines: dict[str, str] = {}
    for run_id, job, day, status, created in rows:
        since = datetime.fromisoformat(created).replace(tzinfo=UTC)
        if status == "QUEUED" and now - since > MAX_WAIT:
            of = f"{job} of {day}" if day else job
            lines[run_id] = f"run {run_id} ({of}) has waited since {since:%Y-%m-%d %H:%M} UTC, {behind}"
    return lines


_RUNS = """
    select run_id, pipeline_name, partition, status, create_timestamp
    from runs
    where status in ('QUEUED', 'STARTING', 'STARTED', 'CANCELING')
    order by create_timestamp
"""
