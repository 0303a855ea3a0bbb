"""What a step prints, kept for the UI and passed on to where it was going.

Belongs here: how it is copied. Does not belong here: for how long it is kept (history.py).

Dagster's own way starts a `tail -F` and then a process that ends it: killed between the two, a run leaves the
first for ever. A `tee` ends by itself when nobody holds the other end of its pipe.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import dagster as dg
from dagster._core.execution.compute_logs import redirect_stream
from dagster._core.storage.compute_log_manager import CapturedLogContext, ComputeIOType
from dagster._core.storage.local_compute_log_manager import IO_TYPE_EXTENSION, LocalComputeLogManager
from dagster._serdes import ConfigurableClassData


class ComputeLogs(LocalComputeLogManager):
    """Dagster's files below the folder, written by `tee`; dagster.yaml (settings.py) names it."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Nothing can be set."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "ComputeLogs":
        """What Dagster calls."""
        return cls(base_dir="", inst_data=inst_data)

    def register_instance(self, instance: dg.DagsterInstance) -> None:
        """Learn the folder."""
        super().register_instance(instance)
        self._base_dir = str(Path(instance.root_directory) / "storage")

    @contextmanager
    def capture_logs(self, log_key: Sequence[str]) -> Iterator[CapturedLogContext]:
        """Copy standard output and standard error for as long as the context lasts."""
        out, err = (
            Path(self.get_captured_local_path(log_key, IO_TYPE_EXTENSION[kind]))
            for kind in (ComputeIOType.STDOUT, ComputeIOType.STDERR)
        )
        out.parent.mkdir(parents=True, exist_ok=True)
        with _copied(sys.stdout, out), _copied(sys.stderr, err):
            yield CapturedLogContext(log_key)
        Path(self.complete_artifact_path(log_key)).touch()  # type: ignore[no-untyped-call]


@contextmanager
def _copied(stream: TextIO, path: Path) -> Iterator[None]:
    # It outlives Ctrl-C (-i), and so what is said after that.
    command = ["tee", "-i", "-a", str(path)]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=stream.fileno()) as tee,
        redirect_stream(tee.stdin, stream),
    ):
        yield
