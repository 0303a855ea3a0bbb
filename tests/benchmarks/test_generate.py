"""The landing that the benchmark measures on keeps its promises: a comparison of histories stands on them."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.landing.rule import is_landed
from pipelines.registry.register import PostAge
from pipelines.settings import SEEDS
from tests.benchmarks.generate import LANDED_HOURS, POST_HOURS, SCHEMAS, generate

UNTIL = date(2026, 11, 9)
LONG, SHORT = 24, 12


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("synthetic")
    generate(folder / "long", LONG, UNTIL, scale=0.01)
    generate(folder / "short", SHORT - 1, UNTIL - timedelta(days=1), scale=0.01)
    generate(folder / "short", 1, UNTIL, scale=0.01)
    return {name: folder / name for name in ("long", "short")}


def files(home: Path, entity: str, day: date) -> dict[str, pl.DataFrame]:
    found = home.glob(f"landing/*/{entity}/day={day}/*.parquet")
    return {str(path.relative_to(home)): pl.read_parquet(path, hive_partitioning=False) for path in found}


@pytest.mark.parametrize("back", [0, 1])
@pytest.mark.parametrize("entity", ["profiles", "posts", "messages", "requests"])
def test_histories_of_different_length_end_with_the_same_rows(
    homes: dict[str, Path], entity: str, back: int
) -> None:
    long, short = (files(home, entity, UNTIL - timedelta(days=back)) for home in homes.values())
    assert len(long) == 3
    assert long.keys() == short.keys()
    for path, frame in long.items():
        assert_frame_equal(frame, short[path])


def test_rows_have_the_columns_of_the_landing(homes: dict[str, Path]) -> None:
    for (platform, entity), schema in SCHEMAS.items():
        for path in homes["short"].glob(f"landing/{platform}/{entity}/day=*/*.parquet"):
            assert pl.read_parquet_schema(path) == pl.Schema(schema)


def test_a_post_lands_at_the_ages_of_the_rule() -> None:
    ages = [PostAge(**row) for row in pl.read_csv(SEEDS / "post_ages.csv").to_dicts()]
    for hours in range(POST_HOURS):
        expected = any(low <= hours < high for low, high in LANDED_HOURS)
        assert is_landed(timedelta(hours=hours), ages) == expected, hours


def test_a_message_lands_once_and_a_post_at_the_ages_of_the_rule(homes: dict[str, Path]) -> None:
    days = [UNTIL - timedelta(days=back) for back in range(LONG)]
    messages = pl.concat(
        f for day in days for p, f in files(homes["long"], "messages", day).items() if "mastodon" in p
    )
    assert messages.height > 1_000
    assert messages.select("account_id", "id").is_unique().all()
    posts = pl.concat(
        f for day in days for p, f in files(homes["long"], "posts", day).items() if "mastodon" in p
    )
    hours = (posts["pulled_at_utc"] - posts["created_at_utc"]).dt.total_seconds() / 3600
    assert {next(n for n, (low, high) in enumerate(LANDED_HOURS) if low <= age < high) for age in hours} == {
        0,
        1,
        2,
    }
