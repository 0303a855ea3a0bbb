"""Who may read whom, and what every model says of itself: read off the manifest."""

import copy
from typing import Any

import pytest

from tests.dbt.conftest import DBT, Project

MAY_READ = {
    "staging": {"source", "seed"},
    "intermediate": {"staging", "seed", "intermediate"},
    "marts": {"intermediate", "seed", "marts"},
    "benchmarks": {"marts", "benchmarks"},
}
#: Besides: staging reads the gate's verdicts, which is no layer over it, and marts the register's accounts.
BESIDES = {("staging", "stg_landing__verdicts"), ("marts", "stg_register__accounts")}
PUBLISHED = ("bench_definitions", "bench_values", "bench_comparisons", "ext_")
MAX_SQL_LINES, MAX_YML_LINES = 150, 400


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
            beside = (layer(node), other["name"]) in BESIDES
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


def test_every_model_states_its_grain_describes_its_columns_and_proves_it_is_unique(project: Project) -> None:
    tests = [node for node in project.manifest["nodes"].values() if node["resource_type"] == "test"]
    unique = {
        node["attached_node"]
        for node in tests
        if node.get("test_metadata") and node["test_metadata"]["name"] in ("unique", "unique_combination")
    }
    for model in models(project):
        # The log repeats by design: an account asked twice in a run has two rows.
        assert model["unique_id"] in unique or model["name"] == "stg_landing__requests", model["name"]
        assert "ne row" in model["description"], model["name"]
        assert model["columns"], model["name"]
        for column in model["columns"].values():
            assert column["description"], f"{model['name']}.{column['name']}"


def test_what_readers_depend_on_has_a_contract_and_an_exposure(project: Project) -> None:
    exposed = {name for e in project.manifest["exposures"].values() for name in e["depends_on"]["nodes"]}
    published = [m for m in models(project) if m["name"].startswith(PUBLISHED)]
    assert len(published) == 6
    for model in published:
        assert model["contract"]["enforced"], model["name"]
        assert model["unique_id"] in exposed, model["name"]


def test_every_indicator_is_one_model_and_one_definition(project: Project) -> None:
    own = {m["name"] for m in models(project) if m["fqn"][-2] == "indicators"}
    values = project.manifest["nodes"]["model.beatbook.bench_values"]
    assert {name.split(".")[-1] for name in values["depends_on"]["nodes"]} == own
    tested = {test["model"] for test in project.manifest["unit_tests"].values()}
    assert own <= tested


def test_files_stay_small() -> None:
    for path in DBT.glob("models/**/*.*"):
        limit = MAX_SQL_LINES if path.suffix == ".sql" else MAX_YML_LINES
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= limit, f"{path.name} has {lines} lines"


def test_no_metric_is_filled_with_zero() -> None:
    """Missing is not zero: only counts of our own rows may be filled."""
    for path in DBT.glob("models/**/*.sql"):
        for line in path.read_text(encoding="utf-8").splitlines():
            is_ours = "absent_day_count" in line
            assert "coalesce" not in line or ", 0)" not in line or is_ours, f"{path.name}: {line}"
