"""The invented register: which accounts exist, and what was declared about them beforehand.

Here: the rows of accounts.csv, account_events.csv, incidents.csv, staffed_hours.csv, rate_cards.csv and
neighbourhoods.csv, as a real register would hold them.
Not here: what the register does not know: the rename, the takedown, the suspension (story.py).
"""

import csv
import io
from collections.abc import Iterable, Sequence

from sandbox import clock, story
from sandbox.audience import is_merged_away
from sandbox.forces import forces
from sandbox.nation import Account, nation
from sandbox.neighbourhoods import neighbourhoods

SOURCE = "sandbox (invented)"
SOURCE_DATE = "2026-10-01"
NOTE = "invented account"
ACCOUNT_COLUMNS = (
    "account_id",
    "force_id",
    "platform",
    "handle",
    "platform_account_id",
    "account_type",
    "url",
    "source",
    "source_date",
    "note",
)
EVENT_COLUMNS = (
    "account_id",
    "event_type",
    "event_date",
    "new_handle",
    "into_account_id",
    "source",
    "note",
)
INCIDENT_COLUMNS = (
    "incident_id",
    "incident_name",
    "incident_type",
    "force_id",
    "from_date",
    "until_date",
    "declared_by",
    "declared_date",
    "source",
)

RATE_CARD_COLUMNS = (
    "rate_card_id",
    "card_version",
    "platform",
    "metric",
    "gbp_per_1k",
    "from_date",
    "until_date",
    "source",
    "source_url",
    "declared_by",
    "declared_date",
)
#: Invented pounds for 1,000 in the sandbox's year; YouTube's rise a little with the second version.
_PRICES = (
    ("facebook", "view_count", "4.20"),
    ("facebook", "reach_count", "5.10"),
    ("instagram", "view_count", "4.80"),
    ("instagram", "reach_count", "5.60"),
    ("linkedin", "impression_count", "21.00"),
    ("x", "impression_count", "3.70"),
    ("youtube", "view_count", "6.40"),
)
_VERSIONS = (("1", "2026-01-01", "2026-10-31"), ("2", "2026-11-01", "2026-12-31"))
_RISEN = {("youtube", "2"): "6.90"}


STAFFED_COLUMNS = (
    "force_id",
    "account_id",
    "valid_from_date",
    "valid_until_date",
    "weekdays",
    "opens_at",
    "closes_at",
    "is_bank_holiday_staffed",
    "declared_by",
    "declared_date",
    "source",
)
EVERY_DAY, WORKING_DAYS = "mon|tue|wed|thu|fri|sat|sun", "mon|tue|wed|thu|fri"
#: Whose hours are declared, from when until when, on which days, and whether bank holidays are staffed:
#: office hours, around the clock, until midnight, across it, another desk for one account, one account alone,
#: and hours that change on the way.
STAFFED = (
    ("essex", "", "2026-01-05", "", WORKING_DAYS, "09:00", "17:00", "false"),
    ("hampshire", "", "2026-01-05", "", EVERY_DAY, "06:00", "26:00", "true"),
    ("lancashire", "bluesky:lancashire", "2026-01-05", "", EVERY_DAY, "07:00", "23:00", "true"),
    ("metropolitan", "", "2026-01-05", "", EVERY_DAY, "00:00", "24:00", "true"),
    ("northumbria", "", "2026-01-05", "2026-10-21", WORKING_DAYS, "08:00", "18:00", "false"),
    ("northumbria", "", "2026-10-22", "", EVERY_DAY, "07:00", "23:00", "true"),
    ("sussex", "", "2026-01-05", "", EVERY_DAY, "07:00", "24:00", "true"),
    ("west-yorkshire", "", "2026-01-05", "", WORKING_DAYS, "08:00", "18:00", "false"),
    ("west-yorkshire", "bluesky:west-yorkshire", "2026-01-05", "", WORKING_DAYS, "07:00", "20:00", "false"),
    ("west-yorkshire", "bluesky:west-yorkshire", "2026-01-05", "", "sat|sun", "10:00", "16:00", "true"),
)


