"""`make bench`: what a longer history costs, as ratios within one run. Not a test: times are not asserted.

Pulls 7 and then 28 days of the sandbox nation into a temporary folder and compares a day's pull and a build.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("beatbook"))


def timed(home: str, *words: str) -> float:
    """Seconds that a command took (wall)."""
    began = time.perf_counter()
    subprocess.run([COMMAND, *words], env={"BEATBOOK_HOME": home}, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as home:
        timed(home, "run", "--days", "7", "--until", "2026-10-20")
        early_day = timed(home, "run", "--until", "2026-10-21")
        short = timed(home, "build")
        timed(home, "run", "--days", "27", "--until", "2026-11-09")
        late_day = timed(home, "run", "--until", "2026-11-10")
        long = timed(home, "build")
    print(f"build over 28 days / build over 8 days: {long / short:.2f}  ({long:.1f} s / {short:.1f} s)")
    print(f"day 28, pull and build / day 8: {late_day / early_day:.2f}  ({late_day:.1f} s / {early_day:.1f} s)")


if __name__ == "__main__":
    main()
