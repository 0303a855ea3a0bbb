"""What assets are given and tests can replace: settings, dbt, and someone to tell the progress to.

Belongs here: resources. Does not belong here: what assets do with them.
"""

from pathlib import Path
from typing import Any, Protocol

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject

from pipelines.settings import PROJECT, Settings


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


def dbt_project() -> DbtProject:
    """The dbt project with a manifest that is as new as its files.

    Parsed at most once for each change: dbt needs seconds for it.
    """
    Settings().prepare()
    folder = PROJECT / "dbt"
    project = DbtProject(project_dir=folder, profiles_dir=folder)
    manifest = Path(project.manifest_path)
    if not manifest.exists() or manifest.stat().st_mtime < _newest(folder):
        project.preparer.prepare(project)
    return project


def _newest(folder: Path) -> float:
    endings = {".sql", ".yml", ".csv", ".md"}
    own = (path for path in folder.rglob("*") if path.suffix in endings and "target" not in path.parts)
    return max(path.stat().st_mtime for path in own)


def resources(settings: Settings, project: DbtProject, progress: Progress | None = None) -> dict[str, Any]:
    """The resources of the code location; `progress` is the command line's."""
    settings.prepare()
    return {
        "settings": dg.ResourceDefinition.hardcoded_resource(settings),
        "progress": dg.ResourceDefinition.hardcoded_resource(progress or Silent()),
        "dbt": DbtCliResource(project_dir=project),
    }
