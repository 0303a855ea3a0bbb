"""Wrong figures are planted into a clean day: which of them are caught, whose, and that clean days pass."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.gates.landing_gate import judge
from pipelines.gates.weekdays import weekday_frames
from pipelines.landing.quarantine import MAX_FAILING_SHARE
from pipelines.landing.store import Landing
from pipelines.sources.account_pull import COUNT
from pipelines.sources.catalogue import pulled_platforms, source
from tests.gates.nation import pull, settings_of

Frames = dict[str, pl.DataFrame]
DAY = date(2026, 11, 8)
KENT, EVERYBODY = pl.col("force_id") == "kent", pl.lit(True)


@pytest.fixture(scope="module", params=pulled_platforms())
def clean(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Landing]:
    """A platform, two days of which have landed."""
    with pytest.MonkeyPatch.context() as patch:
        settings = settings_of(tmp_path_factory.mktemp("nation") / "home", patch)
        return request.param, pull(settings, request.param, [DAY - timedelta(days=1), DAY])


def frames_of(name: str, landing: Landing, day: date = DAY) -> Frames:
    ((_, run_id),) = landing.runs(name, day, day)
    return {e: landing.read(name, e, day, run_id) for e in landing.manifest(name, day, run_id).files}


def refused(name: str, landing: Landing, frames: Frames) -> dict[str, str]:
    """Who is quarantined, and by which expectation."""
    found = judge(landing, name, DAY, frames, frames["requests"]["force_id"].unique())
    return {each.account_id: each.expectation for each in found}


def counters(name: str, landing: Landing, entity: str) -> list[str]:
    return [column for column, kind in landing.schemas[name, entity].items() if kind == COUNT]


Plant = Callable[[str, Landing, Frames, pl.Expr], Frames]


def times(factor: float, *entities: str) -> Plant:
    """Every counter of these entities times a factor."""

    def plant(name: str, landing: Landing, frames: Frames, who: pl.Expr) -> Frames:
        def changed(entity: str) -> pl.DataFrame:
            columns = counters(name, landing, entity)
            scaled = ((pl.col(c) * factor).cast(pl.Int64).alias(c) for c in columns)
            return frames[entity].with_columns(
                pl.when(who).then(each).otherwise(pl.col(c)).alias(c)
                for c, each in zip(columns, scaled, strict=True)
            )

        return frames | {entity: changed(entity) for entity in entities}

    return plant


def nothing(entity: str) -> Plant:
    """Every counter is null."""

    def plant(name: str, landing: Landing, frames: Frames, who: pl.Expr) -> Frames:
        columns = counters(name, landing, entity)
        empty = (pl.when(who).then(None).otherwise(pl.col(c)).alias(c) for c in columns)
        return frames | {entity: frames[entity].with_columns(empty)}

    return plant


def doubled(name: str, landing: Landing, frames: Frames, who: pl.Expr) -> Frames:
    key = source(name).KEYS["posts"]
    again = frames["posts"].filter(who).with_columns(pl.col(key) + "9")
    return logged(frames | {"posts": pl.concat([frames["posts"], again])})


def gone(share: float) -> Plant:
    """Posts are left out of the answer, and the log does not know."""

    def plant(name: str, landing: Landing, frames: Frames, who: pl.Expr) -> Frames:
        posts = frames["posts"].with_row_index()
        left = posts.filter(~who | (pl.col("index") % 100 >= 100 * share)).drop("index")
        return logged(frames | {"posts": left})

    return plant


def at(moment: datetime) -> Plant:
    def plant(name: str, landing: Landing, frames: Frames, who: pl.Expr) -> Frames:
        time = source(name).TIMES["posts"]
        moved = pl.when(who).then(pl.lit(moment, pl.Datetime("us"))).otherwise(pl.col(time)).alias(time)
        return frames | {"posts": frames["posts"].with_columns(moved)}

    return plant


def formulas(name: str, landing: Landing, frames: Frames, who: pl.Expr) -> Frames:
    key = source(name).KEYS["posts"]
    run = pl.when(who).then("=HYPERLINK(" + pl.col(key) + ")").otherwise(pl.col(key)).alias(key)
    return frames | {"posts": frames["posts"].with_columns(run)}


def anothers(name: str, landing: Landing, frames: Frames, who: pl.Expr) -> Frames:
    """Kent's account is answered with the figures and posts of the largest other one."""
    own = frames["profiles"].filter(who)["account_id"][0]
    other = frames["posts"].filter(~who)["account_id"].mode()[0]
    swap = {own: other, other: own}
    both = pl.col("account_id").is_in([own, other])
    changed = {}
    for entity in ("profiles", "posts"):
        rows = frames[entity].filter(both).with_columns(pl.col("account_id").replace(swap))
        owners = dict(frames["profiles"].select("account_id", "force_id").iter_rows())
        rows = rows.with_columns(force_id=pl.col("account_id").replace(owners))
        changed[entity] = pl.concat([frames[entity].filter(~both), rows])
    return logged(frames | changed)


def frozen(name: str, landing: Landing, frames: Frames, who: pl.Expr) -> Frames:
    """Every figure is yesterday's."""
    before = frames_of(name, landing, DAY - timedelta(days=1))
    changed = {}
    for entity in ("profiles", "posts"):
        columns, key = counters(name, landing, entity), ["account_id", source(name).KEYS[entity]]
        old = before[entity].select(*key, *columns)
        merged = frames[entity].join(old, on=key, how="left", suffix="_old")
        kept = merged.with_columns(pl.coalesce(f"{c}_old", c).alias(c) for c in columns)
        changed[entity] = kept.select(frames[entity].columns)
    return frames | changed


