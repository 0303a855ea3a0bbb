"""What a build has to compute anew, and which landing files it reads for that.

Belongs here: comparing what has landed with what the last build saw, the days that follow from it, and the
folder of links that dbt reads. Does not belong here: building (build.py) or SQL (dbt/).

A post changes until it is 30 days old and its pull knows the 29 days before its own, so what a run can touch
begins 31 days before it; threads are read for eight days. A return touches the days that it declares and
those that its rows speak of, and of outcomes the appeals of four weeks before.
"""

import csv
import shutil
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from pipelines.landing.quarantine import quarantined
from pipelines.landing.store import Landing, is_pulse, write_atomically

POSTS_BACK = timedelta(days=31)
#: Whole days that a pull knows of posts: `posts_reach_days` of dbt_project.yml.
POSTS_REACH = timedelta(days=29)
MESSAGES_BACK = timedelta(days=10)
#: A pulse takes posts of the last 30 hours: of its own day and the two before.
PULSE_BACK = timedelta(days=2)
#: What came of an appeal counts so long after it: `outcome_days` of dbt_project.yml.
OUTCOMES_BACK = timedelta(days=28)
#: A returned reply can answer a question that is so much older: `replies_count_for_days` of dbt_project.yml,
#: and one.
REPLIES_BACK = timedelta(days=32)
#: A thread lives for eight days, and what is said in it depends on what was said before.
THREADS_BACK = timedelta(days=8)
#: The moments that a returned row speaks of, and the first day that its return declares.
SPOKEN_OF = ("created_at_utc", "observed_at_utc", "sent_at_utc", "outcome_date", "period_from_date")


@dataclass(frozen=True)
class Run:
    """What one landed run touches. `manifest`: a mark of that file, which a new judgement changes; `sha256`:
    the manifest's own digest, which covers the run's files and the verdict on them."""

    manifest: str
    sha256: str
    known_from: date
    posts_from: date
    messages_from: date
    latest_utc: str  # ISO 8601; empty where nobody was due


@dataclass(frozen=True)
class Window:
    """The days from which a build computes anew. `runs`: everything that has landed, by
    `source/day/run_id`."""

    history_from_date: date
    first_pull_date: date | None
    last_pull_date: date | None
    posts_from_date: date
    messages_from_date: date
    data_as_of_utc: str
    runs: dict[str, Run]


def window(landing: Landing, before: Window | None) -> Window | None:
    """The window of the next build, None while nothing has landed.

    `before`: that of the last build, None for a build from nothing.

    Raises:
        DamagedError: a run that the last build had not seen is not what was landed.
    """
    seen = before.runs if before else {}
    runs = {key: _run(landing, key, mark, seen.get(key)) for key, mark in landed(landing).items()}
    moments = [run.latest_utc for run in runs.values() if run.latest_utc]
    if not moments:
        return None
    days = [
        date.fromisoformat(key.split("/")[1])
        for key in runs
        if not key.startswith("returns/") and not is_pulse(key)  # what a pulse brings is no day's
    ]
    known_from = min(run.known_from for run in runs.values())
    # History begins with a whole week and a whole month.
    history = min(known_from.replace(day=1), known_from - timedelta(days=known_from.weekday()))
    posts_from = messages_from = history
    if before is not None and before.history_from_date <= history:
        as_of = datetime.fromisoformat(before.data_as_of_utc).date()
        touched = [run for key, run in runs.items() if seen.get(key) != run]
        touched += [run for key, run in seen.items() if key not in runs]
        # Nothing new: nothing from the day after the data ends.
        as_of_moves = bool(touched)
        posts_from = min([run.posts_from for run in touched], default=as_of + timedelta(days=2))
        messages_from = min([run.messages_from for run in touched], default=as_of + timedelta(days=2))
        if as_of_moves:  # what was young at the last build has grown older since
            posts_from = min(posts_from, as_of - POSTS_BACK)
            messages_from = min(messages_from, as_of - MESSAGES_BACK)
        messages_from = max(history, messages_from)
        posts_from = max(history, min(posts_from, messages_from))
    return Window(
        history,
        min(days, default=None),
        max(days, default=None),
        posts_from,
        messages_from,
        max(moments),
        runs,
    )


def landed(landing: Landing) -> dict[str, str]:
    """Every run, by `source/day/run_id`, with a mark of its manifest: a run can be judged again."""
    found = {}
    for source in sorted({source for source, _ in landing.schemas}):
        for day, run_id in landing.runs(source, pulses=True):
            stat = landing.manifest_path(source, day, run_id).stat()
            found[f"{source}/{day}/{run_id}"] = f"{stat.st_size}-{stat.st_mtime_ns}"
    return found


def _run(landing: Landing, key: str, mark: str, seen: Run | None) -> Run:
    if seen is not None and seen.manifest == mark:
        return seen
    source, day_text, run_id = key.split("/")
    day = date.fromisoformat(day_text)
    sha256 = landing.manifest(source, day, run_id).sha256
    log = landing.read(source, "requests", day, run_id)
    latest = log["pulled_at_utc"].max()
    latest_utc = latest.isoformat() if isinstance(latest, datetime) else ""
    if is_pulse(run_id):
        return Run(mark, sha256, day, day - PULSE_BACK, day - MESSAGES_BACK, latest_utc)
    if source != "returns":
        return Run(mark, sha256, day - POSTS_REACH, day - POSTS_BACK, day - MESSAGES_BACK, latest_utc)
    spoken_of, posts_back = [day], timedelta(0)
    # A decision is about what the day's returns speak of.
    is_decision = landing.manifest(source, day, run_id).decision is not None
    returns = [name for _, name in landing.runs(source, day, day)] if is_decision else [run_id]
    for entity, name in ((e, name) for s, e in landing.schemas if s == source for name in returns):
        rows = landing.read(source, entity, day, name)
        if entity == "outcomes" and not rows.is_empty():
            posts_back = OUTCOMES_BACK
        moments = [rows[column].cast(pl.Date).min() for column in SPOKEN_OF if column in rows.columns]
        spoken_of += [moment for moment in moments if isinstance(moment, date)]
    known_from = min(spoken_of) - timedelta(days=1)  # for London's summer time
    return Run(mark, sha256, known_from, known_from - posts_back, known_from - REPLIES_BACK, latest_utc)


def link_files(landing: Landing, found: Window, folder: Path) -> None:
    """Fill `folder` with what dbt reads: links to the files that the window needs,
    `<source>/<entity>/<run_id>.parquet`, `<source>/quarantined.parquet` and window.csv.

    An entity's schema file is always among them, so that its columns are known.

    Raises:
        DamagedError: a file that is needed is not what was landed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    messages_from = found.messages_from_date - THREADS_BACK
    earliest = min(found.posts_from_date, messages_from)
    since = {"messages": messages_from, "requests": earliest}
    for source, entity in landing.schemas:
        own = folder / source / entity
        own.mkdir(parents=True)
        (own / "schema.parquet").symlink_to(landing.schema_path(source, entity))
    for source in {source for source, _ in landing.schemas}:
        entities = [entity for name, entity in landing.schemas if name == source]
        for day, run_id in landing.runs(source, earliest, pulses=True):
            needed = [entity for entity in entities if day >= since.get(entity, found.posts_from_date)]
            for entity, path in landing.files(source, day, run_id, needed).items():
                (folder / source / entity / path.name).symlink_to(path)
        write_atomically(folder / source / "quarantined.parquet", quarantined(landing, source, earliest))
    with (folder / "window.csv").open("w", newline="", encoding="utf-8") as file:
        row = {name: value for name, value in asdict(found).items() if name != "runs"}
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
