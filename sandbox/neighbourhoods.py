"""The invented neighbourhoods of forces, as data.police.uk lists them, and the accounts that serve them.

Here: their ids, names, residents and accounts, and how they are listed, defects and all: no usable
population, no contact details, an account that does not exist, an account of two neighbourhoods, two of one.
Not here: HTTP (routers/police_uk.py), the register's rows (register.py).
"""

from dataclasses import dataclass
from functools import lru_cache

from sandbox.dice import uniforms
from sandbox.forces import Force
from sandbox.nation import PERSONAS, nation

RESIDENTS_PER_NEIGHBOURHOOD = 60_000
MOST = 40
_AREAS = tuple(name for name, kind in PERSONAS if kind == "neighbourhood")
#: Besides its own the first of them has the other's account, which then serves two.
_ALSO = {"hills": "coast"}


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """One neighbourhood. `population`: in the words of data.police.uk; `contact`: what it lists."""

    neighbourhood_id: str
    name: str
    population: str
    account_ids: tuple[str, ...]
    contact: dict[str, str]


@lru_cache(maxsize=256)
def neighbourhoods(seed: int, force: Force) -> tuple[Neighbourhood, ...]:
    """Those of a force, in the order of their ids. Together they have its residents."""
    residents = force.residents or force.size
    count = max(2, min(MOST, residents // RESIDENTS_PER_NEIGHBOURHOOD))
    draws = [uniforms(seed, "nbhd", force.force_id, nth) for nth in range(count)]
    weight = sum(0.4 + u[4] for u in draws)
    return tuple(
        _neighbourhood(seed, force, nth, u, int(residents * (0.4 + u[4]) / weight))
        for nth, u in enumerate(draws)
    )


def _neighbourhood(seed: int, force: Force, nth: int, u: tuple[float, ...], residents: int) -> Neighbourhood:
    turn, of_area = divmod(nth, len(_AREAS))
    area = _AREAS[of_area]
    name = area.replace("-", " ").title() + (f" {turn + 1}" if turn else "")
    # A second neighbourhood of an area has no account of its own; one in three is served by the first's.
    suffixes = (area, _ALSO.get(area)) if turn == 0 else (area,) if u[8] < 1 / 3 else ()
    by_id = nation(seed).by_id
    account_ids = tuple(
        account_id
        for platform in ("bluesky", "mastodon")
        for suffix in suffixes
        if suffix and (account_id := f"{platform}:{force.force_id}-{suffix}") in by_id
    )
    addresses = [by_id[account_id].url for account_id in account_ids if account_id.startswith("bluesky:")]
    return Neighbourhood(
        neighbourhood_id=f"SBX{nth + 1:03}",
        name=name,
        population="0" if u[3] < 0.1 else "unknown" if u[3] < 0.13 else str(residents),
        account_ids=account_ids,
        contact=_contact(force, name, u, addresses),
    )


def _contact(force: Force, name: str, u: tuple[float, ...], addresses: list[str]) -> dict[str, str]:
    """One in five has none. There is no key for Bluesky: who has an account there gives it as the website."""
    if u[0] < 0.2:
        return {}
    user = name.lower().replace(" ", "_")
    contact = {"email": f"{user}@{force.force_id}.sandbox", "telephone": "101"}
    contact["web"] = addresses[0] if addresses else f"http://www.{force.force_id}.sandbox"
    if u[1] < 0.06:  # an account that nobody has
        contact["twitter"] = f"http://www.twitter.com/{force.force_id}_{user}_sandbox"
    return contact
