"""Releases of a few months, one of which may become official.

Belongs here: what tests of official releases publish, and the moments of the calendar. Does not belong here:
tests.
"""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from pipelines.disk import sha256_of, write_whole
from pipelines.release.official import Official, path_of
from pipelines.release.published import RECORD, RECORD_SUM, Release, record_sum
from pipelines.release.published import current as current_release
from pipelines.settings import Settings
from tests.release.small_release import OCTOBER, Cell, cell, everywhere, publish_small

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
#: When the releases of November and December are announced for, by dbt/seeds/release_calendar.csv.
OF_NOVEMBER = datetime(2026, 12, 21, 9, 30, tzinfo=UTC)
OF_DECEMBER = datetime(2027, 1, 11, 9, 30, tzinfo=UTC)


def month(start: date, value: float = 1.0, **more: Any) -> list[Cell]:
    """A month in which Kent has every indicator, and Essex followers of this value."""
    return [*everywhere(start, **more), cell("followers", "essex", start, value, **more)]


def publish(settings: Settings, day: date, *cells: list[Cell], number: int = 1) -> Release:
    """A working release as of a day, with October and these months."""
    rows = [*month(OCTOBER), *(row for each in cells for row in each)]
    publish_small(
        settings,
        rows,
        as_of=day,
        release_id=f"{day:%Y%m%d}T0530-{number:010x}",
        created_at=f"{day}T05:4{number}:00Z",
    )
    release = current_release(settings)
    assert release is not None
    return release


def add_files(settings: Settings, release_id: str, files: dict[str, bytes]) -> None:
    """Put files into a working release, as if it had been published with them."""
    folder = settings.releases / release_id
    record = folder / RECORD
    said = msgspec.json.decode(record.read_bytes())
    for name, content in files.items():
        write_whole(folder / name, content)
        said["files"][name] = sha256_of(folder / name)
    record.write_bytes(msgspec.json.encode(said))
    (folder / RECORD_SUM).write_text(record_sum(record))


def mark(settings: Settings, release: Release) -> Official:
    """Put a release that was built into the list of official ones."""
    record = settings.releases / release.release_id / RECORD
    made = Official(
        number=1,
        release_id=release.release_id,
        month=OCTOBER,
        announced_for_utc="",
        marked_at_utc="2026-11-10T09:30:00Z",
        by="A lead",
        reason="A test.",
        is_correction=False,
        record_sha256=sha256_of(record),
        revises="",
        revised_count=0,
        revisions={},
    )
    write_whole(path_of(settings), msgspec.json.encode([made]))
    return made
