"""The definitions: a wrong row is refused by file, line and column, and none changes under its version."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from pipelines.registry import RegistryError, check_indicators

DBT = Path(__file__).parents[2] / "dbt"
FILES = (
    *("indicators.csv", "indicator_versions.csv", "platforms.csv", "platform_metrics.csv"),
    "account_scopes.csv",
)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A copy of the seeds that definitions need, under the project's file."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    for name in FILES:
        shutil.copy(DBT / "seeds" / name, folder)
    shutil.copy(DBT / "dbt_project.yml", tmp_path)
    return folder


def change(seeds: Path, indicator_id: str, cells: dict[str, str | None]) -> int:
    """Write these cells into the indicator's row and return its line."""
    frame = pl.read_csv(seeds / "indicators.csv", infer_schema=False)
    is_row = pl.col("indicator_id") == indicator_id
    changed = {
        name: pl.when(is_row).then(pl.lit(cell)).otherwise(pl.col(name)) for name, cell in cells.items()
    }
    frame.with_columns(**changed).write_csv(seeds / "indicators.csv")
    return frame["indicator_id"].to_list().index(indicator_id) + 2


def test_the_seeds_as_committed(seeds: Path) -> None:
    indicators = check_indicators(seeds)
    assert list(indicators) == [
        "followers_per_1k",
        "posts_per_account_week",
        "gross_reach_7d_per_1k",
        "impressions_7d_per_1k",
        "views_7d_per_1k",
        "engagements_per_1k",
        "shares_per_post",
        "gross_reach_at_export_per_1k",
        "impressions_at_export_per_1k",
        "views_at_export_per_1k",
        "engagements_at_export_per_1k",
        "shares_at_export_per_post",
        "age_at_export_seconds",
        "answered_1h_pct",
        "answered_24h_pct",
        "median_first_reply_seconds",
        "direct_answered_1h_pct",
        "direct_answered_24h_pct",
        "direct_median_first_reply_seconds",
        "posts_per_week",
        "engagements_per_post",
        "views_7d_per_post",
        "accounts_per_100k",
        "messages_collected_pct",
        "acknowledged_pct",
        "answered_15m_pct",
        "answered_4h_pct",
        "answered_7d_pct",
        "p90_first_reply_seconds",
        "mean_wait_24h_seconds",
        "answered_1h_ratio",
        "hours_covered_pct",
        "replies_pct",
        "dormant_accounts_pct",
        "engagements_per_1k_followers",
        "official_followers_pct",
        "engagements_top_tenth_pct",
        "engagements_24h_per_post",
        "views_24h_per_post",
        "answered_1h_night_pct",
        "answered_1h_day_pct",
        "answered_1h_weekend_pct",
        "answered_1h_weekday_pct",
        "engagements_1h_per_post",
        "views_1h_per_post",
        "follower_growth_pct",
        "answered_1h_staffed_pct",
        "views_7d_cost_gbp",
        "views_7d_cost_gbp_per_post",
        "impressions_7d_cost_gbp",
        "impressions_7d_cost_gbp_per_post",
        "gross_reach_7d_cost_gbp",
        "gross_reach_7d_cost_gbp_per_post",
        "like_reactions_pct",
        "love_reactions_pct",
        "haha_reactions_pct",
        "wow_reactions_pct",
        "sad_reactions_pct",
        "angry_reactions_pct",
        "appeal_posts_pct",
        "missing_person_posts_pct",
        "warning_posts_pct",
        "prevention_posts_pct",
        "recruitment_posts_pct",
        "community_posts_pct",
        "outcome_posts_pct",
        "views_24h_per_appeal",
        "impressions_24h_per_appeal",
        "gross_reach_24h_per_appeal",
        "neighbourhoods_without_account_pct",
        "residents_with_neighbourhood_account_pct",
        "outcomes_per_100_appeals",
        "impressions_7d_per_post",
        "gross_reach_7d_per_post",
        "views_7d_per_1k_followers",
        "impressions_7d_per_1k_followers",
        "gross_reach_7d_per_1k_followers",
        "posts_collected_pct",
        "engagements_per_1k_views",
        "platforms_used",
    ]
    assert [row.position for row in indicators.values()] == list(range(1, 81))
    assert indicators["answered_1h_pct"].horizon == "1h"


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("numerator_measure", "share_cuont_7d", "'share_cuont_7d' is no measure"),
        ("denominator_measure", "residents", "'residents' is no measure"),
        ("n_measure", "posts", "'posts' is no measure"),
        ("numerator_measure", None, "a ratio needs it"),
        ("denominator_measure", None, "a ratio needs it"),
        ("n_measure", None, "empty, and must not be"),
        ("caveats", None, "empty, and must not be"),
        ("why_it_matters", None, "empty, and must not be"),
        ("name", None, "empty, and must not be"),
        ("unit", None, "empty, and must not be"),
        ("kind", "share", "holds 'share', and should hold one of: model, ratio"),
        ("polarity", "more_is_better", "one of: higher_is_better, lower_is_better, none"),
        ("known_by", "values", "holds 'values', and should hold one of: "),
        ("metric_rule", "some", "one of: all, any"),
        ("interval_method", "bootstrap", "holds 'bootstrap', and should hold one of: byar"),
        ("interval_method", "kaplan_meier_log_log", "a ratio has byar, wilson or none"),
        ("interval_method", "kaplan_meier_greenwood", "a ratio has byar, wilson or none"),
        ("metrics", "share_count|boost_count", "'boost_count' is not in the catalogue"),
        ("platforms", "x|friendfeed", "'friendfeed' is not in the catalogue"),
        ("only_account_scope", "cars", "'cars' is not in the catalogue"),
        ("period_types", "week|decade", "'decade' is not in the catalogue"),
        ("part", "dusk", "one of: day, night, staffed, weekday, weekend, or nothing"),
        ("part", "night", "night, but the denominator is share_valued_count"),
        ("horizon", "2h", "'2h' is not among 15m, 1h, 4h, 24h, 7d"),
        ("horizon", "1h", "the numerator is share_count_7d"),
        ("is_pooled", "true", "only messages are pooled"),
        ("is_pooled", "yes", "holds 'yes', and should hold true or false"),
        ("multiplier", "0", "holds '0', and should hold a whole number of 1 or more"),
        ("minimum_n", "few", "should hold a whole number of 0 or more"),
        ("version", "0", "a whole number of 1 or more"),
        ("version", "1.1", "a whole number of 1 or more"),
        ("checked_on", "yesterday", "holds 'yesterday', and should hold a date like 2026-10-31, or nothing"),
    ],
)
def test_a_wrong_cell_is_named_by_its_place(seeds: Path, column: str, cell: str | None, problem: str) -> None:
    line = change(seeds, "shares_per_post", {column: cell})
    with pytest.raises(RegistryError) as wrong:
        check_indicators(seeds)
    assert (wrong.value.file, wrong.value.line, wrong.value.column) == ("indicators.csv", line, column)
    assert problem in wrong.value.problem


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("horizon", "24h", "the numerator is answered_1h_count"),
        ("horizon", None, "the numerator is answered_1h_count"),
        ("minimum_n", "0", "nothing to divide by"),
    ],
)
def test_an_answered_share_has_the_horizon_of_its_measure(
    seeds: Path, column: str, cell: str | None, problem: str
) -> None:
    line = change(seeds, "answered_1h_pct", {column: cell})
    with pytest.raises(RegistryError, match=problem) as wrong:
        check_indicators(seeds)
    assert (wrong.value.line, wrong.value.column) == (line, column)


