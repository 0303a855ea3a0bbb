"""What is told of a message's text before it goes: the text itself never leaves this module's callers.

Belongs here: plain text from a platform's, whether it asks, whom it mentions, whether two are the same, and
its words. Does not belong here: what a post is for (purposes.py), or what follows from it for a waiting time
(dbt/models/intermediate).
"""

import re
import unicodedata
from html import unescape

_TAG = re.compile(r"<[^<>]*>")  # without a second <, so that a text of nothing else is read once
_LINE = re.compile(r"<br\b[^<>]*>|</p>")
_LINK = re.compile(r"https?://\S+")
_MENTION = re.compile(r"(?<!\w)@[\w.\-]+(@[\w.\-]+)?")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_STOP = re.compile(r"[.!?]+(?=\s|$)|\n")
_WORD = re.compile(r"\.(?!\S)|[\w']+")


def without_tags(html: str) -> str:
    """The text of a small piece of HTML, as Mastodon sends it."""
    return unescape(_TAG.sub("", html))


def lines_of(html: str) -> str:
    """The same with its paragraphs on lines of their own."""
    return without_tags(_LINE.sub("\n", html))


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


def plain_words(text: str) -> str:
    """The words in lower case and without accents, a space between them and a full stop where a sentence or
    a line ends: ` missing . have you seen sam `. Links and mentions are left out, `#MissingPerson` is two
    words, and letters that only look bold are letters."""
    text = unicodedata.normalize("NFKD", _HUMP.sub(" ", _MENTION.sub("", _LINK.sub("", text))))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    words = _WORD.findall(_STOP.sub(" . ", text.replace("\u2019", "'").lower()))
    return f" {' '.join(words)} " if any(word != "." for word in words) else ""
