"""What assets are given and tests can replace: settings, and someone to tell the progress to.

Belongs here: resources. Does not belong here: what assets do with them.
"""

from typing import Any, Protocol

import dagster as dg

from pipelines.orchestration.workers import work_on
from pipelines.settings import Settings


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


def resources(settings: Settings, progress: Progress | None = None) -> dict[str, Any]:
    """The resources of the code location; `progress` is the command line's.

    Every step takes the settings, so whichever process executes a run is known as its worker.
    """

    @dg.resource
    def of_worker(context: dg.InitResourceContext) -> Settings:
        if context.run is not None and context.instance is not None:
            work_on(context.instance, context.run.run_id)
        return settings

    return {
        "settings": of_worker,
        "progress": dg.ResourceDefinition.hardcoded_resource(progress or Silent()),
    }
