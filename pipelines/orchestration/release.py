"""The release gate as a blocking check, the release, and the extracts in it.

Belongs here: wiring and metadata. Does not belong here: what is checked (gates/) or written
(release/).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from pipelines.gates.data_docs import folder_of as pages_of
from pipelines.gates.data_docs import of_build
from pipelines.gates.overrides import overrides, standing
from pipelines.gates.records import record
from pipelines.gates.release_gate import ALSO_COMPARED, COMPARED, RELEASE_TABLES, release_gate, release_suites
from pipelines.landing.store import open_landing
from pipelines.orchestration.history import forget
from pipelines.release.contents import contents
from pipelines.release.coverage import COLUMNS, coverage
from pipelines.release.publish import NotPublishedError, publish, standing_verdict
from pipelines.release.published import Release, compared_with, folder_of, is_judged_alike
from pipelines.settings import Settings, SettingsError
from pipelines.warehouse.build import NotBuiltError, held_build
from pipelines.words import many

VALUES = "bench_values"
READ = {
    *RELEASE_TABLES,
    "dim_area",
    "dim_area_member",
    "dim_force_population",
    "dim_indicator",
    "dim_rate_card",
    "fct_collection",
}


@dg.asset_check(
    asset=dg.AssetKey(VALUES),
    name="release_gate",
    blocking=True,
    additional_deps=[dg.AssetKey(name) for name in sorted(READ - {VALUES})],
    description="GX on what would be published: the contract, a number or a reason for every area and cell, "
    "enough forces collected, no large loss and no other residents or prices against the current release.",
)
def gate(settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
    """Records its verdict under the build's id, which is what publishing reads. A build that is published
    already is not judged again."""
    last = compared_with(settings, COMPARED, ALSO_COMPARED)
    try:
        with held_build(settings) as build:
            result = standing_verdict(settings, open_landing(settings), build)
            if result is None:
                allowed = standing(overrides(settings), settings.profile.clock_day())
                alike = last is not None and is_judged_alike(last, build.made_of, release_suites())
                result = release_gate(settings.warehouse, build.build_id, last, allowed, is_judged=alike)
                record(settings.gates, result)
    except NotBuiltError as error:
        raise dg.Failure(error.failures[0], allow_retries=False) from error
    except SettingsError as error:  # the list of overrides cannot be read
        raise dg.Failure(str(error), allow_retries=False) from error
    failures = "\n".join(f"- {line}" for line in result.failures) or "none"
    pages: dg.RawMetadataValue = "`beatbook gates` makes them"
    if not result.passed:
        of_build(settings)
        pages = dg.MetadataValue.path(pages_of(settings, "release") / "index.html")
    return dg.AssetCheckResult(
        passed=result.passed,
        metadata={
            "rows checked": sum(result.checked_rows.values()),
            "summary": "; ".join(result.failures[:3]) or "every expectation holds",
            "failures": dg.MetadataValue.md(failures),
            "pages": pages,
            "overridden": dg.MetadataValue.md("\n".join(f"- {line}" for line in result.overridden) or "none"),
        },
    )


def build_assets(settings: Settings) -> dg.AssetsDefinition:
    """The release and its extracts, after every model that they publish."""
    models = contents(settings)

    @dg.multi_asset(
        name="publish",
        group_name="release",
        can_subset=True,  # either may be left out of a run: a release is written with its extracts
        specs=[
            dg.AssetSpec(
                "release",
                skippable=True,
                deps=[model.name for model in (*models.tables, *models.extracts)],
                description="One frozen vintage: tables as Parquet and DuckDB, release.json, the pointer.",
                kinds={"parquet", "duckdb"},
            ),
            dg.AssetSpec(
                "extracts",
                skippable=True,
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
        files = [name for name in published.files if name.startswith("extracts/")]
        where = dg.MetadataValue.path(str(folder / "extracts"))
        metadata: dict[str, dict[str, dg.RawMetadataValue]] = {
            "release": _of_release(published, folder),
            "extracts": {"files": len(files), "folder": where},
        }
        for name, shown in metadata.items():
            if dg.AssetKey(name) in context.selected_asset_keys:
                yield dg.MaterializeResult(asset_key=name, metadata=shown)

    return release


def _of_release(published: Release, folder: Path) -> "dict[str, dg.RawMetadataValue]":
    """What the release is, what let it pass, and what is not in it."""
    found = coverage(folder)
    schema = dg.TableSchema([dg.TableColumn(name) for name in COLUMNS])
    missing = next((row["missing"] for row in found if row["platform"] == "all"), "")
    gates = [
        f"- {gate['gate']}, {gate['subject']}: {sum(gate['checked_rows'].values())} checked"
        for gate in published.gates
    ]
    quarantined = [
        f"- {row['platform']}, {row['day']}: {many(row['account_count'], 'account')} of "
        f"{many(row['force_count'], 'force')}: {row['detail']}"
        for row in published.quarantined
    ]
    return {
        "release": published.release_id,
        "data as of": published.data_as_of_utc,
        "note": published.note,
        "numbers": published.value_count,
        "revised cells": published.revised_count,
        "gates passed": dg.MetadataValue.md("\n".join(gates)),
        "quarantined": dg.MetadataValue.md("\n".join(quarantined) or "none"),
        "missing forces": missing or "none that was due",
        "coverage": dg.MetadataValue.table([dg.TableRecord(row) for row in found], schema),
        "checks": dg.MetadataValue.url(f"/assets/{VALUES}?view=checks"),
        "folder": dg.MetadataValue.path(str(folder)),
        "manifest": dg.MetadataValue.path(str(folder / "release.json")),
        "tables": dg.MetadataValue.path(str(folder / "tables")),
    }
