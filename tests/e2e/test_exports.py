"""From unedited exports to figures: what a preview says is what the marts then hold."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.registry import load_register
from pipelines.returns import preview
from pipelines.returns import submit as submission
from tests.e2e.returning import Warehouse, warehouse
from tests.returns.exports import MAKERS, POSTS

pytestmark = [pytest.mark.e2e, pytest.mark.dbt, pytest.mark.long]
SENT = ("facebook 1", "x posts 1", "x days 1", "hootsuite inbox")
INDICATORS = {
    "reach": "gross_reach_at_export_per_1k",
    "views": "views_at_export_per_1k",
    "impressions": "impressions_at_export_per_1k",
    "engagements": "engagements_at_export_per_1k",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The warehouse, and what each file's preview said."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = warehouse(tmp_path_factory.mktemp("exports") / "home", monkeypatch)
        said = {}
        for name in SENT:
            export = MAKERS[name](POSTS)
            path = Path(tmp_path_factory.mktemp("file")) / export.file
            path.write_bytes(export.data)
            own = {key: value for key, value in export.said.items() if key != "order"}
            found = submission.check(made.settings, path, asked=submission.Asked(**own))
            assert found.problems == []
            said[name] = preview.lines(found, load_register(made.settings))
            assert submission.submit(made.settings, found).quarantined == []
        made.build()
        yield made, said


def test_as_many_rows_as_the_preview_said(made: tuple[Warehouse, dict[str, list[str]]]) -> None:
    warehouse, said = made
    for name, platform in (("facebook 1", "facebook"), ("x posts 1", "x")):
        ((count, first, last),) = warehouse.ask(
            "select count(*), min(created_date), max(created_date) from fct_posts "
            f"where platform = '{platform}'"
        )
        assert said[name][0].startswith(f"{count} posts: ")
        assert said[name][1].startswith(f"days: {preview.span(first, last)};")
    ((count,),) = warehouse.ask("select count(*) from fct_tool_figures")
    assert said["x days 1"][0].startswith(f"{count} tool figures: ")


def test_every_figure_that_the_preview_names_is_there_and_no_other(
    made: tuple[Warehouse, dict[str, list[str]]],
) -> None:
    warehouse, said = made
    filled = said["facebook 1"][2]
    assert filled.endswith(", for May 2026")
    for name, indicator in INDICATORS.items():
        values = warehouse.ask(
            "select value from bench_values where platform = 'facebook' and area_id = 'kent' "
            f"and account_scope = 'all' and indicator_id = '{indicator}' and period_type = 'month' "
            "and period_start = '2026-05-01' and value is not null"
        )
        assert (name in filled) == bool(values), name


def test_the_counters_are_those_of_the_file(made: tuple[Warehouse, dict[str, list[str]]]) -> None:
    warehouse, _ = made
    for platform, column in (
        ("facebook", "reach_count"),
        ("facebook", "like_count"),
        ("x", "impression_count"),
    ):
        ((total,),) = warehouse.ask(f"select sum({column}) from fct_posts where platform = '{platform}'")
        assert total == sum(post[column] for post in POSTS)


def test_a_tools_own_figures_take_part_in_no_benchmark(
    made: tuple[Warehouse, dict[str, list[str]]],
) -> None:
    warehouse, _ = made
    tables = warehouse.ask("select count(*) from fct_tool_figures where tool <> 'x_analytics'")
    assert tables == [(0,)]
    models = Path(__file__).parents[2] / "dbt" / "models"
    readers = [path.name for path in models.rglob("*.sql") if "ref('fct_tool_figures')" in path.read_text()]
    assert readers == []
