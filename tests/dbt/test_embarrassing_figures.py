"""Six figures that would embarrass the publisher, each at the top by the plain arithmetic and not by ours.

A nation of twelve alike forces, of which six each have one thing that flatters them: accounts were merged,
comments are switched off, messages were not collected, one post went round the world, nine people asked, a
machine answers. One warehouse holds them all; the platform is the one on which each of them can happen.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.registry.corrections import NONE
from pipelines.registry.incidents import NONE as NO_INCIDENT
from pipelines.registry.neighbourhoods import NONE as NO_NEIGHBOURHOOD
from pipelines.registry.rate_cards import NONE as NO_RATE_CARD
from pipelines.registry.staffed_hours import NONE as NO_HOURS
from tests.dbt.conftest import Project
from tests.dbt.test_builds import ACCOUNTS, EVENTS, empty_landing, read
from tests.landing.landed import land

pytestmark = pytest.mark.long

MERGED, SILENT, UNCOLLECTED, VIRAL, FEW, ROBOT = "kent", "essex", "surrey", "sussex", "norfolk", "suffolk"
ALIKE = ("cheshire", "cumbria", "durham", "dorset", "hampshire", "lancashire")
FORCES = (MERGED, SILENT, UNCOLLECTED, VIRAL, FEW, ROBOT, *ALIKE)
MONDAY, MERGED_ON = date(2026, 3, 9), date(2026, 3, 12)
WEEK = [MONDAY + timedelta(days=n) for n in range(7)]
FIRST, LAST = MONDAY - timedelta(days=7), MONDAY + timedelta(days=16)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
#: The last days on which the messages of one force could be had.
COLLECTED = WEEK[:2]
HOURS = (8, 11, 14, 17)
Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One question below a post: when, answered after how long or never, by a machine or a person."""

    at: datetime
    seconds: int | None = None
    is_machine: bool = False


def account_of(force: str, day: date) -> list[str]:
    """The force's accounts that are open on a day."""
    both = [f"youtube:{force}-1", f"youtube:{force}-2"]
    return both if force == MERGED and day < MERGED_ON else both[:1]


def posts_of(force: str, people: int, day: date) -> list[Row]:
    """Four posts a day, by turns of its accounts; a thousand views for each million residents or so."""
    made = []
    for number, hour in enumerate(HOURS):
        account = account_of(force, day)
        usual = people * (95 + (day.day * 7 + number * 5 + len(force)) % 11) // 100_000
        views = 1000 * usual if force == VIRAL and (day, number) == (WEEK[2], 0) else usual
        made.append(
            {
                "account_id": account[number % len(account)],
                "video_id": f"{force}-{day}-{number}",
                "published_at_utc": datetime.combine(day, time(hour)),
                "view_count": views,
                "like_count": views // 20,
                "comment_count": None if force == SILENT else 2,
            }
        )
    return made


def asked_below(force: str, post: Row) -> list[Asked]:
    """Two questions, one of which is answered within the hour; what flatters a force is here."""
    at = post["published_at_utc"] + timedelta(minutes=30)
    day, hour = post["published_at_utc"].date(), post["published_at_utc"].hour
    usual = [Asked(at, 1200), Asked(at + timedelta(minutes=5), 90_000 if hour == HOURS[0] else None)]
    if force == SILENT:
        return []
    if force == FEW:
        return usual[:1] if hour == HOURS[0] or (hour == HOURS[1] and day in WEEK[:2]) else []
    if force == ROBOT:
        return [Asked(one.at, 2, is_machine=True) for one in usual]
    if force == UNCOLLECTED and day in COLLECTED:
        return [Asked(one.at, 600) for one in usual]
    return usual


def messages_of(force: str, post: Row) -> list[Row]:
    """What was asked below a post, and the replies."""
    found = []
    for number, one in enumerate(asked_below(force, post)):
        thread = f"{post['video_id']}-{number}"
        below: Row = {
            "account_id": post["account_id"],
            "video_id": post["video_id"],
            "thread_id": thread,
            "post_published_at_utc": post["published_at_utc"],
            "has_question_mark": True,
        }
        found.append(
            below
            | {
                "comment_id": thread,
                "direction": "inbound",
                "author_key": f"asker-{thread}",
                "published_at_utc": one.at,
                "wording_key": thread,
            }
        )
        if one.seconds is not None:
            found.append(
                below
                | {
                    "comment_id": f"{thread}-reply",
                    "direction": "outbound",
                    "answered_comment_id": thread,
                    "published_at_utc": one.at + timedelta(seconds=one.seconds),
                    "wording_key": "thanks-we-have-it" if one.is_machine else f"{thread}-reply",
                }
            )
    return found