@pytest.mark.parametrize(
    ("indicator_id", "cell", "problem"),
    [
        ("answered_1h_pct", "answered_2h_variance", "is not in dbt_project.yml"),
        ("answered_1h_pct", "direct_answered_1h_variance", "is not of messages"),
        ("answered_1h_pct", "post_variance", "is not of messages"),
        ("direct_answered_1h_pct", "answered_1h_variance", "is not of direct_messages"),
        ("posts_per_week", "answered_1h_variance", "is not of posts"),
        ("median_first_reply_seconds", "answered_1h_variance", "without Byar's or Wilson's limits"),
        ("shares_per_post", "post_variance", "without Byar's or Wilson's limits"),
    ],
)
def test_limits_are_widened_by_clusters_of_what_is_counted(
    seeds: Path, indicator_id: str, cell: str, problem: str
) -> None:
    line = change(seeds, indicator_id, {"variance_measure": cell})
    with pytest.raises(RegistryError, match=problem) as wrong:
        check_indicators(seeds)
    assert (wrong.value.line, wrong.value.column) == (line, "variance_measure")


def test_what_widens_the_limits_is_part_of_the_definition(seeds: Path) -> None:
    change(seeds, "answered_1h_pct", {"variance_measure": "answered_4h_variance"})
    with pytest.raises(RegistryError, match="give it the next version"):
        check_indicators(seeds)


