"""The release gate as a blocking check, the release, and the extracts in it.

Belongs here: wiring and metadata. Does not belong here: what is checked (gates/) or written
(release/).
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from pipelines.gates.records import record
from pipelines.gates.release_gate import RELEASE_TABLES, release_gate
from pipelines.landing.store import open_landing
from pipelines.orchestration.history import forget
from pipelines.release.contents import contents
from pipelines.release.publish import NotPublishedError, publish
from pipelines.release.published import folder_of, previous, previous_table
from pipelines.settings import Settings
from pipelines.warehouse.build import NotBuiltError, held_build

VALUES = "bench_values"
READ = {*RELEASE_TABLES, "dim_area", "dim_force_population", "fct_collection"}


@dg.asset_check(
    asset=dg.AssetKey(VALUES),
    name="release_gate",
    blocking=True,
    additional_deps=[dg.AssetKey(name) for name in sorted(READ - {VALUES})],
    description="GX on what would be published: the contract, a number or a reason for every area and cell, "
    "enough forces collected, no large loss and no other residents against the current release.",
)
def gate(settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
    """Records its verdict under the build's id, which is what publishing reads."""
    before = previous(settings)
    try:
        with held_build(settings) as build:
            result = release_gate(
                settings.warehouse,
                build.build_id,
                before.value_count if before else None,
                previous_table(settings, "dim_force_population"),
            )
            record(settings.gates, result)
    except NotBuiltError as error:
        raise dg.Failure(error.failures[0], allow_retries=False) from error
    failures = "\n".join(f"- {line}" for line in result.failures) or "none"
    return dg.AssetCheckResult(
        passed=result.passed,
        metadata={
            "rows checked": sum(result.checked_rows.values()),
            "summary": "; ".join(result.failures[:3]) or "every expectation holds",
            "failures": dg.MetadataValue.md(failures),
        },
    )


def build_assets(settings: Settings) -> dg.AssetsDefinition:
    """The release and its extracts, after every model that they publish."""
    models = contents(settings)

    @dg.multi_asset(
        name="publish",
        group_name="release",
        specs=[
            dg.AssetSpec(
                "release",
                deps=[model.name for model in (*models.tables, *models.extracts)],
                description="One frozen vintage: tables as Parquet and DuckDB, release.json, the pointer.",
                kinds={"parquet", "duckdb"},
            ),
            dg.AssetSpec(
                "extracts",
                deps=["release"],
                description="Each force's own files: CSV, Parquet, data dictionary, checksums.",
                kinds={"csv", "parquet"},
            ),
        ],
    )
    def release(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Publish, or fail and leave the current release where it is; then forget what is too old to keep."""
        try:
            published = publish(settings, open_landing(settings))
        except NotPublishedError as error:
            reasons = dg.MetadataValue.md("\n".join(f"- {reason}" for reason in error.reasons))
            raise dg.Failure(str(error), metadata={"reasons": reasons}, allow_retries=False) from error
        forget(settings, context.instance, datetime.now(UTC))
        folder = folder_of(settings, published)
        metadata: dict[str, dg.RawMetadataValue] = {
            "release": published.release_id,
            "data as of": published.data_as_of_utc,
            "note": published.note,
            "numbers": published.value_count,
            "folder": dg.MetadataValue.path(str(folder)),
        }
        yield dg.MaterializeResult(asset_key="release", metadata=metadata)
        files = [name for name in published.files if name.startswith("extracts/")]
        where = dg.MetadataValue.path(str(folder / "extracts"))
        yield dg.MaterializeResult(asset_key="extracts", metadata={"files": len(files), "folder": where})

    return release
