"""Declared corrections, refused where a row cannot be what it says.

Belongs here: reading corrections.csv, and what must hold between it, the register and the catalogue. Does not
belong here: applying them (dbt/models), or writing them (people do, in a review).
"""

from datetime import date
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from pipelines.registry.cells import Slug
from pipelines.registry.register import Register, load
from pipelines.registry.seed_rows import Row, Rows, Where, keyed, read_rows, refer

FILE = "corrections.csv"
#: What the catalogue names and is no counter that can be corrected: messages, and the sorts of reactions.
_NO_COUNTERS = ("_message", "reaction_kind_count")
#: Counters of an account itself, under the catalogue's names; all others are of its posts.
_OF_PROFILES = {"follower_count": "follower_count", "lifetime_post_count": "post_count"}


class Correction(Row, frozen=True, kw_only=True):
    correction_id: Slug
    platform: str
    account_id: str | None = None
    post_id: str | None = None
    counter: str
    from_date: date
    until_date: date
    replacement: Annotated[int, Meta(ge=0)] | None = None
    reason: str
    corrected_by: str
    corrected_date: date


#: The file without a correction.
NONE = ",".join(Correction.__struct_fields__) + "\n"


def check_corrections(register_dir: Path, seeds_dir: Path) -> dict[str, Correction]:
    """Every correction of the register by its id, in the order of the file.

    Raises:
        RegistryError: a cell is empty, wrong or names what does not exist, an id is there twice, the days are
            the wrong way round, one number is to stand for several figures, or two rows correct the same one.
    """
    rows = read_rows(register_dir / FILE, Correction)
    register = load(register_dir, seeds_dir)
    corrections: dict[str, Correction] = keyed(rows, "correction_id")
    refer(rows, "platform", register.platforms)
    for where, row in rows:
        _check_figure(where, row, register)
        if row.until_date < row.from_date:
            raise where.error("until_date", f"{row.until_date} is before from_date, {row.from_date}")
    _check_once(rows)
    return corrections


def _check_figure(where: Where, row: Correction, register: Register) -> None:
    if row.account_id is not None:
        account = register.accounts.get(row.account_id)
        if account is None or account.platform != row.platform:
            raise where.error("account_id", f"{row.account_id!r} is no account on {row.platform}")
    entity, metric = "posts", row.counter
    if row.counter in _OF_PROFILES:
        entity, metric = "profiles", _OF_PROFILES[row.counter]
    if (row.platform, entity, metric) not in register.metrics or metric.endswith(_NO_COUNTERS):
        offered = {m for platform, kind, m in register.metrics if (platform, kind) == (row.platform, "posts")}
        offered = {m for m in offered if not m.endswith(_NO_COUNTERS)}
        offered |= {c for c, m in _OF_PROFILES.items() if (row.platform, "profiles", m) in register.metrics}
        raise where.error(
            "counter", f"{row.counter!r} is no counter of {row.platform}; it has {', '.join(sorted(offered))}"
        )
    if row.post_id is not None and (entity == "profiles" or row.account_id is None):
        raise where.error("post_id", "goes with an account_id and a counter of posts, and only with both")
    owner = "account_id" if entity == "profiles" else "post_id"
    if row.replacement is not None and getattr(row, owner) is None:
        raise where.error("replacement", f"one number cannot stand for several figures: give the {owner}")


def _check_once(rows: Rows[Correction]) -> None:
    """No figure has two corrections: nothing would say which of them holds."""
    for nth, (where, row) in enumerate(rows):
        for _, other in rows[:nth]:
            same = (row.platform, row.counter) == (other.platform, other.counter)
            same = same and all(
                None in (mine, its) or mine == its
                for mine, its in ((row.account_id, other.account_id), (row.post_id, other.post_id))
            )
            if same and row.from_date <= other.until_date and other.from_date <= row.until_date:
                raise where.error(
                    "counter", f"{other.correction_id} corrects the same figures on the same days"
                )
