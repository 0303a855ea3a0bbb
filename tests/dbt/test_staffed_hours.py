"""Staffed time of random conversations in random hours, against a plain walk through the days.

Belongs here: the models from the register's rows to the seconds of each conversation. Does not belong here:
which hours may be declared (tests/registry/test_staffed_hours.py), or single rules (the unit tests beside the
models).
"""

import csv
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipelines.registry import RegistryError, check_staffed_hours
from pipelines.registry.staffed_hours import FILE, NONE, WEEKDAYS, StaffedHours, minute
from pipelines.settings import SEEDS
from sandbox.register import account_events_csv, accounts_csv
from tests.dbt.conftest import Project

LONDON = ZoneInfo("Europe/London")
#: Round the nights on which the clocks change, Easter, the turn of the year with its holidays, and May's.
ROUND = (date(2025, 10, 26), date(2026, 3, 29), date(2026, 4, 5), date(2025, 12, 29), date(2026, 5, 4))
FIRST, LAST = date(2025, 10, 1), date(2026, 6, 30)
COUNTRIES = {"kent": "England", "police-scotland": "Scotland", "btp": ""}
ACCOUNTS = ("bluesky:kent", "bluesky:kent-north", "bluesky:police-scotland", "bluesky:btp", "mastodon:btp")
MODELS = (
    *("int_staffed_hours__scheduled", "int_accounts__scheduled", "int_staffed_hours__opened"),
    "int_conversations__staffed",
)
Conversation = tuple[str, str, datetime, bool, datetime | None, datetime]


def declared(folder: Path, dice: random.Random) -> list[StaffedHours]:
    """What a register may hold of twenty rows made by chance."""
    (folder / "accounts.csv").write_text(accounts_csv(7))
    (folder / "account_events.csv").write_text(account_events_csv(7))
    kept: list[str] = []
    for _ in range(20):
        force_id = dice.choice(list(COUNTRIES))
        own = [account for account in ACCOUNTS if account.partition(":")[2].startswith(force_id)]
        since = FIRST + timedelta(dice.choice([-200, 0, dice.randrange(240)]))
        until = dice.choice(["", str(since + timedelta(dice.randrange(1, 120)))])
        opens = dice.choice([0, 60, 90, 120, 480, 540, 1020, 1320, dice.randrange(1440)])
        closes = opens + dice.choice([30, 240, 480, 1440, dice.randrange(1, 1441)])
        days = sorted(dice.sample(range(7), dice.choice([1, 2, 5, 7])))
        cells = (
            *(force_id, dice.choice(["", "", *own]), since, until, "|".join(WEEKDAYS[day] for day in days)),
            *(f"{opens // 60:02}:{opens % 60:02}", f"{closes // 60:02}:{closes % 60:02}"),
            *(dice.choice(["true", "false"]), "the force", since, "made by chance"),
        )
        line = ",".join(map(str, cells)) + "\n"
        (folder / FILE).write_text(NONE + "".join([*kept, line]))
        try:
            check_staffed_hours(folder, SEEDS)
        except RegistryError:
            continue
        kept.append(line)
    (folder / FILE).write_text(NONE + "".join(kept))
    return check_staffed_hours(folder, SEEDS)


def asked(dice: random.Random) -> list[Conversation]:
    """Account, message, when it came, whether and when it was answered, until when it was followed."""
    found = []
    for nth in range(400):
        day = datetime.combine(dice.choice(ROUND), datetime.min.time()) + timedelta(dice.randrange(-6, 5))
        opened = day + timedelta(microseconds=dice.randrange(86_400_000_000))
        followed = opened + timedelta(seconds=dice.choice([0, 60, 3600, 86_400, dice.randrange(31 * 86_400)]))
        answered = opened + (followed - opened) * dice.random() if dice.random() < 0.6 else None
        found.append((dice.choice(ACCOUNTS), f"m{nth}", opened, answered is not None, answered, followed))
    return found


def in_utc(day: date, minutes: int) -> datetime:
    """Of a time that comes twice the first; one that is left out is 01:00 UTC, when the clocks go forward."""
    local = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    moment = local.replace(tzinfo=LONDON).astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None) != local:
        moment = moment.replace(hour=1, minute=0)
    return moment.replace(tzinfo=None)


