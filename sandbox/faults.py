"""Faults on demand: PLATFORM:SCOPE:KIND, to see what a client makes of a bad answer.

Here: which faults apply to which account, and what the data kinds do to an answer.
Not here: the platforms' error bodies (the routers).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox import routers
from sandbox.nation import Account

STATUSES = frozenset({"400", "401", "403", "404", "429", "500", "503"})
SHAPES = frozenset({"flip", "unknown", "empty", "negative", "flaky"})
BODIES = frozenset({"cut", "drip", "hang", "bomb", "echo"})  # how an answer is sent (http.py)
PAGES = frozenset({"repeat", "endless"})  # listings without an end
KINDS = STATUSES | SHAPES | BODIES | PAGES | {"wait"}
PLATFORMS = frozenset({*routers.NAMES, "*"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong."""

    platform: str
    scope: str
    kind: str

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """Reads `PLATFORM:SCOPE:KIND`; the scope may be an account id, which has a colon."""
        platform, _, rest = text.partition(":")
        scope, _, kind = rest.rpartition(":")
        if platform not in PLATFORMS or not scope or kind not in KINDS:
            known = ", ".join(sorted(KINDS))
            raise ValueError(f"{text!r}: expected PLATFORM:SCOPE:KIND with KIND one of {known}")
        return cls(platform, scope, kind)


@dataclass(slots=True)
class Faults:
    """All faults of an application."""

    faults: tuple[Fault, ...]
    _tried: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, faults: Iterable[str | Fault]) -> "Faults":
        """From texts or faults."""
        return cls(tuple(f if isinstance(f, Fault) else Fault.parse(f) for f in faults))

    def kinds(self, platform: str, account: Account | None, force_id: str = "") -> frozenset[str]:
        """The faults that hit an account; those for `*` only, when there is no account."""
        if not self.faults:
            return frozenset()
        names = {"*", force_id}
        if account is not None:
            names |= {account.force_id, account.account_id}
        return frozenset(f.kind for f in self.faults if f.platform in {platform, "*"} and f.scope in names)

    def is_first_try(self, url: str) -> bool:
        """True once for each URL."""
        if url in self._tried:
            return False
        self._tried.add(url)
        return True


def page_without_end(kinds: frozenset[str], asked: str | None) -> str | None:
    """What names the page after `asked` where there is always one more; None without such a fault.

    Each of these pages holds the newest item alone, so that no reader stops because what comes is too old.
    """
    if "repeat" in kinds:
        return "1"
    if "endless" in kinds:
        return str(int(asked or 0) + 1)
    return None


def spoil(item: dict[str, Any], kinds: frozenset[str], *counters: str) -> dict[str, Any]:
    """Bends one object: an extra field, a counter of the wrong type, counters below zero."""
    if "unknown" in kinds:
        item["sandboxSurprise"] = {"added": True}
    present = [c for c in counters if c in item]
    if "flip" in kinds and present:
        item[present[0]] = {"value": "many"}
    elif "negative" in kinds:
        for name in present:
            item[name] = "-7" if isinstance(item[name], str) else -7
    return item
