"""Identifiers in the platforms' own forms, from which the entity can be read back without a table.

Here: Bluesky TIDs and URIs, Mastodon snowflakes, YouTube video and comment ids, invented people.
Not here: accounts' own ids, which the register holds (nation.py).
"""

from base64 import b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from functools import lru_cache

from sandbox.dice import digest, letters
from sandbox.nation import BASE32, BASE64, Account

_TID = "234567abcdefghijklmnopqrstuvwxyz"  # pragma: allowlist secret
_TID_PAIRS = [a + b for a in _TID for b in _TID]
_TID_VALUE = {c: i for i, c in enumerate(_TID)}
_TO_BASE32 = bytes(ord(BASE32[b % 32]) for b in range(256))
_CID_ENDS = "aeimquy4"  # the last letter's two spare bits are zero
_ODD = 0x9E3779B97F4A7C15  # odd, so that multiplying by it modulo 2**64 can be undone
_EVEN_OUT = pow(_ODD, -1, 2**64)
_WORD = 2**64 - 1


def tid(created: int, index: int, ordinal: int) -> str:
    """A Bluesky record key: microseconds and a clock id."""
    number = (created * 1000 + ordinal % 1000) << 10 | index % 1024
    pairs = [_TID_PAIRS[number >> shift & 1023] for shift in range(50, -1, -10)]
    return _TID[number >> 60 & 31] + "".join(pairs)


def tid_created(rkey: str) -> int | None:
    """The millisecond in a record key, or None when it is not one."""
    if len(rkey) != 13 or any(c not in _TID_VALUE for c in rkey):
        return None
    number = 0
    for c in rkey:
        number = number << 5 | _TID_VALUE[c]
    return (number >> 10) // 1000


def snowflake(created: int, index: int, ordinal: int) -> str:
    """A Mastodon id: milliseconds, then sixteen bits that keep accounts apart."""
    return str(created << 16 | index % 1024 << 6 | ordinal % 64)


def snowflake_parts(text: str) -> tuple[int, int] | None:
    """(created, account index) of a Mastodon id, or None."""
    if not text.isdecimal() or len(text) > 19:
        return None
    number = int(text)
    return number >> 16, number >> 6 & 1023


def video_id(index: int, day: int, ordinal: int) -> str:
    """An eleven-letter video id that hides an account, a day and an ordinal."""
    word = (index << 24 | day << 8 | ordinal) * _ODD & _WORD
    return urlsafe_b64encode(word.to_bytes(8, "big")).decode().rstrip("=")


def video_parts(text: str) -> tuple[int, int, int] | None:
    """(account index, day, ordinal) of a video id, or None."""
    if len(text) != 11:
        return None
    try:
        word = int.from_bytes(b64decode(text + "=", b"-_", validate=True), "big") * _EVEN_OUT & _WORD
    except (BadBase64, ValueError):
        return None
    index, day, ordinal = word >> 24, word >> 8 & 0xFFFF, word & 0xFF
    return (index, day, ordinal) if index < 1024 else None


def comment_id(video: str, thread: int) -> str:
    """A YouTube top-level comment id: twenty-six letters that hold the video's."""
    tail = letters(BASE64, 11, "comment", video, thread)
    return f"Ug{BASE64[thread % 64]}{video}{tail}A"


def comment_parts(text: str) -> tuple[str, int] | None:
    """(video id, number of the thread) of a top-level comment id, or None."""
    if len(text) != 26 or not text.startswith("Ug"):
        return None
    video, thread = text[3:14], BASE64.find(text[2])
    return (video, thread) if comment_id(video, thread) == text else None


def reply_id(comment: str, ordinal: int) -> str:
    """A YouTube reply id: the comment's and twenty-two letters."""
    return f"{comment}.{letters(BASE64, 22, 'reply', comment, ordinal)}"


def post_id(account: Account, day: int, ordinal: int, created: int) -> str:
    """The platform's id of a post (the URI on Bluesky)."""
    if account.platform == "bluesky":
        return f"at://{account.platform_id}/app.bsky.feed.post/{tid(created, account.index, ordinal)}"
    if account.platform == "youtube":
        return video_id(account.index, day, ordinal)
    return snowflake(created, account.index, ordinal)


@lru_cache(maxsize=65536)
def person_did(number: int) -> str:
    """The DID of an invented member of the public."""
    return "did:plc:" + letters(BASE32, 24, "person", number)


def person_channel(number: int) -> str:
    """The channel id of an invented member of the public."""
    return "UC" + letters(BASE64, 22, "person", number)


@lru_cache(maxsize=131_072)
def cid(name: str) -> str:
    """A content id of the right form: version 1, dag-cbor, SHA-256, base32."""
    text = digest("cid", name, size=52).translate(_TO_BASE32)
    return f"bafyrei{text[:51].decode()}{_CID_ENDS[text[51] % 8]}"
