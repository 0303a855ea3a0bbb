"""What is told of a message's text before it goes: the text itself never leaves this module's callers.

Belongs here: plain text from a platform's, whether it asks, whom it mentions, and whether two are the same.
Does not belong here: what follows from that for a waiting time (dbt/models/intermediate).
"""

import re
from html import unescape

_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"https?://\S+")
_MENTION = re.compile(r"(?<!\w)@[\w.\-]+(@[\w.\-]+)?")


def without_tags(html: str) -> str:
    """The text of a small piece of HTML, as Mastodon sends it."""
    return unescape(_TAG.sub("", html))


def has_question_mark(text: str) -> bool:
    """Whether a message asks, by its question mark; one in a link is none."""
    return "?" in _LINK.sub("", text)


def first_mention(text: str) -> str | None:
    """The handle, in lower case and with its @, with which a message begins."""
    found = _MENTION.match(text.lstrip())
    return found.group().lower() if found else None


def wording(text: str) -> str:
    """A message without whom it mentions, in lower case: the same for the same answer to many people."""
    return " ".join(_MENTION.sub("", text).lower().split())
