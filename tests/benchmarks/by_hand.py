"""Runs by_hand.sql on a data folder and writes its cells as Parquet: `python -m tests.benchmarks.by_hand HOME FILE`."""

import sys
from pathlib import Path

import duckdb

from pipelines.settings import SEEDS


def by_hand(home: Path, result: Path) -> None:
    """The cells of every area, platform, account scope and period over that have a value."""
    with duckdb.connect(config={"threads": 2, "memory_limit": "6GB"}) as connection:
        for name, folder in {"landing": home / "landing", "register": home / "register", "seeds": SEEDS}.items():
            connection.execute(f"set variable {name} = '{folder}'")
        connection.execute("set timezone = 'UTC'; set preserve_insertion_order = false")
        connection.execute(Path(__file__).with_suffix(".sql").read_text())
        connection.table("cells").write_parquet(str(result))


if __name__ == "__main__":
    by_hand(Path(sys.argv[1]), Path(sys.argv[2]))