def logged(frames: Frames) -> Frames:
    """The log says as many rows as there are: the fault is the platform's, not ours."""
    log = frames["requests"].drop("row_count")
    rows: Mapping[str, pl.DataFrame] = {e: f for e, f in frames.items() if e != "requests"}
    counts = pl.concat(
        f.group_by("account_id").agg(row_count=pl.len().cast(pl.Int64)).with_columns(entity=pl.lit(e))
        for e, f in rows.items()
    )
    log = log.join(counts, on=["account_id", "entity"], how="left").with_columns(
        pl.col("row_count").fill_null(0)
    )
    return frames | {"requests": log.select(frames["requests"].columns)}


#: What is planted into Kent, and into everybody; by which expectation it is caught.
OF_ONE: dict[str, tuple[Plant, str]] = {
    "followers tenfold": (times(10, "profiles"), "level_ratio"),
    "followers zeroed": (times(0, "profiles"), "fall_ratio"),
    "followers down by 98%": (times(0.02, "profiles"), "fall_ratio"),
    "figures below zero": (times(-1, "profiles", "posts"), "to_be_between"),
    "likes and views a thousandfold": (times(1000, "posts"), "level_ratio"),
    "cumulative counters that fall": (times(0.5, "posts"), "_ratio"),
    "posts doubled under other ids": (doubled, "twin_share"),
    "all posts gone": (gone(1), "kept_ratio"),
    "another force's rows": (anothers, "is_same"),
    "posts of 1970": (at(datetime(1970, 1, 1)), "between"),  # noqa: DTZ001
    "posts of next year": (at(datetime(2027, 11, 8)), "between"),  # noqa: DTZ001
    "formulas as ids": (formulas, "not_match_regex"),
}
OF_ALL: dict[str, tuple[Plant, str]] = {
    "everything tenfold": (times(10, "profiles", "posts"), "median_ratio"),
    "everything at 55%": (times(0.55, "profiles", "posts"), "median_ratio"),
    "views a hundredfold": (times(100, "posts"), "median_ratio"),
    "followers at 55%": (times(0.55, "profiles"), "median_ratio"),
    "posts' figures null": (nothing("posts"), "null_share_rise"),
    "everything zeroed": (times(0, "profiles", "posts"), "median_ratio"),
    "frozen": (frozen, "unchanged_share"),
    "half of the posts gone": (gone(0.6), "kept_ratio"),
    "no posts at all": (gone(1), "kept_ratio"),
    "posts doubled": (doubled, "twin_share"),
}


def test_clean_days_pass(clean: tuple[str, Landing]) -> None:
    name, landing = clean
    assert refused(name, landing, frames_of(name, landing)) == {}


@pytest.mark.parametrize("fault", OF_ONE)
def test_a_wrong_figure_of_one_force_quarantines_it_alone(clean: tuple[str, Landing], fault: str) -> None:
    name, landing = clean
    frames, (plant, caught_by) = frames_of(name, landing), OF_ONE[fault]
    found = refused(name, landing, plant(name, landing, frames, KENT))
    kent = set(frames["posts"].filter(KENT)["account_id"]) | set(
        frames["profiles"].filter(KENT)["account_id"]
    )
    assert found, fault
    assert any(caught_by in expectation for expectation in found.values()), found
    # Where rows are swapped, both are wrong.
    assert len(found.keys() - kent) == (fault == "another force's rows")
    large = frames["posts"].filter(KENT)["account_id"].mode()[0]
    assert large in found


@pytest.mark.parametrize("fault", OF_ALL)
def test_a_wrong_figure_of_all_quarantines_the_platform(clean: tuple[str, Landing], fault: str) -> None:
    name, landing = clean
    frames, (plant, caught_by) = frames_of(name, landing), OF_ALL[fault]
    found = refused(name, landing, plant(name, landing, frames, EVERYBODY))
    forces = {row["force_id"] for row in frames["requests"].to_dicts() if row["account_id"] in found}
    assert len(forces) > MAX_FAILING_SHARE * frames["requests"]["force_id"].n_unique(), fault
    assert any(caught_by in expectation for expectation in found.values()), set(found.values())


@pytest.mark.long
@pytest.mark.parametrize("seed", range(101, 131))
def test_no_gate_fires_on_a_clean_seed(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(tmp_path / "home", monkeypatch, seed)
    for name in pulled_platforms():
        landing = pull(settings, name, [DAY - timedelta(days=1), DAY])
        for day, run_id in landing.runs(name):
            assert landing.manifest(name, day, run_id).quarantined == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(101, 104))
def test_no_gate_fires_on_a_clean_seed_with_four_weeks_before_it(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path / "home", monkeypatch, seed)
    compared = 0
    for name in pulled_platforms():
        landing = pull(settings, name, [DAY - timedelta(days=back) for back in (28, 21, 14, 7, 1, 0)])
        # A week after the pull before it, what grew looks like a jump; the last one has its yesterday.
        ((_, run_id),) = landing.runs(name, DAY, DAY)
        assert landing.manifest(name, DAY, run_id).quarantined == []
        found = weekday_frames(landing, name, DAY, frames_of(name, landing))
        compared += found["plausible_weekday_platform"].height
    assert compared  # something was held against its weekday
