"""Runs dbt in this process: no second interpreter to start, nothing left behind when this process is killed.

Belongs here: calling dbt and reading its outcome. Does not belong here: SQL (dbt/), or what the outcome means
(gates/, build.py).
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.imports import importing
from pipelines.settings import Settings
from pipelines.warehouse.manifest import DBT_PROJECT, dbt_environment, manifest


@dataclass(frozen=True)
class Node:
    """A model, seed or test that was run. `status` is dbt's: success, pass, warn, fail, error or skipped."""

    unique_id: str
    status: str
    message: str
    seconds: float
    failure_count: int


def run_dbt(settings: Settings, on_node: Callable[[str], None]) -> list[Node]:
    """`dbt build` of the whole project into `settings.building`; `on_node` gets the name of each node that
    is done.

    Unit tests are about formulas, not about today's data: `make test` runs them.

    Raises:
        RuntimeError: dbt could not even begin.
    """
    with importing():
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest

    os.environ.update(dbt_environment(settings))
    parsed = Manifest.from_msgpack(manifest(settings).with_name("partial_parse.msgpack").read_bytes())

    def heard(event: Any) -> None:
        if event.info.name == "NodeFinished":
            on_node(event.data.node_info.node_name)

    words = [
        "build",
        "--exclude-resource-type",
        "unit_test",
        "--log-level",
        "none",
        "--quiet",
        "--no-write-json",
    ]
    words += ["--no-write-json", "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    words += ["--target-path", str(settings.home / "dbt"), "--log-path", str(settings.home / "logs")]
    try:
        done = dbtRunner(manifest=parsed, callbacks=[heard]).invoke(words)
    finally:
        manager: Any = DuckDBConnectionManager
        manager.close_all_connections()  # or the file cannot be opened for reading
    if done.exception is not None:
        raise RuntimeError(f"dbt: {done.exception}") from done.exception
    outcome: Any = done.result
    return [_node(result) for result in outcome.results]


def _node(result: Any) -> Node:
    message = " ".join(str(result.message or "").split())
    return Node(
        result.node.unique_id, str(result.status), message, result.execution_time, result.failures or 0
    )
