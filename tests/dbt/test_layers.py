"""Who may read whom, and what every model says of itself: read off the manifest and the files."""

import copy
import re
from typing import Any

import pytest

from tests.dbt.conftest import DBT, Project

MAY_READ = {
    "staging": {"source", "seed"},
    "intermediate": {"staging", "seed", "intermediate"},
    "marts": {"intermediate", "seed", "marts"},
    "benchmarks": {"marts", "benchmarks"},
    "extracts": {"marts", "benchmarks"},
}
#: Besides: what the landing gate let pass, which is no layer over staging; the register's accounts,
#: their events, corrections, incidents, rate cards and neighbourhoods; and the days that a build computes,
#: which all that is computed by day needs.
BESIDES = {
    ("staging", "stg_landing__quarantined"),
    ("marts", "stg_register__accounts"),
    ("marts", "stg_register__account_events"),
    ("marts", "stg_register__corrections"),
    ("marts", "stg_register__incidents"),
    ("marts", "stg_register__rate_cards"),
    ("marts", "stg_register__neighbourhoods"),
}
WINDOW = "stg_landing__window"
#: What a release holds, and what an extract is cut from.
PUBLISHED = {
    *("bench_values", "bench_comparisons", "bench_funnels", "bench_shrunk", "bench_ranks", "bench_changes"),
    "bench_cusum",
    *("bench_incidents", "bench_without_incidents", "bench_merger_effects"),
    "bench_neighbourhoods",
    "bench_questions",
    "bench_peer_comparisons",
    *("bench_not_available", "fct_collection"),
}
PUBLISHED_PREFIXES = ("dim_", "ext_")
MAX_SQL_LINES, MAX_MACRO_LINES, MAX_YML_LINES = 150, 40, 400


def layer(node: dict[str, Any]) -> str:
    kind = str(node["resource_type"])
    return str(node["fqn"][1]) if kind == "model" else kind


def broken(manifest: dict[str, Any]) -> list[str]:
    """Every reference that goes the wrong way."""
    nodes = manifest["nodes"] | manifest["sources"]
    found = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        for other in (nodes[unique_id] for unique_id in node["depends_on"]["nodes"]):
            beside = (layer(node), other["name"]) in BESIDES or other["name"] == WINDOW
            if layer(other) not in MAY_READ[layer(node)] and not beside:
                found.append(f"{node['name']} reads {other['name']}")
    return found


def models(project: Project) -> list[dict[str, Any]]:
    return [node for node in project.manifest["nodes"].values() if node["resource_type"] == "model"]


def test_every_layer_reads_the_one_below(project: Project) -> None:
    assert broken(project.manifest) == []


@pytest.mark.parametrize(
    ("reader", "read"),
    [
        ("model.beatbook.bench_values", "model.beatbook.int_posts__unioned"),
        ("model.beatbook.bench_values", "seed.beatbook.indicators"),
        ("model.beatbook.ext_posts", "model.beatbook.int_posts__unioned"),
        ("model.beatbook.fct_posts", "model.beatbook.stg_youtube__posts"),
        ("model.beatbook.fct_posts", "source.beatbook.youtube.posts"),
        ("model.beatbook.int_posts__unioned", "source.beatbook.youtube.posts"),
        ("model.beatbook.stg_youtube__posts", "model.beatbook.stg_bluesky__posts"),
        ("model.beatbook.int_posts__unioned", "model.beatbook.bench_values"),
    ],
)
def test_a_reference_the_wrong_way_is_found(project: Project, reader: str, read: str) -> None:
    manifest = copy.deepcopy(project.manifest)
    manifest["nodes"][reader]["depends_on"]["nodes"].append(read)
    assert broken(manifest) == [f"{reader.rpartition('.')[2]} reads {read.rpartition('.')[2]}"]


def test_every_model_states_its_grain_and_describes_its_columns(project: Project) -> None:
    """The columns of staging are those of int_<entity>__unioned, and described there."""
    for model in models(project):
        assert model["description"].startswith("One row"), model["name"]
        assert model["columns"] or layer(model) == "staging", model["name"]
        for column in model["columns"].values():
            assert column["description"], f"{model['name']}.{column['name']}"


