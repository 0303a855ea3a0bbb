"""`make bench`: what the warehouse costs, as ratios within one run. Not a test: only equality is asserted.

Belongs here: one function a measure, each with both of its figures, in CPU seconds (user and system, of the command
and all it starts) and peak memory. Does not belong here: what is measured (generate.py, by_hand.py).
A year at scale 1 takes an hour or so and 20 GB of disk; `--scale 0.05 --runs 5` is a quick look.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.benchmarks.generate import UNTIL, generate

YEAR, TENTH = 365, 37
#: One day more is measured so many times in a row; the median counts.
DAYS_MORE = 3
SMALL_SCALE = 0.05


@dataclass(frozen=True)
class Cost:
    """What a command took: CPU seconds, and the most memory that one of its processes had (bytes)."""

    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Row:
    """One line of the table that is printed in the end."""

    what: str
    figure: str
    made_of: str
    bound: str


def cost(home: Path, *words: str) -> Cost:
    """Run a command of ours on a data folder.

    Raises:
        SystemExit: it failed; what it said stands in <home>/bench.log.
    """
    command = [str(Path(sys.executable).with_name(words[0])), *words[1:]]
    environment = {**os.environ, "BEATBOOK_HOME": str(home)}
    with (home / "bench.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(words)} failed on {home}: see bench.log there")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def one_day_more(home: Path, days: int, scale: float) -> tuple[Cost, float]:
    """The first build of a history that ends `DAYS_MORE` days early, and the median of one day more (CPU seconds)."""
    generate(home, days, UNTIL - timedelta(days=DAYS_MORE), scale)
    full = cost(home, "beatbook", "build", "--full")
    more = []
    for back in range(DAYS_MORE - 1, -1, -1):
        generate(home, 1, UNTIL - timedelta(days=back), scale)
        more.append(cost(home, "beatbook", "build").cpu_seconds)
    return full, median(more)
