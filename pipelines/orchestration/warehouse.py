"""The dbt project as assets: every model an asset, every dbt test a check of it, all of them one step.

Belongs here: what the UI shows of a build. Does not belong here: building (warehouse/) or SQL (dbt/).

The warehouse is one thing: whatever part of it is selected, the whole of it is built, and swapped in only if
everything passed. So the step cannot be cut into parts.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, build_dbt_asset_specs

from pipelines.landing.store import open_landing
from pipelines.orchestration.annotations import code_reference
from pipelines.orchestration.resources import Progress
from pipelines.settings import PROJECT, Settings
from pipelines.sources.catalogue import pulled_platforms
from pipelines.warehouse.build import NotBuiltError, build, row_counts
from pipelines.warehouse.manifest import manifest
from pipelines.warehouse.run_dbt import Node

Event = dg.MaterializeResult[None] | dg.AssetCheckResult


class BuildConfig(dg.Config):
    """Launchpad: `full: true` builds from nothing in place of what is new since the last build."""

    full: bool = False


class Translator(DagsterDbtTranslator):
    """Groups models by their layer, and the seeds as what they are: the registry."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The folder under models/."""
        return "registry" if dbt_resource_props["resource_type"] == "seed" else dbt_resource_props["fqn"][1]

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """Also which SQL or CSV it is."""
        path = PROJECT / "dbt" / dbt_resource_props["original_file_path"]
        return {**super().get_metadata(dbt_resource_props), **code_reference(path)}


def build_assets(settings: Settings) -> dg.AssetsDefinition:
    """The warehouse: one step that builds all of it and yields every model and test."""
    parsed = json.loads(manifest(settings).read_bytes())
    #: Several entities of a platform are one landing asset.
    translator = Translator(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
    specs = [
        spec.replace_attributes(deps=_landed(spec.deps))
        for spec in build_dbt_asset_specs(manifest=parsed, dagster_dbt_translator=translator)
    ]
    keys = {
        unique_id: translator.get_asset_key(node)
        for unique_id, node in parsed["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    checks = {
        unique_id: _check(node, keys)
        for unique_id, node in parsed["nodes"].items()
        if node["resource_type"] == "test"
    }

    @dg.multi_asset(
        name="warehouse",
        specs=specs,
        check_specs=list(checks.values()),
        can_subset=False,
    )
    def warehouse(
        context: dg.AssetExecutionContext,
        config: BuildConfig,
        settings: dg.ResourceParam[Settings],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[Event]:
        """Build beside and swap in what passed, or fail and leave the last warehouse where it is."""
        landing = open_landing(settings)
        build_id = landing.new_run_id(context.run.run_id)
        try:
            made = build(
                settings,
                landing,
                build_id,
                full=config.full,
                on_node=progress.building,
            )
        except NotBuiltError as error:
            yield from _outcomes(error.nodes, {}, checks)
            failures = dg.MetadataValue.md("\n".join(f"- {line}" for line in error.failures))
            raise dg.Failure(str(error), metadata={"failures": failures}, allow_retries=False) from error
        if made.build_id != build_id:
            context.log.info("nothing is new since the build %s: it stands", made.build_id)
        yield from _outcomes(made.nodes, keys, checks, row_counts(settings), made.build_id)

    return warehouse


def _landed(deps: Iterable[dg.AssetDep]) -> list[dg.AssetDep]:
    """What every source keeps beside its rows lands with them: no asset of its own."""
    keys = [dg.AssetKey(["landing", source]) for source in (*pulled_platforms(), "returns")]
    beside = {dg.AssetKey(["landing", name]) for name in ("requests", "quarantined", "window")}
    found = {dep.asset_key: dep for dep in deps}
    if found.keys() & beside:
        found |= {key: dg.AssetDep(key) for key in keys}
    return [dep for key, dep in found.items() if key not in beside]


def _check(node: Mapping[str, Any], keys: Mapping[str, dg.AssetKey]) -> dg.AssetCheckSpec:
    """A test of several models belongs to the first that it names."""
    about = node.get("attached_node") or next(name for name in node["depends_on"]["nodes"] if name in keys)
    return dg.AssetCheckSpec(node["name"], asset=keys[about], description=node["description"] or None)


def _outcomes(
    nodes: Sequence[Node],
    keys: Mapping[str, dg.AssetKey],
    checks: Mapping[str, dg.AssetCheckSpec],
    rows: Mapping[str, int] = {},
    build_id: str = "",
) -> Iterator[Event]:
    for node in nodes:
        if node.unique_id in keys:
            metadata: dict[str, float | str] = {"seconds": round(node.seconds, 2), "build": build_id}
            table = node.unique_id.rsplit(".", 1)[-1]
            if table in rows:
                metadata["dagster/row_count"] = rows[table]
            yield dg.MaterializeResult(asset_key=keys[node.unique_id], metadata=metadata)
        elif node.unique_id in checks:
            check = checks[node.unique_id]
            yield dg.AssetCheckResult(
                asset_key=check.asset_key,
                check_name=check.name,
                passed=node.status == "pass",
                severity=dg.AssetCheckSeverity.WARN if node.status == "warn" else dg.AssetCheckSeverity.ERROR,
                metadata={"rows returned": node.failure_count, "summary": node.message or node.status},
            )
