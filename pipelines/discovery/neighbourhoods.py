"""What data.police.uk's neighbourhoods mean for neighbourhoods.csv: proposals for people, never an edit.

Belongs here: reading their residents and names, and comparing them with the register. Does not belong here:
asking (`police_uk.py`), what rows must be (pipelines/registry/neighbourhoods.py), and writing the register,
which people do in a review.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from pipelines.discovery.police_uk import Discovery, FoundNeighbourhood
from pipelines.discovery.proposals import SOURCE
from pipelines.registry import Register
from pipelines.registry.neighbourhoods import Neighbourhood
from pipelines.words import many

NoResidents = Literal["zero", "not_a_number", "not_stated"]
#: Of these what a row says is compared; the others say when and where it was read.
_SAID = ("neighbourhood_name", "resident_count", "no_residents_because", "account_ids")
_TAG = re.compile(r"<[^>]*>")


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A neighbourhood to look at: `row` is what would hold from now on, None where it is `gone`; `held` what
    the register has today; `because` says in a sentence why. `unknown`: addresses that it names and that are
    no neighbourhood account of its force."""

    kind: Literal["agrees", "new", "changed", "gone"]
    force_id: str
    neighbourhood_id: str
    row: Neighbourhood | None
    held: Neighbourhood | None
    because: str
    unknown: tuple[str, ...] = ()


def read_residents(population: str | None) -> tuple[int | None, NoResidents | None]:
    """How many live there, or why that is not known: 0 is no number of residents, but a missing one."""
    text = (population or "").strip().replace(",", "")
    if not text:
        return None, "not_stated"
    if not re.fullmatch(r"[0-9]{1,9}", text):
        return None, "not_a_number"
    return (int(text), None) if int(text) else (None, "zero")


def propose(
    discovery: Discovery, register: Register, rows: Iterable[Neighbourhood], day: date
) -> list[Proposal]:
    """Compare what data.police.uk lists with the rows that hold on `day`, by force and neighbourhood.

    Accounts that the register links and data.police.uk does not name stay: it has no place for most
    platforms, and some neighbourhoods name nothing. A neighbourhood is `gone` only when its force listed
    others. One whose own page did not answer is left as it is.
    """
    held = {(row.force_id, row.neighbourhood_id): row for row in rows if row.holds_on(day)}
    listed = {(one.force_id, one.neighbourhood_id): one for one in discovery.neighbourhoods}
    proposals = [
        _judge(one, held.get(key), discovery, register, day) for key, one in listed.items() if one.is_read
    ]
    answered = {force_id for force_id, _ in listed}
    proposals += [
        Proposal(
            kind="gone",
            force_id=row.force_id,
            neighbourhood_id=row.neighbourhood_id,
            row=None,
            held=row,
            because=f"{SOURCE} lists others of {row.force_id} and not this one",
        )
        for key, row in held.items()
        if row.force_id in answered and key not in listed
    ]
    return sorted(proposals, key=lambda proposal: (proposal.force_id, proposal.neighbourhood_id))


def _judge(
    one: FoundNeighbourhood,
    held: Neighbourhood | None,
    discovery: Discovery,
    register: Register,
    day: date,
) -> Proposal:
    residents, because = read_residents(one.population)
    accounts = list(held.accounts) if held else []
    unknown = []
    for found in discovery.found:
        if (found.force_id, found.neighbourhood_id) != (one.force_id, one.neighbourhood_id):
            continue
        if not found.is_account:
            continue
        account = register.find(found.platform or "", found.handle or "")
        if account is None or (account.force_id, account.account_type) != (one.force_id, "neighbourhood"):
            unknown.append(found.url)
        elif account.account_id not in accounts:
            accounts.append(account.account_id)
    row = Neighbourhood(
        force_id=one.force_id,
        neighbourhood_id=one.neighbourhood_id,
        neighbourhood_name=_plain(one.name) or one.neighbourhood_id,
        resident_count=residents,
        no_residents_because=because,
        account_ids="|".join(accounts) or None,
        valid_from_date=day,
        source=SOURCE,
        source_date=day,
    )
    differs = [name for name in _SAID if held is not None and getattr(held, name) != getattr(row, name)]
    return Proposal(
        kind="new" if held is None else "changed" if differs else "agrees",
        force_id=one.force_id,
        neighbourhood_id=one.neighbourhood_id,
        row=row,
        held=held,
        because=", ".join(f"{name} was {_cell(held, name)}" for name in differs)
        or ("the register has it so" if held else "the register has none"),
        unknown=tuple(unknown),
    )


def proposed(rows: Iterable[Neighbourhood], proposals: Iterable[Proposal], day: date) -> list[Neighbourhood]:
    """The rows of neighbourhoods.csv if every proposal is taken: what was held ends on the day before `day`,
    and what holds from then on is a row of its own, so that earlier figures stay."""
    by_key = {(row.force_id, row.neighbourhood_id, row.valid_from_date): row for row in rows}
    for proposal in proposals:
        if proposal.kind == "agrees":
            continue
        if (held := proposal.held) is not None:
            key = (held.force_id, held.neighbourhood_id, held.valid_from_date)
            if held.valid_from_date < day:
                by_key[key] = msgspec.structs.replace(held, valid_until_date=day - timedelta(days=1))
            else:
                del by_key[key]  # read twice in a day: what was read last counts
        if proposal.row is not None:
            by_key[proposal.force_id, proposal.neighbourhood_id, day] = proposal.row
    return [row for _, row in sorted(by_key.items())]


def defects(discovery: Discovery, proposals: Sequence[Proposal]) -> list[str]:
    """A sentence for each kind of defect of what was read, with the forces by name."""
    read = [one for one in discovery.neighbourhoods if one.is_read]
    whys = {(one.force_id, one.neighbourhood_id): read_residents(one.population)[1] for one in read}
    reasons = Counter(str(why) for why in whys.values() if why)
    without = [force_id for (force_id, _), why in whys.items() if why]
    silent = [one.force_id for one in read if not one.has_contact_details]
    strange = [proposal.force_id for proposal in proposals if proposal.unknown]
    named = Counter(account for p in proposals if p.row is not None for account in p.row.accounts)
    shared = sorted(account for account, count in named.items() if count > 1)
    said = [
        (without, "has", "have", f"no usable number of residents ({_counts(reasons)})"),
        (silent, "has", "have", "no contact details"),
        (strange, "names", "name", "an account that is no neighbourhood account of the register"),
    ]
    lines = [
        f"{len(found)} of {many(len(read), 'neighbourhood')} {one if len(found) == 1 else more} {what}: "
        f"{_counts(Counter(found))}"
        for found, one, more, what in said
        if found
    ]
    if shared:
        serve = "serves" if len(shared) == 1 else "serve"
        lines.append(f"{many(len(shared), 'account')} {serve} several neighbourhoods: {', '.join(shared)}")
    return lines


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))


def _cell(row: Neighbourhood | None, name: str) -> str:
    found = getattr(row, name)
    return "empty" if found is None else str(found)


def _plain(text: str | None) -> str:
    """A name in one line, without the tags and entities that some have."""
    return " ".join(html.unescape(_TAG.sub(" ", text or "")).split())
