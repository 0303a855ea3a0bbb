"""The dbt project as assets: every model an asset, every dbt test an asset check.

Belongs here: running dbt and recording its outcome as a gate. Does not belong here: SQL.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)

from pipelines.gates.records import record
from pipelines.gates.release_gate import dbt_gate
from pipelines.landing.store import new_run_id, open_landing
from pipelines.orchestration.resources import Progress
from pipelines.settings import Settings
from pipelines.warehouse.build import building, swap_in


class Translator(DagsterDbtTranslator):
    """Groups models by their layer, and the seeds as what they are: the registry."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The folder under models/."""
        return "registry" if dbt_resource_props["resource_type"] == "seed" else dbt_resource_props["fqn"][1]


#: Several entities of a platform are one landing asset.
translator = Translator(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
#: Unit tests are about formulas, not about today's data: they run in `make test`.
COMMAND = ["build", "--exclude-resource-type", "unit_test"]


def build_assets(project: DbtProject) -> dg.AssetsDefinition:
    """The warehouse: one step that runs dbt and yields every model and test."""

    @dbt_assets(
        manifest=project.manifest_path,
        project=project,
        name="warehouse",
        dagster_dbt_translator=translator,
    )
    def warehouse(
        context: dg.AssetExecutionContext,
        dbt: DbtCliResource,
        settings: dg.ResourceParam[Settings],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[Any]:
        """Build everything into a fresh file and swap it in; then fail if a dbt test failed."""
        build_id = new_run_id(context.run_id)
        open_landing(settings)
        if not (settings.register / "accounts.csv").exists():
            raise dg.Failure("there is no register yet: run a pull first", allow_retries=False)
        with building(settings) as path:
            # One target folder, in the data folder: dbt's own default in Dagster is a new one for each run.
            target = settings.home / "dbt"
            invocation = dbt.cli(COMMAND, context=context, raise_on_error=False, target_path=target)
            for event in invocation.stream():
                progress.building(getattr(event, "output_name", ""))
                yield event
            results = invocation.get_artifact("run_results.json")
            gate = dbt_gate(results, build_id)
            record(settings.gates, gate)
            if path.exists():
                swap_in(settings, path, build_id)
        if not gate.passed:
            raise dg.Failure(
                "dbt did not pass: " + "; ".join(gate.failures[:10]),
                metadata={"failures": dg.MetadataValue.md("\n".join(f"- {line}" for line in gate.failures))},
                allow_retries=False,
            )

    return warehouse