def seconds(rows: list[StaffedHours], holidays: set[date], opened: datetime, until: datetime) -> float:
    """Those between two moments that lie in any of the rows."""
    total, day = timedelta(0), opened.date() - timedelta(2)
    while day <= until.date() + timedelta(1):
        for row in rows:
            is_on = WEEKDAYS[day.weekday()] in row.weekdays.split("|")
            if is_on and (row.is_bank_holiday_staffed or day not in holidays):
                start, end = in_utc(day, minute(row.opens_at)), in_utc(day, minute(row.closes_at))
                total += max(min(end, until) - max(start, opened), timedelta(0))
        day += timedelta(1)
    return total.total_seconds()


def expected(
    rows: list[StaffedHours], holidays: dict[str, set[date]], asked: Conversation
) -> tuple[object, object]:
    """How long the conversation waited, and was followed, by the hours of the day on which it came in."""
    account, _, opened, _, answered, followed = asked
    force = account.partition(":")[2].removesuffix("-north")
    own = [row for row in rows if row.account_id == account]
    day = opened.replace(tzinfo=UTC).astimezone(LONDON).date()
    held = [
        row
        for row in own or [row for row in rows if row.owner_id == force]
        if row.valid_from_date <= day <= (row.valid_until_date or date.max)
    ]
    if not held:
        return None, None
    off = holidays[COUNTRIES[force] or "England"]
    return seconds(held, off, opened, answered or followed), seconds(held, off, opened, followed)


@pytest.mark.parametrize("seed", range(6))
def test_staffed_time_is_that_of_a_plain_walk_through_the_days(
    project: Project, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    rows, conversations = declared(tmp_path, dice), asked(dice)
    holidays: dict[str, set[date]] = {}
    with (SEEDS / "bank_holidays.csv").open(encoding="utf-8") as file:
        for holiday in csv.DictReader(file):
            holidays.setdefault(holiday["country"], set()).add(date.fromisoformat(holiday["holiday_date"]))
    # A day's build begins anywhere: what came since is the same.
    first = dice.choice([FIRST, date(2025, 12, 28), date(2026, 3, 29)])
    values = ", ".join(
        "({}, {}, timestamp '{}', {}, {}, timestamp '{}')".format(
            repr(account),
            repr(message),
            opened,
            is_answered,
            f"timestamp '{reply}'" if reply else "null",
            until,
        )
        for account, message, opened, is_answered, reply, until in conversations
    )
    found = project.run(
        "select message_id, staffed_waited_seconds, staffed_followed_seconds from int_conversations__staffed",
        stg_landing__window=f"select date '{first}' as messages_from_date, date '{LAST}' as data_as_of_date",
        stg_register__staffed_hours=f"from read_csv('{tmp_path / FILE}', types = {{'account_id': 'varchar', "
        "'opens_at': 'varchar', 'closes_at': 'varchar', 'valid_until_date': 'date'})",
        stg_register__accounts=f"select account_id, force_id from read_csv('{tmp_path / 'accounts.csv'}')",
        forces=f"from read_csv('{SEEDS / 'forces.csv'}')",
        bank_holidays=f"from read_csv('{SEEDS / 'bank_holidays.csv'}')",
        int_conversations__answered=f"from (values {values}) as t (account_id, message_id, opened_at_utc, "
        "is_answered, first_reply_at_utc, followed_until_utc)",
        **{name: project.sql(name) for name in MODELS},
    )
    got = {message: (waited, followed) for message, waited, followed in found}
    assert len(got) == len(conversations)
    since = [one for one in conversations if one[2] >= datetime.combine(first, datetime.min.time())]
    wanted = {one[1]: expected(rows, holidays, one) for one in since}
    assert {message: got[message] for message in wanted} == {
        message: (pytest.approx(waited, abs=1e-6), pytest.approx(followed, abs=1e-6))
        for message, (waited, followed) in wanted.items()
    }
    told = [followed for _, followed in wanted.values() if followed is not None]
    assert any(told)
    assert len(told) < len(wanted)
