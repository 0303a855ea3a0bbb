"""The yardstick: what a build publishes, written by hand in SQL for this one purpose.

The eight indicators of every area, platform, account scope and period over, from landing and register alone:
as tight as it can be made, without what else a build does (limits, notes, ranks, history by day, quarantine,
refusals, returns, pulls again). `python -m tests.benchmarks.by_hand HOME FILE` writes the cells as Parquet.
"""

import sys
from pathlib import Path

import duckdb

from pipelines.settings import SEEDS


def by_hand(home: Path, result: Path) -> None:
    """Run the files of this folder in their order on a data folder."""
    with duckdb.connect(config={"threads": 2, "memory_limit": "6GB"}) as connection:
        for name, folder in {
            "landing": home / "landing",
            "register": home / "register",
            "seeds": SEEDS,
        }.items():
            connection.execute(f"set variable {name} = '{folder}'")
        connection.execute("set timezone = 'UTC'; set preserve_insertion_order = false")
        for path in sorted(Path(__file__).parent.glob("*.sql")):
            connection.execute(path.read_text())
        connection.table("cells").write_parquet(str(result))


if __name__ == "__main__":
    by_hand(Path(sys.argv[1]), Path(sys.argv[2]))
