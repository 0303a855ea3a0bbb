"""Making a working release official: at the announced time, or by a person, once for each month.

Belongs here: which release it becomes, why none does, and the act. Does not belong here: the list of official
releases (official.py), the calendar (registry/release_calendar.py), or clocks (orchestration/official.py).

Nothing of a release is written anew. What it changes is written first, then the line in official.json,
whole: whoever is killed before that has made nothing official, and can do it again. A copy of the line
follows, by which a list that is lost or cut is noticed.
"""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime

import msgspec
import polars as pl

from pipelines.disk import sha256_of, write_whole
from pipelines.landing.locks import locked
from pipelines.landing.store import Landing
from pipelines.registry.release_calendar import ReleaseDate, check_release_calendar, due, month_after
from pipelines.release.difference import difference
from pipelines.release.files import defused
from pipelines.release.official import (
    LINE,
    Official,
    label_of,
    marked,
    named,
    officials,
    path_of,
    revisions_of,
)
from pipelines.release.opened import connected
from pipelines.release.periods import final_months
from pipelines.release.published import RECORD, Release, damage, folder_of, readable
from pipelines.release.rollback import withdrawn
from pipelines.settings import LONDON, SEEDS, Settings


class NotOfficialError(Exception):
    """Nothing was made official; the message says why."""


def overdue(settings: Settings, now: datetime) -> ReleaseDate | None:
    """The date that has come and has no official release yet; None where there is none. Of several the
    newest: its release has the months before as well.

    Raises:
        DamagedReleaseError: the list of official releases cannot be read.
    """
    row = due(check_release_calendar(SEEDS), now)
    return row if row and all(mark.month < row.month for mark in officials(settings)) else None


def make_due(settings: Settings, landing: Landing, now: datetime) -> Official | None:
    """Make official what is due; None where nothing is, or another has done it.

    Raises:
        NotOfficialError: no whole release has the month final, or it was rolled back from.
        DamagedReleaseError: the list of official releases, or the last of them, is damaged.
    """
    with locked(settings.locks / "official"):
        row = overdue(settings, now)
        if row is None:
            return None
        release = _newest_final(settings, row.month)
        return _mark(settings, landing, release, row.month, now, announced=row)


def make_by_hand(
    settings: Settings,
    landing: Landing,
    now: datetime,
    by: str,
    reason: str,
    release_id: str | None = None,
    *,
    is_correction: bool = False,
) -> Official:
    """Make a release official for a person: the named one, or the newest that can be. Its month is the newest
    that is final in it; of a correction that of the last official release.

    Raises:
        NotFoundError: no such release is kept.
        NotOfficialError: a name or reason is missing; its month is not final, official already, or announced
            for later; it is damaged or was rolled back from; or there is nothing to correct.
        DamagedReleaseError: as for `make_due`.
    """
    if not by.strip() or not reason.strip():
        raise NotOfficialError("a release is made official with a name and a reason")
    with locked(settings.locks / "official"):
        marks = officials(settings)
        if is_correction and not marks:
            raise NotOfficialError("there is no official release to correct")
        wanted = marks[-1].month if is_correction else None
        if release_id is None:
            if is_correction and all(_passed_over(settings, each) for each in candidates(settings)):
                raise NotOfficialError(
                    f"nothing newer than {marks[-1].label} is published, so there is nothing to put out as "
                    "its correction. Mend what is wrong, `beatbook build`, and ask again"
                )
            release = _newest_final(settings, wanted)
        else:
            release = named(settings, release_id)
            if lacking := _lacking(settings, release, wanted):
                raise NotOfficialError(lacking)
        month = wanted or max(_final(settings, release))
        calendar = check_release_calendar(SEEDS)
        row = next((row for row in calendar if row.month == month), None)
        if row is not None and row.at > now:
            raise NotOfficialError(
                f"{row.month_name} is announced for {row.when}: nothing of it is official before that"
            )
        if not is_correction and marks and month <= marks[-1].month:
            raise NotOfficialError(
                f"{marks[-1].month_name} is official already: {marks[-1].label}. What is wrong goes out "
                "with the next release, or at once with --correction"
            )
        if any(mark.release_id == release.release_id for mark in marks):
            raise NotOfficialError(f"release {release.release_id} is official already")
        return _mark(settings, landing, release, month, now, row, by.strip(), reason.strip(), is_correction)


