"""A new ratio is a row of indicators.csv and no SQL: replies per post, added to a copy of the project."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipelines.landing.store import Landing
from pipelines.registry import RegistryError, check_indicators
from pipelines.sources.catalogue import pulled_platforms, source
from pipelines.warehouse.window import link_files, window
from tests.benchmarks.generate import generate
from tests.dbt.conftest import DBT, Project

pytestmark = pytest.mark.long

ROW = {
    "indicator_id": "replies_per_post",
    "version": "1",
    "position": "9",
    "name": "Replies per post at seven days",
    "why_it_matters": "A post that nobody answers is a notice board.",
    "numerator": "Comments and replies that the period's posts had at seven days",
    "denominator": "The period's posts with a count of comments at seven days",
    "unit": "replies per post",
    "kind": "ratio",
    "numerator_measure": "comment_count_7d",
    "denominator_measure": "comment_valued_count",
    "n_measure": "comment_valued_count",
    "multiplier": "1",
    "polarity": "none",
    "known_by": "values_7d",
    "metrics": "comment_count",
    "metric_rule": "all",
    "is_pooled": "false",
    "interval_method": "none",
    "minimum_n": "1",
    "caveats": "Our own replies below a post count too.",
}
#: The same from the posts alone, for each force and for all of them.
BY_HAND = """
    with posts as (
        select posts.force_id, posts.platform, account_scope, period_type, period_start, comment_count_7d
        from fct_posts as posts
        inner join dim_account as accounts on posts.account_id = accounts.account_id
        inner join dim_account_scope as scopes on accounts.account_type = scopes.account_type
        inner join dim_period as periods on posts.created_date between period_start and period_end
        where kind = 'post' and comment_count_7d is not null
    ),

    areas as (select force_id as area_id, * from posts union all select 'all_forces', * from posts)

    select area_id, platform, account_scope, period_type, period_start,
        sum(comment_count_7d) as numerator, count(*) as n, sum(comment_count_7d) / count(*)::double as value
    from areas
    group by all
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project with the row, built with all of its tests from 45 days of a synthetic landing."""
    folder = tmp_path_factory.mktemp("new_indicator")
    shutil.copytree(DBT, folder / "dbt", ignore=shutil.ignore_patterns("target", "logs"))
    add_row(folder / "dbt" / "seeds")
    generate(folder, 45, date(2026, 11, 9), scale=0.02)
    landing = Landing(folder / "landing", {name: source(name).ENTITIES for name in pulled_platforms()})
    landing.prepare()
    found = window(landing, None)
    assert found is not None
    project = Project(folder, register=folder / "register", source=folder / "dbt")
    link_files(landing, found, project.read)
    project.dbt("build", "--exclude-resource-type", "unit_test")
    return project


def add_row(seeds: Path) -> None:
    """The row, and its digest as the refusal gives it."""
    path = seeds / "indicators.csv"
    columns = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns, lineterminator="\n").writerow(ROW)
    with pytest.raises(RegistryError) as refused:
        check_indicators(seeds)
    version = refused.value.problem.rpartition(" ")[2].replace("YYYY-MM-DD", "2026-11-21")
    with (seeds / "indicator_versions.csv").open("a", encoding="utf-8") as file:
        file.write(f"{version}\n")
    check_indicators(seeds)


def test_its_values_are_those_of_the_posts(built: Project) -> None:
    cells = "area_id, platform, account_scope, period_type, period_start, numerator, n, value"
    by_hand = {row[:5]: row[5:] for row in built.ask(BY_HAND)}
    found = built.ask(
        f"select {cells} from bench_values where indicator_id = 'replies_per_post' and value is not null "
        "and area_id in (select force_id from dim_force union all select 'all_forces')"
    )
    kinds = {(row[0] == "all_forces", row[1], row[3]) for row in found}
    assert kinds == {
        (is_all, platform, period)
        for is_all in (True, False)
        for platform in ("bluesky", "mastodon", "youtube")
        for period in ("week", "month")
    }
    assert {row[2] for row in found} >= {"all", "official"}
    for row in found:
        numerator, n, value = by_hand[row[:5]]
        assert row[5:] == (numerator, n, pytest.approx(value, rel=1e-12)), row[:5]


def test_it_stands_in_every_table_that_indicators_stand_in(built: Project) -> None:
    for table in (
        "dim_indicator",
        "bench_values",
        "bench_comparisons",
        "bench_not_available",
        "ext_benchmarks",
    ):
        [(rows,)] = built.ask(f"select count(*) from {table} where indicator_id = 'replies_per_post'")
        assert rows > 0, table
    why = built.ask(
        "select distinct value_note from bench_not_available where indicator_id = 'replies_per_post' "
        "and area_id = 'all_forces' and platform = 'whatsapp'"
    )
    assert why == [("not_offered",)]
