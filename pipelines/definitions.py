"""Assembles the code location, and nothing else. Importing it does nothing: Dagster calls `defs`."""

from typing import Any

import dagster as dg

from pipelines.orchestration import landing, official, pulse, release, schedules, sensors, warehouse
from pipelines.orchestration.annotations import annotated
from pipelines.orchestration.resources import Progress, resources
from pipelines.settings import Settings


def build_definitions(settings: Settings, progress: Progress | None = None) -> dg.Definitions:
    """The code location for these settings; the command line passes its own progress display."""
    landed, landing_gates = landing.build_assets(settings)
    built = [warehouse.build_assets(settings), release.build_assets(settings)]
    hourly, monthly = pulse.build_job(), official.build_job()
    assets: list[Any] = [*landed, landing.returns, *built]
    return dg.Definitions(
        assets=dg.map_asset_specs(lambda spec: annotated(settings, spec), assets),
        asset_checks=[*landing_gates, release.gate],
        jobs=[*schedules.jobs, hourly, monthly],
        schedules=[
            schedules.build_daily(settings),
            pulse.build_schedule(settings, hourly),
            official.build_schedule(settings, monthly),
        ],
        sensors=[*sensors.build_sensors(settings), official.build_sensor(settings, monthly)],
        resources=resources(settings, progress),
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What workspace.yaml loads, in a process of Dagster's own."""
    settings = Settings()
    settings.check_dagster_home()
    settings.prepare()
    return build_definitions(settings)
