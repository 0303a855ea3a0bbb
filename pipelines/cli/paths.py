"""Paths that people give: one that cannot be read or written is bad input, said before anything is done.

Belongs here: parsers of options and arguments; typer's own checks end with exit code 2. Does not belong here:
what files hold.
"""

import os
from pathlib import Path

from pipelines.cli.common import Exit, fail


def file(given: str) -> Path:
    """A file to read."""
    path = Path(given)
    if not path.exists():
        fail(Exit.BAD_INPUT, f"{path}: there is no such file")
    _refuse_what_is_no_file(path)
    if not os.access(path, os.R_OK):
        fail(Exit.BAD_INPUT, f"{path} may not be read by this user")
    return path


def new_file(given: str) -> Path:
    """A file to write. Its folder must be there: one that was misspelt is not made."""
    path = Path(given)
    folder(str(path.parent))
    if path.exists():
        _refuse_what_is_no_file(path)
        if not os.access(path, os.W_OK):
            fail(Exit.BAD_INPUT, f"{path} may not be written by this user")
    return path


def folder(given: str) -> Path:
    """A folder to write into."""
    path = Path(given)
    if not path.exists():
        fail(Exit.BAD_INPUT, f"{path}: there is no such folder")
    if not path.is_dir():
        fail(Exit.BAD_INPUT, f"{path} is a file, and should be a folder")
    if not os.access(path, os.W_OK | os.X_OK):
        fail(Exit.BAD_INPUT, f"{path}: this user may not write into the folder")
    return path


def _refuse_what_is_no_file(path: Path) -> None:
    """A pipe would wait for its other end for ever, and a device has no end."""
    if not path.is_file():
        what = "a folder" if path.is_dir() else "a pipe or a device"
        fail(Exit.BAD_INPUT, f"{path} is {what}, and should be a file")
