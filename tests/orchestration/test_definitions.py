"""The code location: what the UI shows, when it runs, and what a failing check stops."""

import json
import os
import warnings
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._core.workspace.autodiscovery import loadable_targets_from_python_module

from pipelines.definitions import build_definitions
from pipelines.gates.landing_gate import suites_digest
from pipelines.landing.store import open_landing
from pipelines.orchestration.warehouse import _outcomes as outcomes
from pipelines.settings import LONDON, Settings, SettingsError
from pipelines.sources.catalogue import pulled_platforms
from pipelines.warehouse.manifest import manifest
from pipelines.warehouse.run_dbt import Node
from sandbox import register
from tests.landing.landed import refused

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEATBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        return build_definitions(Settings())


def test_the_workspace_names_one_code_location_that_loads() -> None:
    workspace = yaml.safe_load((ROOT / "workspace.yaml").read_text())
    assert [entry["python_module"]["module_name"] for entry in workspace["load_from"]] == [
        "pipelines.definitions"
    ]


def test_all_of_it_loads_as_the_ui_loads_it(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    repository.load_all_definitions()  # names that collide are found here and nowhere before
    jobs = {job.name for job in repository.get_all_jobs()}
    assert {"daily", "pull", "build", "pulse", "official"} <= jobs


def test_loading_it_says_nothing_of_dagsters_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command loads it, and who runs one is told of nothing that is not theirs to mend."""
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path))
    with warnings.catch_warnings():
        warnings.simplefilter("error", dg.BetaWarning)
        warnings.simplefilter("error", dg.PreviewWarning)
        build_definitions(Settings()).get_repository_def().load_all_definitions()


def test_every_pulled_platform_is_landed_and_gated_by_day(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for platform in pulled_platforms():
        key = dg.AssetKey(["landing", platform])
        assert graph.get(key).partitions_def is not None
        check = graph.get_check_spec(dg.AssetCheckKey(key, "landing_gate"))
        assert check.partitions_def == graph.get(key).partitions_def
        assert not check.blocking  # the platform is quarantined alone, and the others go on
        # Everything downstream of the staging of this platform waits for the gate.
        assert dg.AssetKey(f"stg_{platform}__posts") in graph.get(key).child_keys


def test_dbt_tests_are_checks_and_unit_tests_are_not(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    names = {key.name for key in graph.asset_check_keys if key.asset_key == dg.AssetKey("bench_values")}
    assert "release_gate" in names
    assert "assert_every_cell_has_a_value_or_a_reason_and_never_both" in names
    assert graph.get_check_spec(dg.AssetCheckKey(dg.AssetKey("bench_values"), "release_gate")).blocking


def test_every_dbt_test_is_a_check_of_its_build(definitions: dg.Definitions) -> None:
    built = definitions.resolve_assets_def("bench_values")
    parsed = json.loads(manifest(Settings()).read_bytes())
    tests = {node["name"] for node in parsed["nodes"].values() if node["resource_type"] == "test"}
    assert {check.name for check in built.check_specs} == tests
    models = {node["name"] for node in parsed["nodes"].values() if node["resource_type"] in ("model", "seed")}
    assert {key.path[-1] for key in built.keys} == models


@pytest.mark.parametrize("part", [dg.AssetSelection.assets("dim_force"), dg.AssetSelection.groups("marts")])
def test_no_part_of_the_warehouse_can_be_built_alone(
    definitions: dg.Definitions, part: dg.AssetSelection
) -> None:
    assert not definitions.resolve_assets_def("bench_values").can_subset
    with pytest.raises(dg.DagsterInvalidSubsetError):
        dg.define_asset_job("part", part).resolve(asset_graph=definitions.resolve_asset_graph())


@pytest.mark.parametrize(
    ("tick", "day"),
    [
        (datetime(2026, 9, 1, 4, 30, tzinfo=UTC), "2026-09-01"),  # 05:30 in summer time
        (datetime(2026, 11, 9, 5, 30, tzinfo=UTC), "2026-11-09"),
    ],
)
def test_the_schedule_is_half_past_five_in_london_for_the_day_that_began(
    definitions: dg.Definitions, tick: datetime, day: str
) -> None:
    schedule = definitions.resolve_schedule_def("daily_0530_london")
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 5 * * *", "Europe/London")
    context = dg.build_schedule_context(scheduled_execution_time=tick.astimezone(LONDON))
    request = schedule(context)
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == day


def test_the_daily_job_takes_named_forces_and_retries_infrastructure(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("daily")
    config = {"ops": {"landing__youtube": {"config": {"forces": ["kent"]}}}}
    assert dg.validate_run_config(job, config)
    step = job.graph.node_named("landing__youtube").definition
    assert isinstance(step, dg.OpDefinition)
    assert step.retry_policy is not None
    assert step.retry_policy.max_retries == 2


def test_a_step_that_is_tried_again_does_not_hold_the_others(definitions: dg.Definitions) -> None:
    ran: list[str] = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=1, delay=1))
    def fails_once() -> None:
        ran.append("one platform")
        if len(ran) == 1:
            raise OSError("no sandbox")

    @dg.asset
    def other() -> None:
        ran.append("another")

    repository = definitions.get_repository_def()
    assert isinstance(repository.get_job("pull").executor_def, type(dg.in_process_executor))
    assert repository.get_job("pull").executor_def.name == dg.in_process_executor.name
    job = dg.Definitions(
        [fails_once, other], jobs=[dg.define_asset_job("job")], executor=dg.in_process_executor
    ).resolve_job_def("job")
    assert job.execute_in_process().success
    assert ran == ["one platform", "another", "one platform"]


def test_the_landing_gate_can_be_executed_for_any_day_and_shows_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    settings = Settings()
    settings.prepare()
    settings.register.mkdir(exist_ok=True)
    (settings.register / "accounts.csv").write_text(register.accounts_csv(7))
    (settings.register / "account_events.csv").write_text(register.account_events_csv(7))
    landing, day, run_id = open_landing(settings), date(2026, 11, 8), "r00000001"
    asked = [
        {"force_id": force, "account_id": f"youtube:{force}", "platform": "youtube", "status": "landed"}
        for force in ("kent", "surrey", "essex", "dorset")
    ]
    out = [refused("youtube:kent", "kent", "youtube", "it fell")]
    frames = landing.frames("youtube", run_id, {"requests": asked})
    landing.write("youtube", day, run_id, frames, out, suites_digest())
    key = dg.AssetCheckKey(dg.AssetKey(["landing", "youtube"]), "landing_gate")
    job = dg.define_asset_job("gate", dg.AssetSelection.checks(key))
    gate = dg.Definitions.merge(build_definitions(settings), dg.Definitions(jobs=[job])).resolve_job_def(
        "gate"
    )
    for partition, said in (("2026-11-08", "it fell"), ("2026-11-09", "nothing landed")):
        done = gate.execute_in_process(tags={"dagster/partition": partition})
        (evaluation,) = done.get_asset_check_evaluations()
        assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.WARN)
        assert evaluation.metadata["summary"].value == said
        assert evaluation.partition == partition
        rows = evaluation.metadata["quarantined"].records  # type: ignore[attr-defined]
        assert [row.data["force_id"] for row in rows] == (["kent"] if said == "it fell" else [])
        pages = evaluation.metadata["pages"].value
        if said == "it fell":
            assert Path(str(pages)).is_file()
        else:
            assert pages == "`beatbook gates --day 2026-11-09` makes them"


def test_every_asset_has_an_owner_a_kind_its_code_and_says_that_its_figures_are_invented(
    definitions: dg.Definitions,
) -> None:
    for key, node in nodes(definitions):
        assert node.owners == ["team:beatbook"], key
        assert node.tags["beatbook/figures"] == "invented", key
        assert node.kinds, key
        (code,) = node.metadata["dagster/code_references"].code_references
        assert Path(code.file_path).is_file(), key
        assert node.freshness_policy is None, key  # the story has fixed days


def nodes(definitions: dg.Definitions) -> list[tuple[dg.AssetKey, Any]]:
    graph = definitions.resolve_asset_graph()
    return [(key, graph.get(key)) for key in graph.materializable_asset_keys]


def test_in_production_landing_is_due_by_eight_in_london_and_a_release_every_thirty_hours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    found = {key.to_user_string(): node for key, node in nodes(build_definitions(Settings()))}
    fresh = {key: node.freshness_policy for key, node in found.items() if node.freshness_policy}
    assert fresh.keys() == {"release", *(f"landing/{platform}" for platform in pulled_platforms())}
    assert found["landing/bluesky"].tags["beatbook/figures"] == "real"
    policy = fresh["landing/bluesky"]
    assert (policy.deadline_cron, policy.timezone) == ("0 8 * * *", "Europe/London")
    assert policy.lower_bound_delta == timedelta(hours=8)  # midnight: yesterday's does not count
    assert fresh["release"].fail_window.to_timedelta() == timedelta(hours=30)


def test_a_build_says_how_many_rows_each_table_has() -> None:
    key, made = dg.AssetKey("dim_force"), [Node("seed.beatbook.dim_force", "success", "", 0.1, 0)]
    for rows, said in (({"dim_force": 48}, 48), ({}, None)):
        [outcome] = outcomes(made, {"seed.beatbook.dim_force": key}, {}, rows)
        assert outcome.asset_key == key
        assert (outcome.metadata or {}).get("dagster/row_count") == said


def test_publishing_waits_for_the_gates_and_for_every_benchmark(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    parents = graph.get(dg.AssetKey("release")).parent_keys
    assert {dg.AssetKey("bench_values"), dg.AssetKey("ext_benchmarks")} <= parents
    assert graph.get(dg.AssetKey("extracts")).parent_keys == {dg.AssetKey("release")}


def test_dagster_finds_the_code_location_and_only_then_the_data_folder_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.environ", dict(os.environ))  # what it sets there is gone afterwards
    os.environ |= {
        "BEATBOOK_HOME": str(tmp_path / "home"),
        "DAGSTER_HOME": str(tmp_path / "home" / "dagster"),
    }
    [found] = loadable_targets_from_python_module("pipelines.definitions", working_directory=None)
    assert not (tmp_path / "home").exists()
    assert "daily" in {job.name for job in found.target_definition().jobs}  # type: ignore[operator]
    assert (tmp_path / "home" / "dagster" / "dagster.yaml").exists()


def test_a_dagster_with_another_history_is_told_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `dagster dev -w workspace.yaml` in a plain shell."""
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    [found] = loadable_targets_from_python_module("pipelines.definitions", working_directory=None)
    with pytest.raises(SettingsError, match=f"DAGSTER_HOME is not set: set it to {tmp_path}/home/dagster"):
        found.target_definition()
