"""What has been announced of official releases, held against the calendar of now.

Belongs here: the date that a release names, and dates that were announced and have gone. Does not belong
here: the calendar's own rules (registry/release_calendar.py), or publishing (publish.py).
"""

from datetime import datetime

from pipelines.registry.release_calendar import FILE, all_dates, check_release_calendar, coming
from pipelines.release.official import officials
from pipelines.release.published import readable
from pipelines.settings import LONDON, SEEDS, Settings


def next_official(settings: Settings) -> dict[str, str]:
    """The next official release as the calendar has it: `month` and `at_utc`; empty where it has ended."""
    row = coming(check_release_calendar(SEEDS), settings.profile.present())
    return {"month": row.month.isoformat(), "at_utc": f"{row.at:%Y-%m-%dT%H:%M:%SZ}"} if row else {}


def unkept(settings: Settings) -> list[str]:
    """Which dates that releases named, or were made official for, stand in no row of the calendar any more: a
    row was changed or removed. One line each.

    Raises:
        DamagedReleaseError: the list of official releases cannot be read.
    """
    announced = [(mark.month.isoformat(), mark.announced_for_utc) for mark in officials(settings)]
    for release in readable(settings):
        announced.append((release.next_official.get("month", ""), release.next_official.get("at_utc", "")))
    kept = {(row.month.isoformat(), row.release_date) for row in all_dates(SEEDS)}
    found = {}
    for month, at_utc in announced:
        if at_utc:
            day = datetime.fromisoformat(at_utc).astimezone(LONDON).date()
            if (month, day) not in kept:
                found[month, day] = (
                    f"{day} was announced for {month[:7]}, and {FILE} has it no longer: put it back, and "
                    "move the date by a row below it"
                )
    return [found[key] for key in sorted(found)]
