"""`make bench`: what a longer history costs, as ratios within one run. Not a test: times are not asserted.

Pulls 7 and then 28 days of the sandbox nation into a temporary folder and compares a day's pull and a build.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("beatbook"))


def timed(home: str, *words: str) -> float:
    """Seconds that a command took (wall)."""
    began = time.perf_counter()
    subprocess.run(
        [COMMAND, *words], env={**os.environ, "BEATBOOK_HOME": home}, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - began


def show(what: str, late: float, early: float) -> None:
    """One ratio, and the two times that it is made of."""
    print(f"{what}: {late / early:.2f}  ({late:.1f} s / {early:.1f} s)")


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as home:
        timed(home, "run", "--days", "7", "--until", "2026-10-20")
        early_day = timed(home, "run", "--until", "2026-10-21")
        short = timed(home, "build")
        timed(home, "run", "--days", "27", "--until", "2026-11-09")
        late_day = timed(home, "run", "--until", "2026-11-10")
        long = timed(home, "build")
    show("build over 28 days / build over 8 days", long, short)
    show("pull and build of day 28 / of day 8", late_day, early_day)


if __name__ == "__main__":
    main()
