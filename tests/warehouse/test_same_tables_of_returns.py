"""However returns arrive, overlap, are withdrawn and replaced, and however often it was built between: the
tables are those of a build from nothing.

What three forces posted, were asked and answered in ten months is made once for each seed; returns show parts
of it, late or soon, whole conversations or what falls into their period.
"""

import random
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from pipelines.landing.store import open_landing
from pipelines.returns import submit as submission
from pipelines.returns.sent import withdraw
from pipelines.settings import Profile
from pipelines.warehouse.build import current_build
from tests.e2e.returning import MESSAGES, POSTS, Warehouse, csv, warehouse
from tests.warehouse.test_same_tables import SEEDS, tables

HANDLES = {"kent": "kentpolice", "essex": "EssexPoliceUK", "surrey": "SurreyPolice"}
BEGIN = datetime(2026, 1, 10, 9)  # noqa: DTZ001  (naive UTC)
DAYS = 270
WHO = ("force_id", "platform", "handle")
Row = tuple[object, ...]
#: A message: thread, columns of its row, when it was sent.
Said = tuple[str, Row, datetime]


class World:
    """All that there is to return, and the dice that choose of it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.posts = {force: [self._moment() for _ in range(150)] for force in HANDLES}
        self.came = {force: [self._outcome(at) for at in made] for force, made in self.posts.items()}
        self.said = {force: [m for n in range(120) for m in self._thread(n)] for force in HANDLES}

    def _moment(self) -> datetime:
        return BEGIN + timedelta(minutes=self.dice.randrange(DAYS * 24 * 60))

    def _outcome(self, posted: datetime) -> date | None:
        """When something came of a post: soon, too late to count, or never."""
        return posted.date() + timedelta(days=self.dice.randrange(40)) if self.dice.random() < 0.4 else None

    def _thread(self, number: int) -> list[Said]:
        """Questions of one or two, or of nobody knows whom; answers, addressed or not, soon or late."""
        at, name = self._moment(), f"t{number}"
        channel = self.dice.choice(["public", "public", "direct"])
        people = self.dice.choice([["ann"], ["ann", "bob"], [None]])
        made: list[Said] = []
        for step in range(self.dice.randint(1, 6)):
            is_ours = step > 0 and self.dice.random() < 0.5
            author = None if is_ours else self.dice.choice(people)
            to = f"{name}-0" if is_ours and self.dice.random() < 0.5 else None
            direction = "outbound" if is_ours else "inbound"
            row = (channel, name, f"{name}-{step}", direction, f"{at}Z", author, to)
            made.append((name, row, at))
            at += timedelta(hours=self.dice.choice([0.2, 2, 20, 30, 400]))
        return made

    def some_return(self, landed: date) -> tuple[str, str, str, str]:
        """Text, first and last day, and export of a return that lands on a day."""
        force = self.dice.choice(list(HANDLES))
        who = (force, "facebook", HANDLES[force])
        exported = datetime.combine(landed, time(5)) - timedelta(days=self.dice.choice([0, 0, 3]))
        last = exported.date() - timedelta(days=self.dice.choice([1, 1, 8, 60]))
        first = last - timedelta(days=self.dice.choice([6, 30, 45]))
        declared = (str(first), str(last), f"{exported}Z")
        kind = self.dice.random()
        if kind < 0.35:
            came = [
                (*who, f"{force}-{n}", "located", day)
                for n, day in enumerate(self.came[force])
                if day and first <= day <= last
            ]
            return (csv((*WHO, "post_id", "outcome", "outcome_date"), came), *declared)
        if kind < 0.6:
            rows = [
                (
                    *who,
                    f"{force}-{n}",
                    f"{at}Z",
                    f"{self._read_at(at, exported)}Z",
                    "post",
                    self.dice.randrange(99),
                    "Can you help us find a missing boy?" if n % 2 else "We appeal for witnesses.",
                )
                for n, at in enumerate(self.posts[force])
                if first <= at.date() <= last
            ]
            return (csv(("force_id", *POSTS, "reach_count", "text"), rows), *declared)
        said = [m for m in self.said[force] if m[2] < exported]
        inside = {thread for thread, _, at in said if first <= at.date() <= last}
        is_whole = self.dice.random() < 0.5
        shown = [
            (*who, *row)
            for thread, row, at in said
            if thread in inside and (is_whole or first <= at.date() <= last)
        ]
        return (csv(("force_id", *MESSAGES, "author_key", "in_reply_to"), shown), *declared)

    def _read_at(self, at: datetime, exported: datetime) -> datetime:
        return min(exported, at + timedelta(days=7, hours=3)) if self.dice.random() < 0.5 else exported


def submit_one(made: Warehouse, world: World, landed: date, monkeypatch: pytest.MonkeyPatch) -> str | None:
    monkeypatch.setattr(Profile, "today", lambda _: landed)
    text, *declared = world.some_return(landed)
    if text.count("\n") == 1:
        return None
    try:
        return made.submit(text, *declared)
    except submission.OtherwiseDeclaredError:  # the same rows in another period
        return None


@pytest.mark.dbt
@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_any_sequence_of_returns_ends_in_the_tables_of_a_build_from_nothing(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, world = warehouse(tmp_path / "home", monkeypatch), World(seed)
    landed, counting = date(2026, 2, 20), list[str]()
    for _ in range(14):
        landed += timedelta(days=world.dice.randint(2, 16))
        counting += filter(None, [submit_one(made, world, landed, monkeypatch)])
    made.build()
    for _ in range(4):
        landed += timedelta(days=world.dice.randint(1, 9))
        counting += filter(None, [submit_one(made, world, landed, monkeypatch)])
        if world.dice.random() < 0.7:
            wrong = counting.pop(world.dice.randrange(len(counting)))
            withdraw(made.settings, open_landing(made.settings), wrong, "an analyst", "of another page")
        if world.dice.random() < 0.5:
            counting += filter(None, [submit_one(made, world, landed, monkeypatch)])
        made.build()
    build = current_build(made.settings)
    assert build is not None
    assert build.from_nothing == ""
    piecemeal = tables(made.settings.warehouse)
    made.build(full=True)
    whole = tables(made.settings.warehouse)
    assert piecemeal.keys() == whole.keys()
    for name, rows in whole.items():
        assert piecemeal[name] == rows, name
    assert any(row for row in whole["fct_conversations"])
    assert any(row for row in whole["fct_posts"])
    purposes = made.rows("fct_purpose_days")
    assert any(row["outcome_post_count"] for row in purposes)
    assert any(row["followed_count"] < row["post_count"] for row in purposes)