NEIGHBOURHOOD_COLUMNS = (
    "force_id",
    "neighbourhood_id",
    "neighbourhood_name",
    "resident_count",
    "no_residents_because",
    "account_ids",
    "valid_from_date",
    "valid_until_date",
    "source",
    "source_date",
)


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV text; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _known_id(account: Account) -> str:
    """Some Mastodon ids are left for the client to look up."""
    is_left_out = account.platform == "mastodon" and account.index % 3 == 0
    return "" if is_left_out else account.platform_id


def accounts_csv(seed: int) -> str:
    """accounts.csv."""
    return write_csv(
        ACCOUNT_COLUMNS,
        (
            (
                a.account_id,
                a.force_id,
                a.platform,
                a.handle,
                _known_id(a),
                a.account_type,
                a.url,
                SOURCE,
                SOURCE_DATE,
                NOTE,
            )
            for a in sorted(nation(seed).accounts, key=lambda a: a.account_id)
        ),
    )


def account_events_csv(seed: int) -> str:
    """account_events.csv: the merges, declared before they happen."""
    merged = sorted(a.account_id for a in nation(seed).accounts if is_merged_away(a))
    return write_csv(
        EVENT_COLUMNS,
        (
            (
                account_id,
                "merged_into",
                story.MERGE_DATE,
                "",
                f"{account_id.partition(':')[0]}:{story.MERGE_FORCE}",
                SOURCE,
                "declared beforehand",
            )
            for account_id in merged
        ),
    )


def incidents_csv() -> str:
    """incidents.csv: what happens in the story, declared by whom it happened to."""
    surge_end = story.SURGE_START + (len(story.SURGES["bluesky:cleveland"]) - 2) * clock.DAY
    incidents = (
        ("dam", "Dam in danger", "emergency", story.DAM_FORCE, story.DAM_START, story.DAM_END - clock.DAY),
        ("disorder", "Disorder", "disorder", "cleveland", story.SURGE_START, surge_end),
    )
    return write_csv(
        INCIDENT_COLUMNS,
        (
            (
                *names,
                clock.date_text(first),
                clock.date_text(last),
                "the force",
                clock.date_text(first),
                SOURCE,
            )
            for *names, first, last in incidents
        ),
    )


def staffed_hours_csv() -> str:
    """staffed_hours.csv: when some of the forces have somebody at the desk, as they declared it."""
    rows = ((*hours, "the force", hours[2], SOURCE) for hours in STAFFED)
    return write_csv(STAFFED_COLUMNS, rows)


def rate_cards_csv() -> str:
    """rate_cards.csv: what nobody ever asked for anything; its source says so."""
    return write_csv(
        RATE_CARD_COLUMNS,
        (
            (
                "sandbox-card",
                version,
                platform,
                metric,
                _RISEN.get((platform, version), price),
                first,
                last,
                SOURCE,
                "https://sandbox.invalid/rate-card",
                "the sandbox",
                SOURCE_DATE,
            )
            for platform, metric, price in _PRICES
            for version, first, last in _VERSIONS
        ),
    )


def _residents(population: str) -> tuple[str, str]:
    """How many there are, or why nobody knows."""
    if population == "0":
        return "", "zero"
    return (population, "") if population.isdecimal() else ("", "not_a_number")


def neighbourhoods_csv(seed: int) -> str:
    """neighbourhoods.csv: those that data.police.uk lists, with all accounts that serve them."""
    return write_csv(
        NEIGHBOURHOOD_COLUMNS,
        (
            (
                force.force_id,
                one.neighbourhood_id,
                one.name,
                *_residents(one.population),
                "|".join(one.account_ids),
                SOURCE_DATE,
                "",
                SOURCE,
                SOURCE_DATE,
            )
            for force in forces()
            if force.on_police_uk
            for one in neighbourhoods(seed, force)
        ),
    )
