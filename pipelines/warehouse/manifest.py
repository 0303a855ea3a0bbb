"""dbt's manifest of the project, from which Dagster knows the models and their tests.

Belongs here: preparing it, in `make setup` (`python -m pipelines.warehouse.manifest`) and on demand where it
is older than the project's files. Does not belong here: building the warehouse (build.py).
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from pipelines.landing.locks import locked
from pipelines.settings import PROJECT, Settings
from pipelines.sources.catalogue import pulled_platforms

DBT_PROJECT = PROJECT / "dbt"
#: dbt lies beside python, also when no environment is active.
DBT = Path(sys.executable).with_name("dbt")


class ManifestError(Exception):
    """dbt cannot read the project; the message is what dbt said."""


def manifest(settings: Settings) -> Path:
    """The manifest, as new as the project's files.

    dbt needs seconds to parse, so it does once for each change, whoever asks first.

    Raises:
        ManifestError: the project has a mistake.
    """
    target = settings.dbt_target
    prepared = target / "prepared"  # written last: dbt killed half-way leaves a manifest, but not this
    with locked(target / "lock"):
        if not prepared.exists() or prepared.stat().st_mtime < _newest():
            began = time.time()
            _parse(settings)
            prepared.touch()
            os.utime(prepared, (began, began))
    return target / "manifest.json"


def built_by_dbt(settings: Settings) -> frozenset[str]:
    """Unique ids of what a build of the whole project runs: every model, seed and test (unit tests apart).

    Raises:
        ManifestError: the project has a mistake.
    """
    nodes = json.loads(manifest(settings).read_bytes())["nodes"].values()
    return frozenset(n["unique_id"] for n in nodes if n["resource_type"] in ("model", "seed", "test"))


def dbt_environment(settings: Settings) -> dict[str, str]:
    """What dbt reads from the environment: paths, the profile, and which platforms the catalogue says are
    pulled."""
    return {**settings.environment(), "BEATBOOK_PULLED_PLATFORMS": ",".join(pulled_platforms())}


def _newest() -> float:
    """When the project last changed; a folder changes when a file is taken out of it."""
    own = [path for path in DBT_PROJECT.iterdir() if path.name not in {"target", "logs"}]
    below = [path for top in own for path in top.rglob("*")]
    return max(path.stat().st_mtime for path in own + below)


def _parse(settings: Settings) -> None:
    folders = ["--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT]
    folders += ["--target-path", settings.dbt_target, "--log-path", settings.dbt_target]
    command = [str(word) for word in (DBT, "--quiet", "parse", *folders)]
    environment = {**os.environ, **dbt_environment(settings)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ManifestError((done.stdout + done.stderr).strip())


if __name__ == "__main__":
    manifest(Settings())
