"""What lands of one force moves no other's figures; a count that is missing takes figures away and changes
none, least of all to 0; and nobody stands better for a question that was not answered.

A small synthetic landing (tests/benchmarks/generate.py) is built as it is, and once more with a force of
which nothing landed, forces whose platforms each withhold one of their counts, and forces of which everybody
who asks is joined by somebody who asks the same and is not answered.
"""

import shutil
from collections.abc import Mapping
from math import isclose
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.gates.landing_gate import suites_digest
from pipelines.landing.store import Landing, open_landing
from pipelines.registry import load
from pipelines.settings import SEEDS, Settings
from pipelines.sources import catalogue
from pipelines.sources.account_pull import COUNT
from pipelines.warehouse.build import build
from tests.benchmarks.generate import UNTIL, generate
from tests.benchmarks.world import PLATFORMS

pytestmark = [pytest.mark.dbt, pytest.mark.long]
DAYS = 45
SILENT, ASKED = "kent", ("essex", "surrey", "west-midlands")
#: A count of a platform: its entity, and the platform's own name.
Withheld = tuple[str, str]
Cells = dict[tuple[Any, ...], dict[str, Any]]
CELL = ("indicator_id", "area_id", "platform", "account_scope", "period_type", "period_start")
#: Of a profile's counts those that a figure is made of.
FOLLOWERS = ("followers_count", "subscriber_count")
#: A video without a count of comments is one whose owner has switched them off.
NO_COMMENTS = ("youtube", "posts", "comment_count")
#: Made of what all forces answered, so that each is a part of every other's.
RELATIVE = "answered_1h_ratio"
#: An hour of the week counts from three conversations on, and the third may be one that nobody answered.
FROM_THREE = "hours_covered_pct"


def counts(platform: str) -> list[Withheld]:
    """Every count that the platform's profiles and posts have."""
    entities = catalogue.source(platform).ENTITIES
    return [
        (entity, name)
        for entity in ("profiles", "posts")
        for name, kind in entities[entity].items()
        if kind == COUNT
    ]


def changed(
    platform: str, frames: Mapping[str, pl.DataFrame], lacks: Mapping[str, Withheld]
) -> dict[str, pl.DataFrame]:
    """A run's rows without those of one force, without a count of others, and with more who ask."""
    found = {entity: rows.filter(pl.col("force_id") != SILENT) for entity, rows in frames.items()}
    for force, (entity, name) in lacks.items():
        found[entity] = found[entity].with_columns(
            pl.when(pl.col("force_id") != force).then(name).alias(name)
        )
    key = catalogue.source(platform).KEYS["messages"]
    asked = found["messages"].filter(pl.col("force_id").is_in(ASKED), pl.col("direction") == "inbound")
    joined = asked.with_columns(pl.col(key) + "-joined", pl.col("author_key") + "-joined")
    return found | {"messages": pl.concat([found["messages"], joined])}


def cells(settings: Settings, landing: Landing) -> Cells:
    """Every force's cells of a build from nothing, with what their indicator says of itself."""
    build(settings, landing, "from-nothing", full=True)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        rows = connection.sql(
            "select v.*, i.polarity, i.known_by, i.numerator_measure from bench_values as v "
            "join dim_indicator as i using (indicator_id) join dim_force as f on v.area_id = f.force_id"
        )
        return {tuple(row[name] for name in CELL): row for row in rows.pl().iter_rows(named=True)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cells, Cells, dict[str, dict[str, Withheld]]]:
    """The cells of what landed, those of the changed landing, and by platform and force what is withheld."""
    whole, other = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("other")
    generate(whole, DAYS, UNTIL, scale=0.06)
    shutil.copytree(whole / "register", other / "register")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("BEATBOOK_HOME", str(whole))
        before = Settings()
        monkeypatch.setenv("BEATBOOK_HOME", str(other))
        after = Settings()
    for settings in (before, after):
        settings.prepare()
    landed, landing = open_landing(before), open_landing(after)
    others = [force for force in load(before.register, SEEDS).forces if force not in (SILENT, *ASKED)]
    lacks = {platform: dict(zip(others, counts(platform), strict=False)) for platform in PLATFORMS}
    for platform in PLATFORMS:
        entities = [entity for source, entity in landed.schemas if source == platform]
        for day, run_id in landed.runs(platform):
            frames = {entity: landed.read(platform, entity, day, run_id) for entity in entities}
            found = changed(platform, frames, lacks[platform])
            landing.write(platform, day, run_id, found, suites=suites_digest())
    return cells(before, landed), cells(after, landing), lacks


def different(row: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The columns in which two cells differ, by more than the order of a sum can make."""
    return [
        name
        for name, one in row.items()
        if one != other[name]
        and not (isinstance(one, float) and other[name] is not None and isclose(one, other[name]))
    ]


def test_another_force_and_what_it_lacks_moves_nobodys_figures(built: Any) -> None:
    before, after, lacks = built
    lacking = {(platform, force) for platform, by_force in lacks.items() for force in by_force}
    compared = 0
    for key, row in before.items():
        indicator_id, force, platform = key[:3]
        if force in (SILENT, *ASKED) or (platform, force) in lacking or indicator_id == RELATIVE:
            continue
        assert different(row, after[key]) == [], key
        compared += row["value"] is not None
    assert compared > 5000


def test_of_whom_nothing_landed_there_is_no_figure_and_no_zero(built: Any) -> None:
    before, after, _ = built
    register = {"accounts_per_100k", "platforms_used"}
    own = [row for key, row in after.items() if key[1] == SILENT and key[0] not in register]
    assert any(row["value"] is not None for key, row in before.items() if key[1] == SILENT)
    assert [row for row in own if row["value"]] == []
    # Of the days that were due none are known: that share, and nothing else, is 0.
    assert {row["indicator_id"] for row in own if row["value"] == 0} <= {
        "posts_collected_pct",
        "messages_collected_pct",
        "neighbourhoods_without_account_pct",
        "residents_with_neighbourhood_account_pct",
    }


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_count_that_is_not_there_takes_figures_away_and_changes_none(built: Any, platform: str) -> None:
    before, after, lacks = built
    lost: dict[str, set[str]] = {force: set() for force in lacks[platform]}
    for key, row in before.items():
        indicator_id, force = key[:2]
        if key[2] != platform or force not in lost or indicator_id == RELATIVE or row["value"] is None:
            continue
        changes = different(row, after[key])
        if after[key]["value"] is None:
            assert after[key]["value_note"] == "not_collected", key
            lost[force].add(indicator_id)
        elif (platform, *lacks[platform][force]) == NO_COMMENTS and "note_detail" in changes:
            # A structural zero, and the cell says so (METHOD 5).
            assert "comments are switched off on" in after[key]["note_detail"], key
            lost[force].add(indicator_id)
        else:
            assert changes == [], (key, lacks[platform][force])
    # Each count that a figure is made of was withheld, and took it away.
    assert {name: bool(lost[force]) for force, (_, name) in lacks[platform].items()} == {
        name: entity == "posts" or name in FOLLOWERS for entity, name in counts(platform)
    }


def test_nobody_stands_better_for_a_question_that_was_not_answered(built: Any) -> None:
    before, after, _ = built
    worse = 0
    for key, row in before.items():
        if key[1] not in ASKED or row["known_by"] != "messages" or key[0] == FROM_THREE:
            continue
        then, now = row["value"], after[key]["value"]
        if then is None or now is None or row["polarity"] == "none":
            continue
        better = now - then if row["polarity"] == "higher_is_better" else then - now
        assert better <= 1e-9, key
        worse += better < 0
    assert worse > 100
