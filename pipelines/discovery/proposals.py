"""What a discovery means for the register: proposals for people, one a line, never an edit.

Belongs here: reading a stored discovery and comparing one with the register. Does not belong here:
asking data.police.uk (`police_uk.py`) and writing the register, which people do in a review.
"""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import msgspec

from pipelines.discovery import police_uk
from pipelines.discovery.police_uk import Discovery, Found
from pipelines.registry import Account, Register
from pipelines.sources.shapes import Shape, decode

SOURCE = "data.police.uk"
ProposalKind = Literal["agrees", "new_account", "changed_handle", "gone", "other_force", "not_in_register"]


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to look at. `account_id` is the register's account, `handle` and `url` the claim's;
    `because` says in a sentence why."""

    kind: ProposalKind
    force_id: str
    neighbourhood_id: str | None = None
    platform: str
    account_id: str | None = None
    handle: str | None = None
    url: str | None = None
    because: str


class _Dump(Shape):
    fetched_at: datetime = msgspec.field(name="fetched_at")
    forces: list[police_uk.Force]


def read_dump(path: Path) -> tuple[datetime, Discovery]:
    """A stored answer `{fetched_at, forces: [/forces/{id}, …]}` as a discovery, and when it was taken.

    Raises:
        OSError: the file cannot be read.
        WrongShape: it is no JSON of that shape; names the path of the field.
    """
    dump = decode(path.read_bytes(), _Dump, where=path.name)
    found = [
        one for force in dump.forces for one in police_uk.parse_methods(force.id, force.engagement_methods)
    ]
    answered = tuple(force.id for force in dump.forces)
    return dump.fetched_at, Discovery(found=tuple(found), answered=answered)


def propose(
    found: Iterable[Found], register: Register, *, answered: Iterable[str] = (), day: date = date.max
) -> list[Proposal]:
    """Compare accounts found with the register as it stood on `day`.

    `answered` names forces that answered, needed only for those that listed nothing at all. Entries
    that are no account (a website, a blank url) propose nothing. A corporate account is `gone` only
    when data.police.uk was its source and its force answered: silence about an account that came from
    elsewhere says nothing. Neighbourhood accounts are new or agree: nothing says which of them took
    the place of which. Sorted by force, platform and kind.
    """
    found = list(found)
    accounts = [one for one in found if one.is_account]
    asked = {one.force_id for one in found} | set(answered)
    settled = {a.account_id for one in accounts if (a := _known(one, register))}
    proposals = []
    for one in accounts:
        proposal = _judge(one, register, settled, day)
        settled |= {proposal.account_id} if proposal.account_id else set()
        proposals.append(proposal)
    proposals += [
        Proposal(
            kind="gone",
            force_id=account.force_id,
            platform=account.platform,
            account_id=account.account_id,
            because=f"{SOURCE} named it on {account.source_date} and does not any more",
        )
        for account in register.accounts.values()
        if account.source == SOURCE
        and account.account_type == "corporate"
        and account.force_id in asked
        and account.account_id not in settled
        and register.state(account.account_id, day) in {"open", "suspended"}
    ]
    return sorted(proposals, key=lambda p: (p.force_id, p.platform, p.kind, p.handle or ""))


def _known(one: Found, register: Register) -> Account | None:
    return register.find(one.platform or "", one.handle or "")


def _judge(one: Found, register: Register, settled: set[str], day: date) -> Proposal:
    account_id: str | None = None
    kind: ProposalKind
    known = _known(one, register)
    if one.platform not in register.platforms:
        kind, because = "not_in_register", f"{one.platform} is not measured"
    elif known is not None and known.force_id != one.force_id:
        kind, because = "other_force", f"the register has it for {known.force_id}"
        account_id = known.account_id
    elif known is not None:
        state = register.state(known.account_id, day)
        kind, account_id = "agrees", known.account_id
        because = "the register has it" if state == "open" else f"the register has it as {state}"
    elif (present := _open_corporate(one, register, settled, day)) is not None:
        kind, account_id = "changed_handle", present.account_id
        because = f"the register has {present.handle}: renamed, or a second account"
    else:
        kind, because = "new_account", "the register has none"
    return Proposal(
        kind=kind,
        force_id=one.force_id,
        neighbourhood_id=one.neighbourhood_id,
        platform=one.platform or "",
        account_id=account_id,
        handle=one.handle,
        url=one.url,
        because=because,
    )


def _open_corporate(one: Found, register: Register, settled: set[str], day: date) -> Account | None:
    """The force's corporate account that the claim may be the new name of, when there is just one."""
    if one.neighbourhood_id is not None:
        return None
    present = [
        account
        for account in register.accounts.values()
        if (account.force_id, account.platform) == (one.force_id, one.platform)
        and account.account_type == "corporate"
        and account.account_id not in settled
        and register.state(account.account_id, day) == "open"
    ]
    return present[0] if len(present) == 1 else None