def candidates(settings: Settings) -> Iterator[Release]:
    """The releases that may become official, newest data first."""
    out = withdrawn(settings) | {mark.release_id for mark in officials(settings)}
    by_age = sorted(readable(settings), key=lambda each: each.vintage)
    return (release for release in reversed(by_age) if release.release_id not in out)


def _newest_final(settings: Settings, month: date | None) -> Release:
    """The newest whole release in which the month is final; without a month, in which any is."""
    first = None
    for release in candidates(settings):
        if month is not None and _day(release) < month_after(month):
            break  # it cannot know how the month ended, and none before it can
        lacking = _lacking(settings, release, month)
        if lacking is None:
            return release
        first = first or lacking
    if first is None and month is not None:
        first = f"no working release is of data after {month:%B %Y}"
    elif first is None:
        is_all = bool(officials(settings))
        first = "every release that could be is official already" if is_all else "nothing is published yet"
    raise NotOfficialError(f"{first}. `beatbook status` says what stands in the way of a newer release")


def _lacking(settings: Settings, release: Release, month: date | None) -> str | None:
    """Why a release cannot become official; None where it can."""
    if passed := _passed_over(settings, release):
        return passed
    folder = folder_of(settings, release)
    tables = [name for name in release.files if name.startswith("tables/")]
    if found := damage(folder, release, tables):
        return f"release {release.release_id} is damaged: {found[0]}"
    final = _final(settings, release)
    if month is not None and month not in final:
        return f"{month:%B %Y} is not final in the newest release, {release.release_id}"
    if not final:
        return f"no month is final in release {release.release_id}"
    if found := damage(folder, release):
        return f"release {release.release_id} is damaged: {found[0]}"
    return None


def _passed_over(settings: Settings, release: Release) -> str | None:
    """Why nobody asks any more what a release has in it."""
    if release.release_id in withdrawn(settings):
        return f"release {release.release_id} was rolled back from"
    if marks := officials(settings):
        last = marked(settings, marks[-1])
        if release.data_as_of_utc < last.data_as_of_utc:
            return (
                f"release {release.release_id} has data as of {release.data_as_of_utc}, older than those of "
                f"{last.label}, {last.data_as_of_utc}: what was collected since would be lost"
            )
    return None


def _final(settings: Settings, release: Release) -> list[date]:
    with connected(settings, release) as connection:
        return final_months(connection)


def _day(release: Release) -> date:
    return datetime.fromisoformat(release.data_as_of_utc).astimezone(LONDON).date()


def _mark(
    settings: Settings,
    landing: Landing,
    release: Release,
    month: date,
    now: datetime,
    announced: ReleaseDate | None = None,
    by: str = "",
    reason: str = "",
    is_correction: bool = False,
) -> Official:
    """The lock is held."""
    marks = officials(settings)
    before = marked(settings, marks[-1]) if marks else None
    changed = difference(settings, landing, before, release) if before else None
    mark = Official(
        number=len(marks) + 1,
        release_id=release.release_id,
        month=month,
        announced_for_utc=f"{announced.at:%Y-%m-%dT%H:%M:%SZ}" if announced else "",
        marked_at_utc=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        by=by,
        reason=reason,
        is_correction=is_correction,
        record_sha256=sha256_of(folder_of(settings, release) / RECORD),
        revises=before.release_id if before else "",
        revised_count=0 if changed is None else changed.height,
        revisions={},
    )
    if changed is not None:
        mark = msgspec.structs.replace(mark, revisions=_write_revisions(settings, mark, changed))
    _freeze(settings, release)
    write_whole(path_of(settings), msgspec.json.format(msgspec.json.encode([*marks, mark])))
    write_whole(revisions_of(settings, mark) / LINE, msgspec.json.format(msgspec.json.encode(mark)))
    release.label = label_of([mark], release.release_id)
    return mark


def _write_revisions(settings: Settings, mark: Official, changed: pl.DataFrame) -> dict[str, str]:
    """Every cell that is another one, for ever; the sums of the files by name."""
    parquet, csv = io.BytesIO(), defused(changed).write_csv()
    changed.write_parquet(parquet)
    folder, sums = revisions_of(settings, mark), {}
    for name, content in (("revisions.parquet", parquet.getvalue()), ("revisions.csv", csv.encode())):
        write_whole(folder / name, content)
        sums[name] = sha256_of(folder / name)
    return sums


def _freeze(settings: Settings, release: Release) -> None:
    """A DuckDB file that is opened to be written to changes, even if nothing is written."""
    for path in folder_of(settings, release).rglob("*"):
        if path.is_file():
            path.chmod(0o444)
