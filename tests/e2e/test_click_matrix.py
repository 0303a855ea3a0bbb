"""Whatever the Dagster UI offers can be clicked: jobs, assets, checks, selections, backfills, re-executions.

The clicks are made from the definitions, so that what is added is clicked as well. They are launched through
the GraphQL that the buttons send, against a nation of three forces. After each click that ran the warehouse
is whole and the file that was recorded, the releases verify against their checksums, and each stands on the
gates of its own build.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from dagster._core.definitions.assets.graph.remote_asset_graph import RemoteAssetGraph

from pipelines.disk import sha256_of
from pipelines.release.published import current
from pipelines.settings import Settings
from pipelines.warehouse.build import current_build
from pipelines.warehouse.manifest import manifest
from tests.e2e.small_nation import FORCES, small_nation
from tests.orchestration.dagster_ui import ASSETS, Refused, Ui, dagster_ui

pytestmark = [pytest.mark.e2e, pytest.mark.long]
DAYS = ["2026-11-06", "2026-11-07"]
TODAY = "2026-11-09"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A data folder, and a sandbox whose register holds three forces."""
    with pytest.MonkeyPatch.context() as patch, small_nation() as url:
        patch.setattr("os.environ", dict(os.environ))  # what settings put there is gone afterwards
        os.environ["BEATBOOK_HOME"] = str(tmp_path_factory.mktemp("home"))
        os.environ["BEATBOOK_SANDBOX_URL"] = url
        settings = Settings()
        settings.prepare()
        yield settings


