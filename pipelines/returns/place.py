"""Whose account a row of a tool's export is about: what the row says, what the file says elsewhere, or what
the sender says. Never a guess.

Here: page ids, handles and links against the register. Not here: a return's own columns force_id and handle,
which are held against the register by check.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipelines.registry.addresses import read_address
from pipelines.returns.importers.mapping import Mapping
from pipelines.returns.importers.rows import place_of
from pipelines.returns.model import AccountRef, FindAccount, Raw, is_blank, shown

MAX_KEPT = 1_000
#: A force has a few dozen accounts on a platform: whoever adds them to the register needs each by name.
MAX_NAMED = 100
_PAGE_AND_POST = re.compile(r"(\d+)_\d+")  # facebook.com/<page>_<post>, as an API and Hootsuite write it


@dataclass(frozen=True)
class Said:
    """What the sender says of the file: whose it is. `of_force`: a force's open accounts on a platform."""

    force_id: str | None = None
    accounts: dict[str, AccountRef] = field(default_factory=dict)  # one a platform
    of_force: Callable[[str, str], Sequence[AccountRef]] = lambda *_: ()

    def against(self, platform: str, found: AccountRef) -> str | None:
        """In words, that a file's account is not one that the sender names."""
        chosen = self.accounts.get(platform)
        if chosen is not None and found.account_id != chosen.account_id:
            return f"The file says that this is {found.account_id}, and --account says {chosen.account_id}."
        if self.force_id not in (None, found.force_id):
            return f"This account belongs to {found.force_id}, and --force says {self.force_id}."
        return None


@dataclass
class Placer:
    """Finds the account of each row of one file. `learn` sees every row before `find` is asked."""

    mapping: Mapping
    names: Sequence[str]
    find_account: FindAccount
    said: Said
    _known: dict[tuple[str, str], AccountRef] = field(default_factory=dict)
    _unknown: dict[str, dict[str, str]] = field(default_factory=dict)
    _stands_for: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        places = [(key.holds, place_of(self.names, key.column)) for key in self.mapping.account]
        self._keys = [(holds, place) for holds, place in places if place is not None]

    def learn(self, platform: str, row: Sequence[Raw]) -> None:
        """Where one column of a row names an account, its others mean the same account in every row."""
        keys = self._values(platform, row)
        found = self._named(platform, keys)
        if found is not None and len(self._known) < MAX_KEPT:
            for key in keys:
                self._known.setdefault((platform, key), found)

    def find(self, platform: str, row: Sequence[Raw]) -> AccountRef | str:
        """The row's account, or why there is none, for the person who sent the file."""
        keys = self._values(platform, row)
        found = self._named(platform, keys)
        if found is None:
            found = next((self._known[platform, key] for key in keys if (platform, key) in self._known), None)
        chosen = self.said.accounts.get(platform)
        if found is None and chosen is not None:
            # The last column that names an account is the tool's own id of it.
            own = keys[-1] if keys else ""
            first = self._stands_for.setdefault(platform, own)
            if own and first and own != first:
                return (
                    f"--account can stand for one account, and this row is of another ({shown(own)}) than "
                    f"the rows before ({shown(first)}). Export one account at a time."
                )
            return chosen
        if found is None and not keys and self.said.force_id:
            of_force = self.said.of_force(self.said.force_id, platform)
            found = of_force[0] if len(of_force) == 1 else None
        if found is None:
            self._miss(platform, keys)
            return ""
        return self.said.against(platform, found) or found

    def _miss(self, platform: str, keys: Sequence[str]) -> None:
        """Keep an account that the register lacks, by the tool's own id, with its other names."""
        unknown = self._unknown.setdefault(platform, {})
        own, called = (keys[-1], " or ".join(map(shown, keys))) if keys else ("", "")
        if own in unknown or len(unknown) < MAX_KEPT:
            unknown[own] = max(unknown.get(own, ""), called, key=len)

    def question(self) -> str | None:
        """What to ask the sender, where rows could not be placed."""
        if not self._unknown:
            return None
        said = []
        for platform, keys in sorted(self._unknown.items()):
            named = sorted(called for called in keys.values() if called)
            if not named:
                said.append(
                    f"The file does not say which {platform} account it is about. Say it with --account, "
                    f"such as --account {platform}:name-in-the-register."
                )
            elif len(named) == 1:
                said.append(
                    f"The register has no {platform} account {named[0]}. If it has it under another name "
                    f"(`beatbook accounts list`), say so with --account {platform}:name; otherwise add it to "
                    "accounts.csv first."
                )
            else:
                more = len(named) - MAX_NAMED
                listed = ", ".join(named[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
                said.append(
                    f"The register does not have {len(named)} of the file's {platform} accounts ({listed}). "
                    "Add them to accounts.csv, or export one account at a time; until then nothing of the "
                    "file lands, the other accounts' rows neither."
                )
        return " ".join(said)

    def _values(self, platform: str, row: Sequence[Raw]) -> list[str]:
        values = []
        for holds, place in self._keys:
            if is_blank(row[place]):
                continue
            text = str(row[place]).strip()
            if holds == "address":
                address = read_address(text)
                if address.platform != platform or address.handle is None:
                    continue
                text = _PAGE_AND_POST.sub(r"\1", address.handle)
            values.append(text.removeprefix("@").casefold())
        return values

    def _named(self, platform: str, keys: Sequence[str]) -> AccountRef | None:
        return next((found for key in keys if (found := self.find_account(platform, key))), None)