@pytest.mark.parametrize(
    ("changed", "column", "problem"),
    [
        ({"part": None}, "part", "empty, but the denominator is night_conversation_count"),
        ({"part": "day"}, "part", "day, but the denominator is night_conversation_count"),
        ({"is_pooled": "true"}, "part", "of all accounts of one platform"),
        ({"only_account_scope": "official"}, "part", "of all accounts of one platform"),
        ({"period_types": None}, "period_types", "a part is of no week"),
        ({"period_types": "week|month"}, "period_types", "a part is of no week"),
    ],
)
def test_a_part_is_of_months_and_of_all_accounts_of_one_platform(
    seeds: Path, changed: dict[str, str | None], column: str, problem: str
) -> None:
    line = change(seeds, "answered_1h_night_pct", changed)
    with pytest.raises(RegistryError, match=problem) as wrong:
        check_indicators(seeds)
    assert (wrong.value.line, wrong.value.column) == (line, column)


@pytest.mark.parametrize(
    ("changed", "column", "problem"),
    [
        ({"part": None}, "part", "empty, but the denominator is staffed_conversation_count"),
        ({"is_pooled": "true"}, "part", "of all accounts of one platform"),
        ({"polarity": "higher_is_better"}, "polarity", "neither better nor worse"),
    ],
)
def test_staffed_time_is_of_weeks_too_and_of_no_polarity(
    seeds: Path, changed: dict[str, str | None], column: str, problem: str
) -> None:
    change(seeds, "answered_1h_staffed_pct", {"period_types": "week|month"})
    assert check_indicators(seeds)["answered_1h_staffed_pct"].part == "staffed"
    line = change(seeds, "answered_1h_staffed_pct", changed)
    with pytest.raises(RegistryError, match=problem) as wrong:
        check_indicators(seeds)
    assert (wrong.value.line, wrong.value.column) == (line, column)


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("platforms", "x", "of all accounts, and pooled"),
        ("platforms", None, "of all accounts, and pooled"),
        ("is_pooled", "false", "of all accounts, and pooled"),
        ("only_account_scope", None, "of all accounts, and pooled"),
        ("polarity", "lower_is_better", "nobody is better by it"),
    ],
)
def test_neighbourhoods_are_counted_everywhere_and_rank_nobody(
    seeds: Path, column: str, cell: str | None, problem: str
) -> None:
    line = change(seeds, "neighbourhoods_without_account_pct", {column: cell})
    with pytest.raises(RegistryError, match=problem) as wrong:
        check_indicators(seeds)
    assert (wrong.value.line, wrong.value.column) == (line, column)


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("known_by", "posts", "what the register knows alone"),
        ("is_pooled", "false", "of all accounts, and pooled"),
        ("only_account_scope", "official", "of all accounts, and pooled"),
        ("polarity", "higher_is_better", "nobody is better by it"),
    ],
)
def test_platforms_are_counted_over_all_accounts_and_rank_nobody(
    seeds: Path, column: str, cell: str, problem: str
) -> None:
    line = change(seeds, "platforms_used", {column: cell})
    with pytest.raises(RegistryError, match=problem) as wrong:
        check_indicators(seeds)
    assert wrong.value.line == line


