"""A trouble, what is new about troubles since the last look, and how that reads.

Belongs here: words. Does not belong here: finding troubles (troubles.py) or sending words (channels.py).

What is said is made of our own words, ids of ours and of police accounts. A platform's words, a secret, or
anything about the public has no place in it: it leaves the house.
"""

from collections.abc import Sequence

import msgspec

from pipelines.release.missing import first_few
from pipelines.settings import Settings


class Trouble(msgspec.Struct, frozen=True):
    """Something that is wrong now. `key` is the same as long as it lasts; `since`: a day or a moment in UTC;
    `who`: the account or platform, where the same is wrong with many."""

    key: str
    what: str
    since: str
    to_do: str
    link: str = ""
    who: str = ""


class Changes(msgspec.Struct, frozen=True):
    """What began and what is over since somebody was told, and the cursor that remembers it."""

    begun: list[Trouble]
    over: list[Trouble]
    cursor: str

    @property
    def subject(self) -> str:
        parts = [f"{len(_alike(self.begun))} new", f"{len(_alike(self.over))} over"]
        return ", ".join(part for part in parts if not part.startswith("0"))

    def __bool__(self) -> bool:
        return bool(self.begun or self.over)


class Message(msgspec.Struct, frozen=True):
    """What is sent: `subject` and `text` for people, `payload` for a webhook."""

    subject: str
    text: str
    payload: dict[str, object]


def changes(cursor: str | None, now: Sequence[Trouble]) -> Changes:
    """Hold what is wrong now against what was told. Of what lasts, the first telling stands."""
    told = {each.key: each for each in msgspec.json.decode(cursor, type=list[Trouble])} if cursor else {}
    present = {each.key: each for each in now}
    kept = [told.get(key, trouble) for key, trouble in present.items()]
    return Changes(
        begun=[trouble for key, trouble in present.items() if key not in told],
        over=[trouble for key, trouble in told.items() if key not in present],
        cursor=msgspec.json.encode(kept).decode(),
    )


def message(settings: Settings, found: Changes) -> Message:
    """What changed, as one message."""
    profile = settings.profile
    items = [("began", group) for group in _alike(found.begun)]
    items += [("over", group) for group in _alike(found.over)]
    blocks = [_in_words(state, group) for state, group in items] + [profile.note] * profile.is_invented
    subject = f"Beatbook ({profile.name}): {found.subject}"
    text = "\n\n".join([subject, *blocks])
    alerts = [
        {
            "state": state,
            "what": group[0].what,
            "who": [each.who for each in group if each.who],
            "since": min(each.since for each in group),
            "what_to_do": group[0].to_do,
            "link": group[0].link,
        }
        for state, group in items
    ]
    payload = {"text": text, "profile": profile.name, "is_invented": profile.is_invented, "alerts": alerts}
    return Message(subject, text, payload)


def _alike(troubles: Sequence[Trouble]) -> list[list[Trouble]]:
    """The same thing with many accounts is said once."""
    groups: dict[tuple[str, str], list[Trouble]] = {}
    for each in troubles:
        groups.setdefault((each.what, each.to_do), []).append(each)
    return list(groups.values())


def _in_words(state: str, group: Sequence[Trouble]) -> str:
    first, who = group[0], [each.who for each in group if each.who]
    named = f": {first_few(who)}" if who else ""
    count = f" ({len(who)})" if len(who) > 1 else ""
    since = min(each.since for each in group)
    if state == "over":
        return f"Over: {first.what}{count}{named}\nIt began: {since}"
    lines = [f"{first.what}{count}{named}", f"Since: {since}", f"What to do: {first.to_do}"]
    return "\n".join([*lines, first.link] if first.link else lines)
