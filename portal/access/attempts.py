"""How often one may try to sign in: few failures in a quarter of an hour, by name and by address.

Belongs here: counting. Does not belong here: what is answered, or what a name is.

Whoever is refused may try again when their oldest failure is a quarter of an hour old; what is refused is not
counted. Names that nobody has are counted like others. A browser that a name has signed in with counts for
itself, and not for name or address: so nobody, however often they try, keeps out those who were in before.
"""

import ipaddress
from collections import deque
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=15)
#: Failures within that time. Behind one address may be a whole force, so it is allowed more. `password` is
#: the present one of somebody who has signed in and changes it.
LIMITS = {"name": 5, "browser": 5, "address": 20, "password": 5}
MAX_KEYS = 20_000  # what is remembered, so that names made up cannot fill the memory

Key = tuple[str, str]  # the kind, as in LIMITS, and which


class Attempts:
    """Failures in this process's memory: a restart forgets them. Called from the event loop alone."""

    def __init__(self) -> None:
        self._failures: dict[Key, deque[datetime]] = {}

    def begin(self, keys: list[Key], now: datetime) -> bool:
        """Whether one may try. If so it counts as a failure of each key until `succeeded`, so that a hundred
        tries at once are no more than a hundred one after the other."""
        if any(self._is_over(key, now) for key in keys):
            return False
        for key in keys:
            self._of(key, now).append(now)
        return True

    def succeeded(self, keys: list[Key]) -> None:
        """Take back what `begin` counted; a name or browser begins anew. An address does not: somebody who
        has one password could otherwise go on guessing others."""
        for key in keys:
            if key[0] == "address" and (failures := self._failures.get(key)):
                failures.pop()
            else:
                self._failures.pop(key, None)

    def _is_over(self, key: Key, now: datetime) -> bool:
        failures = self._failures.get(key)
        return failures is not None and len(failures) == LIMITS[key[0]] and now - failures[0] < WITHIN

    def _of(self, key: Key, now: datetime) -> deque[datetime]:
        if key not in self._failures and len(self._failures) >= MAX_KEYS:
            self._forget(now)
        return self._failures.setdefault(key, deque(maxlen=LIMITS[key[0]]))

    def _forget(self, now: datetime) -> None:
        """What is past, and if that is nothing, what is closest to it."""
        ages = {key: failures[-1] for key, failures in self._failures.items() if failures}
        kept = {key: at for key, at in ages.items() if now - at < WITHIN}
        if len(kept) >= MAX_KEYS:
            del kept[min(kept, key=kept.__getitem__)]
        self._failures = {key: self._failures[key] for key in kept}


def address_key(host: str) -> Key:
    """The key of an address. Of IPv6 it is the network of 64 bits, which is what one customer has."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "address", host
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return "address", str(mapped or ipaddress.ip_network((address, 64), strict=False))
    return "address", host
