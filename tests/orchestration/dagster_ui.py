"""What the Dagster UI's buttons send, answered in this process: the same GraphQL, no server and no waiting.

Runs are executed where they are launched, so that a test that clicks has seen the end of it.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster._core.instance_for_test import instance_for_test
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.backfill import execute_backfill_iteration
from dagster_graphql.schema import create_schema

from pipelines.settings import Settings

REPOSITORY = {"repositoryLocationName": "beatbook", "repositoryName": "__repository__"}
ASSETS = "__ASSET_JOB"
HERE: dict[str, Any] = {
    "run_launcher": {
        "module": "dagster._core.launcher.sync_in_memory_run_launcher",
        "class": "SyncInMemoryRunLauncher",
    },
    "concurrency": {"runs": {"max_concurrent_runs": 1}},
    "telemetry": {"enabled": False},
}


class Refused(Exception):
    """The API's refusal: no run was made."""


@dataclass
class Ui:
    """The UI of a data folder."""

    process: WorkspaceProcessContext
    instance: dg.DagsterInstance

    def __post_init__(self) -> None:
        self._schema = create_schema()

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer."""
        context = self.process.create_request_context()
        asked = self._schema.execute_async(query, context_value=context, variable_values=variables)
        answer = asyncio.run(asked)
        if answer.errors:
            raise Refused(str(answer.errors[0]))
        return answer.data

    def launch(
        self,
        job: str = ASSETS,
        *,
        assets: Sequence[dg.AssetKey] | None = None,
        checks: Sequence[dg.AssetCheckKey] | None = None,
        day: str | None = None,
        config: dict[str, Any] | None = None,
        steps: Sequence[str] | None = None,
        parent: str | None = None,
    ) -> dg.DagsterRun:
        """Launch a job, or a selection of assets and checks, or some steps of a run again."""
        selector: dict[str, Any] = {**REPOSITORY, "pipelineName": job}
        if assets is not None:
            selector["assetSelection"] = [{"path": list(key.path)} for key in assets]
        if checks is not None:
            selector["assetCheckSelection"] = [
                {"assetKey": {"path": list(key.asset_key.path)}, "name": key.name} for key in checks
            ]
        metadata: dict[str, Any] = {"tags": []}
        if day is not None:
            metadata["tags"].append({"key": "dagster/partition", "value": day})
        if parent is not None:
            metadata |= {"parentRunId": parent, "rootRunId": parent}
        params: dict[str, Any] = {"selector": selector, "mode": "default", "executionMetadata": metadata}
        params["runConfigData"] = config or {}
        if steps is not None:
            params["stepKeys"] = list(steps)
        field = "launchPipelineReexecution" if parent else "launchPipelineExecution"
        return self._launched(self.ask(_LAUNCH % field, params=params)[field])

    def again(self, run: dg.DagsterRun, strategy: str) -> dg.DagsterRun:
        """The run's own button: ALL_STEPS, FROM_FAILURE or FROM_ASSET_FAILURE."""
        params = {"parentRunId": run.run_id, "strategy": strategy}
        return self._launched(self.ask(_AGAIN, params=params)["launchRunReexecution"])

    def backfill(
        self, days: Sequence[str], *, assets: Sequence[dg.AssetKey] | None = None, job: str | None = None
    ) -> list[dg.DagsterRun]:
        """A backfill of assets or of a job, and the daemon's turns until it is over."""
        params: dict[str, Any] = {"partitionNames": list(days)}
        if assets is not None:
            params["assetSelection"] = [{"path": list(key.path)} for key in assets]
        if job is not None:
            params["selector"] = {
                "partitionSetName": f"{job}_partition_set",
                "repositorySelector": REPOSITORY,
            }
        answer = self.ask(_BACKFILL, params=params)["launchPartitionBackfill"]
        if answer["__typename"] != "LaunchBackfillSuccess":
            raise Refused(answer.get("message", answer["__typename"]))
        return self._backfilled(answer["backfillId"])

    def _work_off(self) -> None:
        """The queue daemon's turns: every run that waits is executed."""
        while waiting := self.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED])):
            self.instance.launch_run(waiting[-1].run_id, self.process.create_request_context())

    def _backfilled(self, backfill_id: str) -> list[dg.DagsterRun]:
        """The backfill daemon's turns, until it has no more to do for this one."""
        for _ in range(20):
            list(execute_backfill_iteration(self.process, logging.getLogger("backfill")))
            self._work_off()
            backfill = self.instance.get_backfill(backfill_id)
            if backfill is not None and backfill.status.value not in ("REQUESTED", "CANCELING", "FAILING"):
                break
        runs = self.instance.get_runs(dg.RunsFilter(tags={"dagster/backfill": backfill_id}))
        return list(runs)

    def _launched(self, answer: dict[str, Any]) -> dg.DagsterRun:
        if answer["__typename"] != "LaunchRunSuccess":
            raise Refused(answer.get("message") or answer["__typename"])
        self._work_off()
        run = self.instance.get_run_by_id(answer["run"]["runId"])
        assert run is not None
        return run


@contextmanager
def dagster_ui(settings: Settings) -> Iterator[Ui]:
    """The UI of a data folder; its environment is the caller's business (`settings.prepare()`)."""
    origin = InProcessCodeLocationOrigin(
        LoadableTargetOrigin(module_name="pipelines.definitions"), location_name="beatbook"
    )
    with (
        instance_for_test(HERE, temp_dir=str(settings.dagster_home)) as instance,
        WorkspaceProcessContext(instance, InProcessWorkspaceLoadTarget([origin])) as process,
    ):
        yield Ui(process, instance)


_LAUNCH = """
mutation($params: ExecutionParams!) {
  %s(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on InvalidSubsetError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""
_AGAIN = """
mutation($params: ReexecutionParams!) {
  launchRunReexecution(reexecutionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on InvalidSubsetError { message }
  }
}
"""
_BACKFILL = """
mutation($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
    ... on InvalidSubsetError { message }
  }
}
"""
