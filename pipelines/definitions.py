"""Assembles the code location, and nothing else."""

import dagster as dg

from pipelines.orchestration import landing, release, schedules, warehouse
from pipelines.orchestration.resources import Progress, resources
from pipelines.settings import Settings


def build_definitions(settings: Settings, progress: Progress | None = None) -> dg.Definitions:
    """The code location for these settings; the command line passes its own progress display."""
    return dg.Definitions(
        assets=[*landing.assets, landing.returns, warehouse.warehouse, release.release],
        asset_checks=[*landing.checks, release.gate],
        jobs=schedules.jobs,
        schedules=schedules.schedules,
        resources=resources(settings, warehouse.project, progress),
        executor=dg.in_process_executor,
    )


defs = build_definitions(Settings())
