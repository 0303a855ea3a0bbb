"""Importing what takes seconds (Dagster, dbt, Great Expectations) at the price of reading it.

Belongs here: what every such import needs. Does not belong here: the imports; each stands where it is used.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Around a large import. Nothing that it makes is ever garbage, and looking for garbage there, during the
    import and in every later collection, is a sixth of a build's time: what exists afterwards is left out."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
