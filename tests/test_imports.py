"""Importing does nothing: no folder, no variable, no data, no dbt; and the command starts without Dagster.

Each import happens in a process of its own, because this one has imported everything already.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import PROJECT

#: Reports what our own modules do while they are imported; what the libraries do is theirs.
WATCH = """
import json, os, sys
import dagster, dagster_dbt, httpx, polars, pydantic_settings, typer, uvicorn
watched = {"open", "os.mkdir", "os.rename", "os.remove", "subprocess.Popen", "socket.connect"}
events, before = [], dict(os.environ)
sys.addaudithook(lambda name, args: events.append((name, *map(str, args[:2]))) if name in watched else None)
__import__(sys.argv[1])
print(json.dumps({"events": events, "is_kept": dict(os.environ) == before}))
"""
LOADED = "import json, sys; __import__(sys.argv[1]); print(json.dumps(list(sys.modules)))"


def in_a_process(code: str, module: str, home: Path) -> Any:
    env = {**os.environ, "BEATBOOK_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", code, module]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("module", ["pipelines.definitions", "pipelines.cli", "portal.access"])
def test_an_import_makes_nothing_and_reads_no_data(module: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = in_a_process(WATCH, module, home)
    assert done["is_kept"], "an environment variable was set"
    assert not home.exists()
    assert {name for name, *_ in done["events"]} <= {"open"}
    assert {mode for _, _, mode in done["events"]} <= {"r", "rb", "None"}
    read = [Path(path) for _, path, _ in done["events"] if not Path(path).is_relative_to(sys.prefix)]
    ours = [path for path in read if path.is_relative_to(PROJECT) or path.is_relative_to(home)]
    assert {path.suffix for path in ours} <= {".py", ".pyc"}, "something else than code was read"


def test_the_command_starts_without_what_only_a_run_needs(tmp_path: Path) -> None:
    loaded = {name.split(".")[0] for name in in_a_process(LOADED, "pipelines.cli", tmp_path)}
    assert loaded & {"dagster", "dagster_dbt", "dbt", "duckdb", "great_expectations", "pandas"} == set()