def log(own: Row, entity: str, rows: int, status: str = "landed") -> Row:
    status = status if rows or status != "landed" else "empty"
    counts = {"row_count": rows, "seen_count": rows, "request_count": 1, "unit_count": 1}
    said = {"reason": "" if status != "failed" else "timeout", "detail": "", "unknown_field_count": 0}
    return own | counts | said | {"platform": "youtube", "entity": entity, "status": status}


def pulled(day: date, people: dict[str, int]) -> dict[str, list[Row]]:
    """What the pull at half past five brings: posts of the last nine days, messages since yesterday's."""
    at = datetime.combine(day, time(5, 30))
    yesterday = at - timedelta(days=1)
    found: dict[str, list[Row]] = {"profiles": [], "posts": [], "messages": [], "requests": []}
    for force in FORCES:
        posts = [
            post
            for back in range(1, 10)
            for post in posts_of(force, people[force], day - timedelta(days=back))
        ]
        messages = [row for post in posts for row in messages_of(force, post)]
        is_cut = force == UNCOLLECTED and day > COLLECTED[-1]
        for account in account_of(force, day - timedelta(days=28)):
            own = {"account_id": account, "force_id": force, "pulled_at_utc": at}
            rows = {
                "profiles": [{"channel_id": account, "subscriber_count": people[force] // 20}],
                "posts": [post for post in posts if post["account_id"] == account],
                "messages": [
                    row
                    for row in messages
                    if row["account_id"] == account
                    and yesterday < row["published_at_utc"] <= at
                    and not is_cut
                ],
            }
            for entity, of_entity in rows.items():
                found[entity] += [own | row for row in of_entity]
                status = "failed" if entity == "messages" and is_cut else "landed"
                found["requests"].append(log(own, entity, len(of_entity), status))
    return found


def write_register(folder: Path) -> None:
    folder.mkdir()
    accounts = "".join(
        f"{account},{force},youtube,{account[8:]},{account},corporate,,invented,2026-01-01,\n"
        for force in FORCES
        for account in account_of(force, FIRST)
    )
    (folder / "accounts.csv").write_text(ACCOUNTS.partition("\n")[0] + "\n" + accounts)
    (folder / "account_events.csv").write_text(
        EVENTS.partition("\n")[0]
        + f"\nyoutube:{MERGED}-2,merged_into,{MERGED_ON},,youtube:{MERGED}-1,invented,\n"
    )
    (folder / "corrections.csv").write_text(NONE)
    (folder / "incidents.csv").write_text(NO_INCIDENT)
    (folder / "staffed_hours.csv").write_text(NO_HOURS)
    (folder / "rate_cards.csv").write_text(NO_RATE_CARD)
    (folder / "neighbourhoods.csv").write_text(NO_NEIGHBOURHOOD)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The warehouse of the nation, three weeks and a half of it."""
    folder = tmp_path_factory.mktemp("embarrassing")
    write_register(folder / "register")
    project, landing = Project(folder, register=folder / "register"), empty_landing(folder)
    people = {
        row["force_id"]: int(row["population"])
        for row in project.seed("force_populations")
        if row["vintage"] == "mid-2024"
    }
    for day in DAYS:
        unique = f"{datetime.combine(day, time(5, 30), UTC):%Y%m%dT%H%M%S}-aaaaaaaa"
        land(landing, "youtube", day, f"r{day.toordinal():08d}-{unique}", pulled(day, people))
    read(landing, project)
    project.dbt("build", "--exclude-resource-type", "unit_test")
    return project


def cells(nation: Project, indicator: str, monday: date = MONDAY) -> dict[str, Row]:
    """Each force's figure of a week, its reason, rank and verdict."""
    columns = "area_id, value, n, value_note, note_detail, is_break, rank, ranked_of, verdict, rank95_high"
    found = nation.ask(
        f"select {columns}, top_quarter_probability from bench_values "
        "left join bench_comparisons using (indicator_id, area_id, platform, account_scope, period_type, "
        "period_start) left join bench_ranks using (indicator_id, area_id, platform, account_scope, "
        f"period_type, period_start) where indicator_id = '{indicator}' and platform = 'youtube' "
        f"and account_scope = 'all' and period_type = 'week' and period_start = date '{monday}'".replace(
            "value, n", "bench_values.value, n"
        )
    )
    names = [*columns.replace(" ", "").split(","), "top_quarter_probability"]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found if row[0] in FORCES}


def asked_in_the_week(force: str) -> list[Asked]:
    return [one for day in WEEK for post in posts_of(force, 10**6, day) for one in asked_below(force, post)]


def plain_share(questions: list[Asked]) -> float:
    """Answered within the hour, by whomever."""
    return sum(one.seconds is not None and one.seconds <= 3600 for one in questions) / len(questions)


def test_the_forces_that_are_alike_are_ranked_and_similar(nation: Project) -> None:
    for indicator in ("posts_per_week", "views_7d_per_1k", "answered_1h_pct"):
        found = cells(nation, indicator)
        assert {found[force]["verdict"] for force in ALIKE} == {"similar"}
        assert all(found[force]["rank"] for force in ALIKE)


def test_no_force_is_at_rank_1_by_merging(nation: Project) -> None:
    """As many posts from half of the accounts: twice the posts an account, and no more posts."""
    for indicator in ("posts_per_account_week", "posts_per_week", "views_7d_per_1k", "engagements_per_1k"):
        merged = cells(nation, indicator)[MERGED]
        assert merged["value"] is not None
        assert (merged["is_break"], merged["rank"], merged["verdict"]) == (True, None, "not_compared")
    week = timedelta(days=7)
    before, after = (cells(nation, "posts_per_week", MONDAY + by)[MERGED]["value"] for by in (-week, week))
    assert before == after == 7 * len(HOURS)


def test_no_force_is_at_rank_1_by_disabling_comments(nation: Project) -> None:
    """Nobody asks, so nobody waits; and the engagements that are left are fewer, not unknown."""
    assert cells(nation, "answered_1h_pct")[SILENT]["rank"] is None
    found = cells(nation, "engagements_per_1k")
    assert found[SILENT]["value"] is not None
    assert "comments" in found[SILENT]["note_detail"]
    assert found[SILENT]["rank"] == found[SILENT]["ranked_of"]


def test_no_force_is_at_rank_1_by_not_being_collected(nation: Project) -> None:
    """All that could be had of the week was answered within the hour: what was asked on one day of seven."""
    had = [one for one in asked_in_the_week(UNCOLLECTED) if one.at.date() < COLLECTED[-1]]
    assert had
    assert plain_share(had) == 1
    cell = cells(nation, "answered_1h_pct")[UNCOLLECTED]
    assert (cell["value"], cell["value_note"], cell["rank"]) == (None, "not_collected", None)


def test_no_force_is_at_rank_1_by_one_viral_post(nation: Project) -> None:
    """Its rank of the week rests on one day, and says so: without that day it could be any."""
    cell = cells(nation, "views_7d_per_1k")[VIRAL]
    assert cell["rank"] == 1
    assert cell["rank95_high"] > cell["ranked_of"] / 2
    assert cell["top_quarter_probability"] < 0.8


def test_no_force_is_at_rank_1_by_nine_messages(nation: Project) -> None:
    nine = asked_in_the_week(FEW)
    assert (len(nine), plain_share(nine)) == (9, 1)
    cell = cells(nation, "answered_1h_pct")[FEW]
    assert (cell["value"], cell["value_note"], cell["rank"]) == (None, "suppressed", None)


def test_no_force_is_at_rank_1_by_a_robot_that_answers(nation: Project) -> None:
    assert plain_share(asked_in_the_week(ROBOT)) == 1
    cell = cells(nation, "answered_1h_pct")[ROBOT]
    assert (cell["value"], cell["rank"], cell["verdict"]) == (0, cell["ranked_of"], "worse")
    assert cells(nation, "acknowledged_pct")[ROBOT]["value"] == 100
