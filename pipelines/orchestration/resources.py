"""What assets are given and tests can replace: settings, dbt, and someone to tell the progress to.

Belongs here: resources. Does not belong here: what assets do with them.
"""

from typing import Any, Protocol

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject

from pipelines.settings import Settings
from pipelines.warehouse.manifest import DBT, DBT_PROJECT, manifest


class Progress(Protocol):
    """Told of what goes on; the command line draws it, Dagster's log has its own."""

    def accounts(self, platform: str, total: int) -> None: ...

    def account_done(self) -> None: ...

    def building(self, node: str) -> None: ...


class Silent:
    """Nobody watches: runs that the UI or the schedule started."""

    def accounts(self, platform: str, total: int) -> None:
        """Asking `total` accounts of a platform begins."""

    def account_done(self) -> None:
        """One of them is finished."""

    def building(self, node: str) -> None:
        """dbt finished a node."""


def dbt_project(settings: Settings) -> DbtProject:
    """The dbt project with a manifest that is as new as its files."""
    manifest(settings)
    return DbtProject(project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT, target_path=settings.dbt_target)


def resources(settings: Settings, project: DbtProject, progress: Progress | None = None) -> dict[str, Any]:
    """The resources of the code location; `progress` is the command line's."""
    return {
        "settings": dg.ResourceDefinition.hardcoded_resource(settings),
        "progress": dg.ResourceDefinition.hardcoded_resource(progress or Silent()),
        "dbt": DbtCliResource(project_dir=project, dbt_executable=str(DBT)),
    }
