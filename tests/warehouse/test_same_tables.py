"""Whatever the order and the splitting in which things landed, however often it was built between, killed or
not: the tables are those of a build from nothing.

A small synthetic landing (tests/benchmarks/generate.py) is handed out in pieces; what differs between seeds
is which runs arrive late, which are judged again, and between which pieces it is built.
"""

import os
import random
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.landing.store import Landing, open_landing
from pipelines.settings import Settings
from pipelines.warehouse.build import build, current_build
from tests.benchmarks.generate import UNTIL, generate
from tests.landing.landed import refused

DAYS = 45
#: SEEDS=3 tries three sequences; each takes minutes.
SEEDS = range(1, 1 + int(os.environ.get("SEEDS", "1")))
#: What a build reads and does not keep: staging views, and tables that hold what the last build read, the
#: waiting times behind the curves that it computed, or the draws behind its ranks.
NOT_KEPT = (
    *("stg_", "int_", "fct_response_members", "fct_response_waits", "fct_response_pieces"),
    *("fct_response_standards", "bench_possible_cells", "bench_cells", "bench_rank_draws"),
)


def settings_of(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(home))
    settings = Settings()
    settings.prepare()
    return settings


def tables(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every kept table's rows, sorted."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = [name for (name,) in connection.sql("select table_name from duckdb_tables()").fetchall()]
        kept = sorted(name for name in names if not name.startswith(NOT_KEPT))
        return {name: connection.sql(f"select * from {name} order by all").fetchall() for name in kept}


def hand_over(whole: Path, home: Path, runs: list[Path]) -> None:
    """Copy these runs of the whole landing (their manifests) to the home: rows, log and verdict."""
    for manifest in runs:
        source, day = manifest.parents[2].name, manifest.parent.name
        for path in (whole / "landing" / source).glob(f"*/{day}/{manifest.stem}.*"):
            target = home / path.relative_to(whole)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def judge_again(landing: Landing, *, is_refused: bool) -> None:
    """The oldest run of Mastodon but two, and one account of it, is judged anew."""
    day, run_id = list(landing.runs("mastodon"))[2]
    asked = landing.read("mastodon", "requests", day, run_id)
    account = refused(asked["account_id"][0], asked["force_id"][0], "mastodon")
    landing.judge("mastodon", day, run_id, [account] if is_refused else [])


@pytest.mark.dbt
@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_any_sequence_of_builds_ends_in_the_tables_of_a_build_from_nothing(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    whole, home = tmp_path / "whole", tmp_path / "home"
    generate(whole, DAYS, UNTIL, scale=0.06, seed=seed)
    settings = settings_of(home, monkeypatch)
    shutil.copytree(whole / "register", settings.register)
    landing = open_landing(settings)

    runs = sorted((whole / "landing").glob("*/runs/day=*/*.json"), key=lambda path: path.name)
    late = dice.sample(runs[30:-9], 3)  # landed long after their day
    in_time = [run for run in runs if run not in late]
    cut = len(in_time) - 9
    pieces = [in_time[:cut], in_time[cut : cut + 3], [*late, *in_time[cut + 3 : cut + 6]], in_time[cut + 6 :]]
    for number, piece in enumerate(pieces):
        hand_over(whole, home, piece)
        if number == 1:
            judge_again(landing, is_refused=True)
        if number == 2:
            judge_again(landing, is_refused=False)
        if number == dice.choice([1, 2]):  # killed half-way: what it left beside is nobody's
            settings.building.write_bytes(b"half a warehouse")
        build(settings, landing, f"build-{number}")

    made = current_build(settings)
    assert made is not None
    assert made.window.posts_from_date > made.window.history_from_date, "the last build computed everything"
    piecemeal = tables(settings.warehouse)
    build(settings, landing, "from-nothing", full=True)
    whole_tables = tables(settings.warehouse)
    assert piecemeal.keys() == whole_tables.keys()
    for name, rows in whole_tables.items():
        assert piecemeal[name] == rows, name
    assert len(whole_tables["bench_values"]) > 1000
    assert len(whole_tables["bench_neighbourhoods"]) > 100
