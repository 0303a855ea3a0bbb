"""The release gate as a blocking check, the release, and the extracts in it.

Belongs here: wiring and metadata. Does not belong here: what is checked (gates/) or written
(release/).
"""

from collections.abc import Iterator

import dagster as dg

from pipelines.gates.records import record
from pipelines.gates.release_gate import release_gate
from pipelines.landing.store import open_landing
from pipelines.release.publish import NotPublishedError, current, folder_of, publish
from pipelines.settings import Settings
from pipelines.warehouse.build import current_build

VALUES = dg.AssetKey("bench_values")


@dg.asset_check(
    asset=VALUES,
    name="release_gate",
    blocking=True,
    additional_deps=[dg.AssetKey("bench_comparisons"), dg.AssetKey("fct_collection")],
    description="GX on what would be published: the contract, 48 forces in every table, reasons for every "
    "empty cell, enough of the country collected, no large loss against the current release.",
)
def gate(settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
    """Records its verdict under the build's id, which is what publishing reads."""
    build = current_build(settings)
    if build is None:
        raise dg.Failure("there is no warehouse to check", allow_retries=False)
    before = current(settings)
    result = release_gate(settings.warehouse, build.build_id, before.value_count if before else None)
    record(settings.gates, result)
    failures = "\n".join(f"- {line}" for line in result.failures) or "none"
    return dg.AssetCheckResult(
        passed=result.passed,
        metadata={
            "rows checked": sum(result.checked_rows.values()),
            "summary": "; ".join(result.failures[:3]) or "every expectation holds",
            "failures": dg.MetadataValue.md(failures),
        },
    )


def build_assets(warehouse: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The release and its extracts, after everything of the warehouse that they publish."""

    @dg.multi_asset(
        name="publish",
        group_name="release",
        specs=[
            dg.AssetSpec(
                "release",
                deps=[key for key in warehouse.keys if key.path[-1].startswith(("bench_", "ext_", "dim_"))],
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
        """Publish, or fail and leave the current release where it is."""
        try:
            published = publish(settings, open_landing(settings))
        except NotPublishedError as error:
            reasons = dg.MetadataValue.md("\n".join(f"- {reason}" for reason in error.reasons))
            raise dg.Failure(str(error), metadata={"reasons": reasons}, allow_retries=False) from error
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
