"""Who may read which page: the matrix, said once. docs/access.md shows it, and a test holds the two together.

Belongs here: the pages, what each role may do with them, and the user that pages are given. Does not belong
here: finding out who asks (guard.py), or what a page shows.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

from pipelines.settings import SettingsError

Role = Literal["lead", "force", "engineer"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class User:
    """Who asks. `force_id` is the force of a user whose role is `force`, and None for the others."""

    name: str
    role: Role
    force_id: str | None = None


class May(StrEnum):
    """What a role may do with a page."""

    YES = "yes"
    OWN = "own"  # where the route's {force_id} is the user's force
    NO = "no"


@dataclass(frozen=True)
class Rule:
    """Who may open a page. `is_open`: without signing in; `by_token`: also a script with a user's token."""

    is_open: bool
    lead: May
    force: May
    engineer: May
    by_token: bool = True

    def of(self, role: Role) -> May:
        """What a role may do."""
        return {"lead": self.lead, "force": self.force, "engineer": self.engineer}[role]


_ANYONE = Rule(True, May.YES, May.YES, May.YES)
_SIGNED_IN = Rule(False, May.YES, May.YES, May.YES)

#: By page. A page that is missing here is nobody's. What is published may be read by each role. A force's
#: files hold posts and counts that its own table does not show to others: neither leads nor engineers need
#: them, and an engineer who must look has the data folder. What is sent, queried or noted is so by the
#: force that it is about; leads and engineers answer its queries.
RULES = {
    "front": _ANYONE,
    "method": _ANYONE,
    "glossary": _ANYONE,
    "sign_in": _ANYONE,
    "static": _ANYONE,
    "health": _ANYONE,
    "national": _SIGNED_IN,
    "indicator": _SIGNED_IN,
    "force": _SIGNED_IN,
    "questions": _SIGNED_IN,
    "compare": _SIGNED_IN,
    "data": _SIGNED_IN,
    "releases": _SIGNED_IN,
    "api": _SIGNED_IN,
    "extract": Rule(False, May.NO, May.OWN, May.NO),
    "upload": Rule(False, May.NO, May.OWN, May.NO, by_token=False),
    "preview": Rule(False, May.NO, May.OWN, May.NO, by_token=False),
    "notes": Rule(False, May.NO, May.OWN, May.NO, by_token=False),
    "queries": Rule(False, May.YES, May.NO, May.YES, by_token=False),
    "account": Rule(False, May.YES, May.YES, May.YES, by_token=False),
    "users": Rule(False, May.NO, May.NO, May.YES, by_token=False),
}


def may_open(rule: Rule, user: User, force_id: str | None) -> bool:
    """Whether a user may open a page, whose route names `force_id` or no force."""
    may = rule.of(user.role)
    return may is May.YES or (may is May.OWN and force_id is not None and force_id == user.force_id)


def rules_with(public_pages: frozenset[str]) -> dict[str, Rule]:
    """The matrix, with pages that this installation lets anyone read.

    Raises:
        SettingsError: there is no such page, or it is not for every role and so never for anyone.
    """
    for page in sorted(public_pages):
        if RULES.get(page) not in (_ANYONE, _SIGNED_IN):
            may_be = ", ".join(page for page, rule in RULES.items() if rule is _SIGNED_IN)
            raise SettingsError(
                f"BEATBOOK_PUBLIC_PAGES names {page!r}; pages that can be public are: {may_be}"
            )
    return {**RULES, **dict.fromkeys(public_pages, _ANYONE)}
