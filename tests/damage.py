"""What happens to files on a disk that goes bad."""

import os
from pathlib import Path


def flip(path: Path) -> None:
    """Turn one bit in the middle of a file: neither its size nor its time changes."""
    stat = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def cut(path: Path) -> None:
    """Lose the end of a file."""
    path.write_bytes(path.read_bytes()[:-20])


def empty(path: Path) -> None:
    """Keep the name of a file and nothing of what it held, as a crash before it was synced does."""
    path.write_bytes(b"")


def gone(path: Path) -> None:
    """Lose a file."""
    path.unlink()