def test_an_id_that_is_there_twice(seeds: Path) -> None:
    line = change(seeds, "posts_per_account_week", {"indicator_id": "followers_per_1k"})
    with pytest.raises(RegistryError, match="there twice") as wrong:
        check_indicators(seeds)
    assert (wrong.value.line, wrong.value.column) == (line, "indicator_id")


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("numerator_measure", "quote_count_7d"),
        ("denominator_measure", "quote_valued_count"),
        ("n_measure", "post_count"),
        ("multiplier", "1000"),
        ("known_by", "posts"),
        ("metrics", "quote_count"),
        ("metric_rule", "any"),
        ("platforms", "x"),
        ("interval_method", "byar"),
        ("minimum_n", "5"),
    ],
)
def test_a_definition_cannot_change_under_its_version(seeds: Path, column: str, cell: str) -> None:
    line = change(seeds, "shares_per_post", {column: cell})
    with pytest.raises(RegistryError, match="give it the next version") as wrong:
        check_indicators(seeds)
    assert (wrong.value.file, wrong.value.line, wrong.value.column) == ("indicators.csv", line, "version")


@pytest.mark.parametrize("column", ["name", "why_it_matters", "numerator", "caveats", "unit", "position"])
def test_prose_can_be_improved_without_a_new_version(seeds: Path, column: str) -> None:
    change(seeds, "shares_per_post", {column: "9"})
    assert "shares_per_post" in check_indicators(seeds)


def test_the_message_gives_the_row_to_add(seeds: Path) -> None:
    """Following it to the letter is enough."""
    change(seeds, "shares_per_post", {"minimum_n": "5"})
    with pytest.raises(RegistryError) as wrong:
        check_indicators(seeds)
    row = wrong.value.problem.rpartition(" ")[2].replace("YYYY-MM-DD", "2027-01-01")
    with (seeds / "indicator_versions.csv").open("a") as file:
        file.write(f"{row}\n")
    change(seeds, "shares_per_post", {"version": "2"})
    assert check_indicators(seeds)["shares_per_post"].version == 2


def test_a_new_version_needs_its_digest(seeds: Path) -> None:
    line = change(seeds, "shares_per_post", {"version": "2"})
    with pytest.raises(RegistryError, match=r"shares_per_post,2,[0-9a-f]{64},") as wrong:
        check_indicators(seeds)
    assert (wrong.value.line, wrong.value.column) == (line, "version")


def test_versions_are_of_indicators_and_once(seeds: Path) -> None:
    path = seeds / "indicator_versions.csv"
    committed = path.read_text()
    path.write_text(f"{committed}nobody,1,0,2026-01-01\n")
    with pytest.raises(RegistryError, match="'nobody' is not in the register") as wrong:
        check_indicators(seeds)
    assert (wrong.value.file, wrong.value.line) == (
        "indicator_versions.csv",
        len(path.read_text().splitlines()),
    )
    path.write_text(committed + committed.splitlines()[-1] + "\n")
    with pytest.raises(RegistryError, match="there twice"):
        check_indicators(seeds)


def test_a_project_without_measures_is_refused(seeds: Path) -> None:
    (seeds.parent / "dbt_project.yml").write_text("vars: {horizons: {1h: 3600}}\n")
    with pytest.raises(RegistryError, match="day_measures"):
        check_indicators(seeds)