def test_every_table_proves_its_grain_once_and_no_view_does(project: Project) -> None:
    """A view of views would be computed again for it."""
    tests = [node for node in project.manifest["nodes"].values() if node["resource_type"] == "test"]
    unique = [
        node["attached_node"]
        for node in tests
        if node.get("test_metadata") and node["test_metadata"]["name"] in ("unique", "unique_combination")
    ]
    tables = {m["unique_id"] for m in models(project) if m["config"]["materialized"] != "view"}
    # The log repeats by design: an account asked twice in a run has two rows. So do waiting times. The window
    # has its own test, and bench_ranks proves the grain of the draws that it copies.
    keyless = ("stg_landing__requests", "stg_landing__window", "fct_response_waits", "bench_rank_draws")
    expected = tables - {f"model.beatbook.{name}" for name in keyless}
    assert sorted(name for name in unique if name.startswith("model.")) == sorted(expected)


def test_what_readers_depend_on_has_a_contract_and_an_exposure(project: Project) -> None:
    exposed = {name for e in project.manifest["exposures"].values() for name in e["depends_on"]["nodes"]}
    published = [
        m for m in models(project) if m["name"] in PUBLISHED or m["name"].startswith(PUBLISHED_PREFIXES)
    ]
    assert exposed == {model["unique_id"] for model in published}
    for model in published:
        assert model["contract"]["enforced"], model["name"]


def test_every_shared_description_is_used() -> None:
    defined = set(
        re.findall(r"{% docs (\w+) %}", (DBT / "models" / "_columns.md").read_text(encoding="utf-8"))
    )
    used = {
        name
        for path in DBT.glob("models/**/*.yml")
        for name in re.findall(r"doc\('(\w+)'\)", path.read_text(encoding="utf-8"))
    }
    assert defined == used


def test_every_formula_has_a_unit_test(project: Project) -> None:
    """What unions, renames or chooses columns has none."""
    tested = {test["model"] for test in project.manifest["unit_tests"].values()}
    plain = {
        *(
            "dim_area",
            "dim_force",
            "dim_account_event",
            "dim_account_scope",
            "dim_indicator",
            "dim_value_note",
            "dim_correction",
            "dim_incident",
            "dim_question",
            "dim_rate_card",
            "dim_neighbourhood",
        ),
        *("fct_collection", "fct_conversations", "fct_outcomes", "fct_tool_figures"),
        *("int_outcomes__returned", "bench_counted_measures", "bench_values", "bench_ranks"),
    }
    above = {m["name"] for m in models(project) if layer(m) in ("intermediate", "marts", "benchmarks")}
    # The digits of the first depend on the order of sums, the second is no SQL: test_funnels, test_ranks.
    in_python = {"bench_funnels", "bench_rank_draws"}
    assert above - tested == plain | in_python


def test_what_is_built_day_by_day_names_the_window(project: Project) -> None:
    """What it forgets before it adds is in no build from nothing: dbt learns of it from the model alone."""
    for model in models(project):
        if model["config"]["materialized"] == "incremental":
            assert f"model.beatbook.{WINDOW}" in model["depends_on"]["nodes"], model["name"]


def test_the_tests_are_few_enough_to_mean_something(project: Project) -> None:
    """Each costs a piece of every build."""
    tests = [node for node in project.manifest["nodes"].values() if node["resource_type"] == "test"]
    assert len(tests) <= 85


def test_files_stay_small() -> None:
    written = [path for kind in ("sql", "py", "yml", "md") for path in DBT.glob(f"models/**/*.{kind}")]
    for path in [*written, *DBT.glob("tests/**/*.sql"), *DBT.glob("seeds/*.yml")]:
        limit = MAX_SQL_LINES if path.suffix == ".sql" else MAX_YML_LINES
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= limit, f"{path.name} has {lines} lines"


def test_macros_are_formulas() -> None:
    """A macro holds one formula, or what only one engine says; a model would not fit."""
    for path in DBT.glob("macros/*.sql"):
        text = path.read_text(encoding="utf-8")
        for macro in re.findall(r"{% macro (\w+)(.*?){%-? endmacro", text, re.DOTALL):
            lines = macro[1].count("\n") + 1
            assert lines <= MAX_MACRO_LINES, f"{macro[0]} has {lines} lines"


def test_no_metric_is_filled_with_zero() -> None:
    """Missing is not zero: nothing is filled with 0, and a count of joined rows is 0 only where we looked."""
    for path in DBT.glob("models/**/*.sql"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not re.search(r"coalesce\(.*, 0\)", line), f"{path.name}: {line}"