@pytest.fixture(autouse=True)
def _environment(_own_environment: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What every test begins without, set again: runs read it where they are executed."""
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def ui(settings: Settings) -> Iterator[Ui]:
    """The UI of that folder, in which every job was run: a day is pulled, built and published."""
    with dagster_ui(settings) as ui:
        location = ui.process.create_request_context().get_code_location("beatbook")
        [repository] = location.get_repositories().values()
        jobs = {job.name for job in repository.get_all_jobs()} - {ASSETS}
        assert {"build", "daily", "pull"} <= jobs
        for name in ("daily", *sorted(jobs - {"daily"})):
            is_by_day = repository.has_partition_set(f"{name}_partition_set")
            run = ui.launch(name, day=TODAY if is_by_day else None)
            assert run.status == dg.DagsterRunStatus.SUCCESS, name
            assert_whole(settings)
        yield ui


@pytest.fixture
def graph(ui: Ui) -> RemoteAssetGraph:
    """What the UI knows of assets and checks."""
    return ui.process.create_request_context().asset_graph


def assert_whole(settings: Settings) -> None:
    """The warehouse has every table and is the file that was recorded; releases are what was gated."""
    build = current_build(settings)
    assert build is not None
    assert sha256_of(settings.warehouse) == build.sha256
    nodes = json.loads(manifest(settings).read_bytes())["nodes"].values()
    models = {node["name"] for node in nodes if node["resource_type"] in ("model", "seed")}
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        tables = connection.sql("select table_name from information_schema.tables").fetchall()
    assert models <= {name for (name,) in tables}

    release = current(settings)
    assert release is not None
    for folder in settings.releases.glob("[!.]*/"):
        said = json.loads((folder / "release.json").read_text())
        digests = {name: _sha256(folder / name) for name in said["files"]}
        assert digests == said["files"], folder
        assert {gate["gate"] for gate in said["gates"]} == {"dbt", "release"}, folder
        assert all(gate["passed"] and not gate["failures"] for gate in said["gates"]), folder
        of_build = {gate["subject"] for gate in said["gates"]}
        assert len(of_build) == 1, folder


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def with_siblings(graph: RemoteAssetGraph, key: dg.AssetKey) -> frozenset[dg.AssetKey]:
    """What the UI selects when an asset is clicked: also those that only run together with it."""
    return frozenset({key, *graph.get(key).execution_set_asset_keys})


def test_every_asset_every_group_and_all_of_it_can_be_materialised(
    ui: Ui, settings: Settings, graph: RemoteAssetGraph
) -> None:
    """The button of each asset, above each group and above the graph. An asset of the warehouse brings the
    whole of it, so that many buttons are one click."""
    keys = graph.materializable_asset_keys
    groups: dict[str, set[dg.AssetKey]] = {}
    for key in keys:
        groups.setdefault(graph.get(key).group_name, set()).update(with_siblings(graph, key))
    clicks = {*(with_siblings(graph, key) for key in keys), *map(frozenset, groups.values()), frozenset(keys)}
    assert len(clicks) >= 5
    for click in sorted(clicks, key=lambda click: (len(click), sorted(click))):
        is_by_day = any(graph.get(key).is_partitioned for key in click)
        run = ui.launch(assets=sorted(click), day=TODAY if is_by_day else None)
        assert run.status == dg.DagsterRunStatus.SUCCESS, click
        assert_whole(settings)


def test_no_asset_is_built_without_what_belongs_to_it(
    ui: Ui, settings: Settings, graph: RemoteAssetGraph
) -> None:
    """What the UI does not send, a script may: the API refuses it before there is a run."""
    alone = [key for key in graph.materializable_asset_keys if with_siblings(graph, key) != {key}]
    assert len(alone) > 30
    for key in alone:
        with pytest.raises(Refused, match="InvalidSubsetError"):
            ui.launch(assets=[key])
    assert_whole(settings)


def test_every_check_can_be_executed_or_is_refused(
    ui: Ui, settings: Settings, graph: RemoteAssetGraph
) -> None:
    ran: set[str] = set()
    refused: dict[dg.AssetCheckKey, str] = {}
    for key in sorted(graph.asset_check_keys, key=str):
        is_by_day = graph.get(key.asset_key).is_partitioned
        try:
            run = ui.launch(assets=[], checks=[key], day=TODAY if is_by_day else None)
        except Refused as refusal:
            refused[key] = str(refusal)
        else:
            assert run.status == dg.DagsterRunStatus.SUCCESS, key
            ran.add(key.name)
            if is_by_day:
                without = ui.launch(assets=[], checks=[key])
                assert said_of(ui, without) == ["choose the day that is to be judged"], key
    assert ran == {"landing_gate", "release_gate"}
    assert not ran & {key.name for key in refused}  # the others are dbt's: they run with their build alone
    assert all("InvalidSubsetError" in why for why in refused.values())
    assert_whole(settings)


def said_of(ui: Ui, run: dg.DagsterRun) -> list[str]:
    """What the steps that failed in a run say of it."""
    entries = ui.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    failures = [entry.get_dagster_event().step_failure_data.user_failure_data for entry in entries]
    return [failure.description or "" for failure in failures if failure is not None]


def test_the_release_shows_what_let_it_pass_and_what_is_not_in_it(ui: Ui, settings: Settings) -> None:
    query = """
      { assetNodeOrError(assetKey: {path: ["release"]}) { ... on AssetNode {
        assetMaterializations(limit: 1) { metadataEntries { label
          ... on MarkdownMetadataEntry { mdStr } ... on TextMetadataEntry { text }
          ... on TableMetadataEntry { table { records } } } } } } }
    """
    [made] = ui.ask(query)["assetNodeOrError"]["assetMaterializations"]
    shown = {entry["label"]: entry for entry in made["metadataEntries"]}
    assert {"checks", "folder", "manifest", "tables"} <= shown.keys()
    assert "- dbt, " in shown["gates passed"]["mdStr"]
    assert shown["missing forces"]["text"] == "none that was due"
    rows = [json.loads(record) for record in shown["coverage"]["table"]["records"]]
    [everywhere] = [row for row in rows if row["platform"] == "all"]
    assert (everywhere["due_count"], everywhere["collected_count"]) == (len(FORCES), len(FORCES))


def test_days_can_be_filled_in_by_job_by_asset_and_all_at_once(
    ui: Ui, settings: Settings, graph: RemoteAssetGraph
) -> None:
    pulled = sorted(key for key in graph.materializable_asset_keys if graph.get(key).is_partitioned)
    everything = sorted(graph.materializable_asset_keys)
    for runs in (
        ui.backfill(DAYS, job="pull"),
        ui.backfill(DAYS[:1], job="daily"),
        ui.backfill(DAYS, assets=pulled),
        ui.backfill(DAYS, assets=everything),
    ):
        assert runs
        assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
        assert_whole(settings)


def test_every_run_can_be_run_again_as_a_whole_and_by_step(ui: Ui, settings: Settings) -> None:
    """One run of each kind that was clicked before: all of it, from its failure, each of its steps."""
    succeeded = dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS])
    kinds = {steps_of(ui, run): run for run in ui.instance.get_runs(succeeded)}
    builds = sorted((steps for steps in kinds if "warehouse" in steps), key=len)
    for steps, run in kinds.items():
        with pytest.raises(Refused):
            ui.again(run, "FROM_FAILURE")  # it has not failed
        if steps not in builds[1:]:  # one build stands for all: it takes longer than all other steps together
            assert ui.again(run, "ALL_STEPS").status == dg.DagsterRunStatus.SUCCESS
            assert_whole(settings)
    run = kinds[builds[-1]]
    for step in builds[-1]:
        day = run.tags.get("dagster/partition")
        again = ui.launch(run.job_name, steps=[step], parent=run.run_id, day=day)
        assert again.status == dg.DagsterRunStatus.SUCCESS, step
        assert_whole(settings)


def steps_of(ui: Ui, run: dg.DagsterRun) -> tuple[str, ...]:
    """What a run executes, in its order."""
    assert run.execution_plan_snapshot_id is not None
    plan = ui.instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id)
    return tuple(plan.step_keys_to_execute)


def test_what_fails_changes_nothing_and_can_be_run_again_from_its_failure(ui: Ui, settings: Settings) -> None:
    """A build that cannot be made, because the disk with the landing is away for a while."""
    before = current(settings)
    away = settings.landing.rename(settings.home / "away")
    failed = ui.launch("build")
    still = ui.again(failed, "FROM_ASSET_FAILURE")
    assert {failed.status, still.status} == {dg.DagsterRunStatus.FAILURE}
    assert_whole(settings)
    assert current(settings) == before
    shutil.rmtree(settings.landing)  # the empty one that runs have made
    away.rename(settings.landing)
    assert ui.again(failed, "FROM_FAILURE").status == dg.DagsterRunStatus.SUCCESS
    assert_whole(settings)
