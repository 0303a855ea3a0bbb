"""`make bench`: what the warehouse costs, as ratios within one run. Nothing but equality is asserted.

Belongs here: one function a measure, with the figures that its ratio has: CPU seconds (user and system,
of a command and all it starts) and peak memory. Does not belong here: the data (generate.py), the yardstick
(by_hand/). At scale 1 it takes hours and 10 GB of disk; `--scale 0.05 --runs 5` is a quick look.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

import duckdb
from rich.console import Console
from rich.table import Table

from pipelines.gates.landing_gate import judge
from pipelines.landing.store import LOG, open_landing
from pipelines.registry import load
from pipelines.settings import SEEDS, Settings
from pipelines.warehouse.build import build
from tests.benchmarks.generate import UNTIL, generate

YEAR, TENTH = 365, 37
#: One day more is measured so many times, day after day; the middle one counts.
DAYS_MORE = 3
#: The scale and the days of history that the file's growth is measured at.
SMALL_SCALE, SMALL_DAYS = 0.05, 45
GATED_DAYS = 5
BEATBOOK = str(Path(sys.executable).with_name("beatbook"))
KEY = "indicator_id, area_id, platform, account_scope, period_type, period_start"
#: What the yardstick works out by the same rules, for forces: it knows threads and no askers, suppresses no
#: more than what is few itself, and takes groups from four fifths of their forces.
COMPARED = ("followers_per_1k", "posts_per_account_week", "views_7d_per_1k", "shares_per_post")
console = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Cost:
    """What a command took: CPU seconds, and the peak memory (bytes) of the largest of its processes."""

    cpu_seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        return f"{self.cpu_seconds:.1f} CPU s, {self.peak_bytes / 2**30:.1f} GiB"


@dataclass(frozen=True)
class Measure:
    """One line of the table: what, its figure, what that is made of, and what it may be at most."""

    what: str
    figure: float
    unit: str
    made_of: str
    at_most: float


def cost(home: Path, *command: str) -> Cost:
    """Run a command on a data folder.

    Raises:
        SystemExit: it failed; what it said stands in bench.log of the folder.
    """
    began = time.perf_counter()
    with (home / "bench.log").open("ab") as log:
        process = subprocess.Popen(
            command, env={**os.environ, "BEATBOOK_HOME": str(home)}, stdout=log, stderr=log
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(
            f"{' '.join(command)}: exit code {process.returncode}\n{(home / 'bench.log').read_text()}"
        )
    found = Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
    what = f"{Path(command[0]).name} {' '.join(command[1:])[:50]}"
    console.print(f"  {what}: {found}, {time.perf_counter() - began:.0f} s")
    return found


def history(home: Path, days: int, scale: float) -> Cost:
    """A history that ends some days early, and its build from nothing."""
    console.print(f"{days} days at scale {scale} in {home}")
    generate(home, days, UNTIL - timedelta(days=DAYS_MORE), scale)
    return cost(home, BEATBOOK, "build", "--full")


def days_more(home: Path, scale: float) -> float:
    """CPU seconds of a build that has one day more to do: the middle one of the days to the end."""
    found = []
    for back in range(DAYS_MORE - 1, -1, -1):
        generate(home, 1, UNTIL - timedelta(days=back), scale)
        found.append(cost(home, BEATBOOK, "build").cpu_seconds)
    return median(found)


def by_hand(home: Path) -> Cost:
    """The same numbers by the hand-written script, compared cell by cell.

    Raises:
        SystemExit: a cell differs.
    """
    cells = home / "by_hand.parquet"
    found = cost(home, sys.executable, "-m", "tests.benchmarks.by_hand", str(home), str(cells))
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        differing = connection.sql(f"""
            select {KEY}, built.value, hand.value as by_hand, built.n, hand.n as n_by_hand
            from (
                from bench_values semi join dim_force on area_id = force_id
                where value is not null and indicator_id in {COMPARED}
            ) as built
            full join (
                from '{cells}' semi join '{SEEDS}/forces.csv' on area_id = force_id
                where indicator_id in {COMPARED}
            ) as hand using ({KEY})
            where built.value is null or hand.value is null
                or abs(built.value - hand.value) > 1e-9 * abs(built.value)
                or (built.numerator, built.denominator, built.n)
                is distinct from (hand.numerator, hand.denominator, hand.n)
            order by {KEY}
        """)
        if count := len(differing):
            raise SystemExit(f"{count} cells differ from those by hand, as\n{differing.limit(20)}")
        (count,) = connection.sql(f"select count(*) from '{cells}'").fetchone() or (0,)
        console.print(f"  the same {count:,} values in both")
    return found


def file_growth(home: Path, runs: int) -> Measure:
    """The warehouse file after many daily builds, all in this process, beside a copy of what it holds."""
    console.print(f"{runs} daily builds at scale {SMALL_SCALE} in {home}")
    settings = Settings(BEATBOOK_HOME=home)  # type: ignore[call-arg]
    for back in range(runs, -1, -1):
        days = SMALL_DAYS if back == runs else 1
        generate(home, days, UNTIL - timedelta(days=back), SMALL_SCALE)
        build(settings, open_landing(settings), f"build-{runs - back}")
    grown, fresh = home / "warehouse.duckdb", home / "fresh.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{grown}' as grown (read_only)")
        connection.execute(f"attach '{fresh}' as fresh")
        connection.execute("copy from database grown to fresh")
    sizes = grown.stat().st_size, fresh.stat().st_size
    made_of = " / ".join(f"{size / 2**20:.0f} MiB" for size in sizes)
    return Measure(
        f"warehouse file after {runs} daily builds / fresh copy", sizes[0] / sizes[1], "", made_of, 1.3
    )


def gate(home: Path) -> Measure:
    """The landing gate on whole runs. Importing Great Expectations, once a process, is left out.

    Raises:
        SystemExit: the gate refused the synthetic rows.
    """
    settings = Settings(BEATBOOK_HOME=home)  # type: ignore[call-arg]
    landing, force_ids = open_landing(settings), list(load(settings.register, SEEDS).forces)
    platforms = sorted({source for source, _ in landing.schemas} - {"returns"})
    began, rows = 0.0, 0
    for back in range(GATED_DAYS, -1, -1):
        if back == GATED_DAYS - 1:  # the first day only warms up
            began, rows = _own_cpu_seconds(), 0
        day = UNTIL - timedelta(days=back)
        for platform in platforms:
            (run_id,) = (name for found, name in landing.runs(platform) if found == day)
            files = landing.manifest(platform, day, run_id).files
            frames = {entity: landing.read(platform, entity, day, run_id) for entity in files}
            refused = judge(landing, platform, day, frames, force_ids)
            if refused:
                raise SystemExit(f"the landing gate refused {platform} of {day}: {refused[0].detail}")
            rows += sum(frame.height for entity, frame in frames.items() if entity not in LOG)
    seconds = _own_cpu_seconds() - began
    made_of = f"{seconds:.1f} CPU s for {rows / 1e6:.2f} million rows"
    return Measure("landing gate, CPU seconds a million rows", seconds / rows * 1e6, "s", made_of, 4)


def _own_cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measures(folder: Path, scale: float, runs: int) -> list[Measure]:
    """All of them; the folder takes the data folders."""
    year, tenth, small = (folder / name for name in ("year", "tenth", "small"))
    full = history(year, YEAR, scale)
    hand = by_hand(year)
    late = days_more(year, scale)
    nothing_new = cost(year, BEATBOOK, "build")
    history(tenth, TENTH, scale)
    early = days_more(tenth, scale)
    return [
        Measure(
            "one day more after a year / after a tenth",
            late / early,
            "",
            f"{late:.1f} / {early:.1f} CPU s",
            1.25,
        ),
        Measure(
            "year from nothing / by hand", full.cpu_seconds / hand.cpu_seconds, "", f"{full} / {hand}", 3
        ),
        Measure("peak memory of a year from nothing", full.peak_bytes / 2**30, "GiB", str(full), 8),
        Measure("build with nothing new", nothing_new.cpu_seconds, "CPU s", str(nothing_new), 28),
        gate(year),
        file_growth(small, runs),
    ]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 3,000 accounts")
    parser.add_argument(
        "--runs", type=int, default=100, help="daily builds that the file's growth is measured over"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="beatbook-bench-") as folder:
        found = measures(Path(folder), given.scale, given.runs)
    table = Table(
        "measure", "figure", "at most", "made of", title=f"scale {given.scale}", title_justify="left"
    )
    for row in found:
        mark = "" if row.figure <= row.at_most else " (over)"
        table.add_row(
            row.what, f"{row.figure:.2f} {row.unit}{mark}", f"{row.at_most:g} {row.unit}", row.made_of
        )
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
