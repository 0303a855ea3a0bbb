"""The dbt project compiled once: the SQL that is tested is the SQL that runs.

Belongs here: running dbt, and a landing to run it on. Does not belong here: what is expected of it.
"""

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.sources.catalogue import pulled_platforms

DBT = Path(__file__).resolve().parents[2] / "dbt"


@dataclass
class Project:
    """A project in a folder of its own: the files that it reads, its warehouse, what dbt leaves behind."""

    folder: Path
    register: Path = DBT / "seeds"
    profile: str = "sandbox"
    source: Path = DBT
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def read(self) -> Path:
        """The folder that sources are read from."""
        return self.folder / "read"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def dbt(self, *words: str) -> str:
        """Run a dbt command and return what it prints."""
        env = {
            **os.environ,
            "BEATBOOK_READ": str(self.read),
            "BEATBOOK_REGISTER": str(self.register),
            "BEATBOOK_WAREHOUSE": str(self.warehouse),
            "BEATBOOK_PROFILE": self.profile,
            "BEATBOOK_PULLED_PLATFORMS": ",".join(pulled_platforms()),
        }
        folders = ["--project-dir", self.source, "--profiles-dir", self.source]
        folders += ["--target-path", self.folder / "target", "--log-path", self.folder / "logs"]
        command = [Path(sys.executable).with_name("dbt"), "--quiet", *words, *folders]
        done = subprocess.run(
            [str(word) for word in command], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def sql(self, name: str) -> str:
        """The compiled SQL of a model or test."""
        nodes = self.manifest["nodes"].values()
        [code] = [node["compiled_code"] for node in nodes if node["name"] == name]
        return str(code)

    def expression(self, jinja: str) -> str:
        """What an expression in Jinja becomes."""
        compiled = json.loads(self.dbt("compile", "--inline", jinja, "--output", "json"))
        return str(compiled["compiled"])

    def run(self, sql: str, **tables: str) -> list[tuple[Any, ...]]:
        """Rows of `sql` where each table holds what the given query says."""
        self.warehouse.unlink(missing_ok=True)
        with duckdb.connect(str(self.warehouse)) as connection:
            for table, query in tables.items():
                connection.execute(f"create table {table} as {query}")
            return connection.sql(sql).fetchall()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of `sql` over the warehouse that was built."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.sql(sql).fetchall()

    def seed(self, name: str) -> list[dict[str, str]]:
        """The rows of a seed."""
        with (self.source / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project as the sandbox compiles it; nothing is read for that, and nothing built."""
    compiled = Project(tmp_path_factory.mktemp("dbt"))
    compiled.dbt("compile", "--no-introspect")
    compiled.manifest = json.loads((compiled.folder / "target" / "manifest.json").read_text())
    return compiled


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here runs dbt, which takes seconds to start: `make unit` leaves it out."""
    for item in items:
        if "tests/dbt/" in item.nodeid:
            item.add_marker("dbt")
