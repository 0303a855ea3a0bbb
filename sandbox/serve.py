"""Starting the sandbox from a test or another command, in a process of its own.

Here: start and stop. Not here: what is served (app.py).
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def start(port: int = 0, seed: int = 7, faults: Iterable[str] = ()) -> Iterator[str]:
    """Serves a nation as long as the context lasts; yields its address."""
    command = [sys.executable, "-m", "sandbox.cli", "serve", "--watch-stdin"]
    command += ["--port", str(port), "--seed", str(seed)]
    for fault in faults:
        command += ["--fault", fault]
    # The child ends when its input does, so also when this process is killed.
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if not line.startswith("http://"):
            raise RuntimeError(f"the sandbox did not start: {line!r}")
        yield line
    finally:
        process.kill()
        process.communicate()
