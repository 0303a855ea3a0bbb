"""What asking costs, counted for the account that is being asked.

Belongs here: the counter. Does not belong here: limits (limits.py).
"""

import contextvars
from dataclasses import dataclass


@dataclass
class Usage:
    """Requests sent (retries included), quota units, and fields that we do not know."""

    requests: int = 0
    units: int = 0
    unknown: int = 0


#: Each account is pulled in its own task, and a task has its own copy of this.
usage: contextvars.ContextVar[Usage] = contextvars.ContextVar("usage")
