"""Every release that is kept, as a list for people: state, month, size, whether it is whole.

Belongs here: one row for each. Does not belong here: what is in them, or how the rows look (cli/, portal/).
"""

from pathlib import Path
from typing import Any

import duckdb

from pipelines.release.official import damaged, officials
from pipelines.release.opened import connected
from pipelines.release.periods import final_months
from pipelines.release.published import (
    DamagedReleaseError,
    Release,
    current_if_readable,
    folders,
    read,
    verify,
)
from pipelines.release.rollback import withdrawn
from pipelines.settings import Settings


def listing(settings: Settings, *, is_verified: bool) -> list[dict[str, Any]]:
    """A row for each release, the newest data first. `state`: its label if it is official, else working;
    whether it is current, or was rolled back from. `bytes` of all its files, `own_bytes` of those that it
    shares with no other; `final_month`: the newest that is final in it, as 2026-11. `is_whole` is None where
    not all of its files were read.

    Raises:
        DamagedReleaseError: the list of official releases cannot be read.
    """
    marks = {mark.release_id: mark for mark in officials(settings)}
    out, shown = withdrawn(settings), current_if_readable(settings)
    broken = verify(settings) if is_verified else {}
    lost = damaged(settings)
    rows = []
    for folder in reversed(folders(settings)):
        damage = [*broken.get(folder.name, []), *lost.pop(folder.name, [])]
        mark = marks.get(folder.name)
        state = [mark.label if mark else "working"]
        state += ["current"] * (shown is not None and folder.name == shown.release_id)
        state += ["rolled back from"] * (folder.name in out)
        try:
            release = read(folder)
        except DamagedReleaseError as error:
            release, damage = None, list(dict.fromkeys([*damage, *error.damage]))
        rows.append(
            {
                "release_id": folder.name,
                "state": ", ".join(state),
                "official_number": mark.number if mark else None,
                "official_month": f"{mark.month:%Y-%m}" if mark else None,
                **_said(settings, release),
                **_sizes(folder),
                "is_whole": not damage if is_verified or damage else None,
                "damage": damage,
            }
        )
    for release_id, lines in lost.items():  # an official release whose folder has gone
        rows.append(
            {
                "release_id": release_id,
                "state": marks[release_id].label,
                "official_number": marks[release_id].number,
                "official_month": f"{marks[release_id].month:%Y-%m}",
                **_said(settings, None),
                "bytes": 0,
                "own_bytes": 0,
                "is_whole": False,
                "damage": lines,
            }
        )
    return rows


def _said(settings: Settings, release: Release | None) -> dict[str, Any]:
    """What its record says; nothing where that cannot be read."""
    names = ("data_as_of_utc", "created_at_utc", "value_count", "revised_count")
    said = {name: getattr(release, name) if release else None for name in names}
    return said | {"final_month": _final_month(settings, release) if release else None}


def _final_month(settings: Settings, release: Release) -> str | None:
    try:
        with connected(settings, release) as connection:
            months = final_months(connection)
    except duckdb.Error:  # damaged, or of a version that had no such tables
        return None
    return f"{max(months):%Y-%m}" if months else None


def _sizes(folder: Path) -> dict[str, int]:
    stats = [path.stat() for path in folder.rglob("*") if path.is_file()]
    return {
        "bytes": sum(stat.st_size for stat in stats),
        "own_bytes": sum(stat.st_size for stat in stats if stat.st_nlink == 1),
    }
