"""What the web address of an account says: which platform, which handle, in which form.

Belongs here: the shapes of platforms' public addresses, and the names of what can be wrong with one.
Does not belong here: who claimed the address (`sources/police_uk.py`) or whether the register has it
(`register.py`). Nothing is asked of the network.
"""

import html
import re
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import msgspec


class Defect(StrEnum):
    """What is wrong with a claim to an account. A claim can have several and still be read."""

    MISSING_TYPE = "missing_type"
    TYPE_CASE = "type_case"
    UNKNOWN_TYPE = "unknown_type"
    TYPE_MISMATCH = "type_mismatch"
    X_UNDER_TWITTER = "x_under_twitter"
    TWITTER_DOMAIN = "twitter_domain"
    BLANK_URL = "blank_url"
    BAD_URL = "bad_url"
    NO_SCHEME = "no_scheme"
    INSECURE_URL = "insecure_url"
    HASHBANG_URL = "hashbang_url"
    LEGACY_PAGES_URL = "legacy_pages_url"
    NUMERIC_ID = "numeric_id"
    NO_HANDLE = "no_handle"
    PLATFORM_NOT_IN_REGISTER = "platform_not_in_register"


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """An address as read. `platform` is None for an ordinary website, `handle` when it names no account.

    `kind` says how the platform is to be asked: `name`; for YouTube `user` (/user/Name), `custom`
    (/Name or /c/Name), `channel` (/channel/UC…) or `handle` (/@name); `id` for a number in place of a
    name. `native_id` is the platform's own id where the address holds it.
    """

    platform: str | None = None
    handle: str | None = None
    kind: str | None = None
    native_id: str | None = None
    defects: tuple[Defect, ...] = ()


_HOSTS = {
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "twitter.com": "x",
    "x.com": "x",
    "youtube.com": "youtube",
    "instagram.com": "instagram",
    "linkedin.com": "linkedin",
    "tiktok.com": "tiktok",
    "threads.net": "threads",
    "threads.com": "threads",
    "bsky.app": "bluesky",
    "flickr.com": "flickr",
    "myspace.com": "myspace",
    "bebo.com": "bebo",
}
#: Every platform whose addresses can be read.
PLATFORMS = frozenset(_HOSTS.values())
#: Platforms that forces still list and that the register does not measure.
NOT_IN_REGISTER = frozenset({"flickr", "myspace", "bebo"})
_BEFORE_HANDLE = {
    "youtube": {"user": "user", "c": "custom", "channel": "channel"},
    "linkedin": {"company": "name"},
    "bluesky": {"profile": "name"},
    "flickr": {"photos": "name", "people": "name"},
}
#: First parts of a path that never are an account.
_NOT_A_HANDLE = frozenset(
    "events explore feed groups hashtag home home.php i in intent p people permalink.php photo photo.php "
    "playlist profile.php reel results search share sharer sharer.php shorts story.php watch".split()
)
_HANDLE = re.compile(r"[\w.\-]+", re.ASCII)


def platform_of_host(host: str) -> str | None:
    """The platform that owns `host` or the domain above it (en-gb.facebook.com), else None."""
    labels = host.lower().rstrip(".").split(".")
    return _HOSTS.get(".".join(labels[-2:]))


def read_address(url: str | None) -> Address:
    """Read a web address as people typed it. Never fails: what is wrong is in `defects`."""
    text = html.unescape(url or "").strip()
    if not text:
        return Address(defects=(Defect.BLANK_URL,))
    defects = []
    if "://" not in text:
        defects.append(Defect.NO_SCHEME)
        text = "https://" + text
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if "." not in host:
        return Address(defects=(*defects, Defect.BAD_URL))
    if parts.scheme == "http":
        defects.append(Defect.INSECURE_URL)
    platform = platform_of_host(host)
    if platform is None:
        return Address(defects=tuple(defects))
    if host.lower().endswith("twitter.com"):
        defects.append(Defect.TWITTER_DOMAIN)
    if platform in NOT_IN_REGISTER:
        defects.append(Defect.PLATFORM_NOT_IN_REGISTER)
    handle, kind, more = _handle(platform, parts)
    native_id = handle if kind in {"id", "channel"} else None
    return Address(
        platform=platform,
        handle=handle,
        kind=kind,
        native_id=native_id,
        defects=(*defects, *more),
    )


def _handle(platform: str, parts: SplitResult) -> tuple[str | None, str | None, list[Defect]]:
    defects = []
    path = parts.path
    if parts.fragment.startswith("!/"):  # twitter.com/#!/name, as it was until 2012
        defects.append(Defect.HASHBANG_URL)
        path = parts.fragment[1:]
    names = [unquote(name) for name in path.split("/") if name]
    kind = {"youtube": "custom"}.get(platform, "name")
    if platform == "facebook" and names[:1] == ["pages"]:
        defects.append(Defect.LEGACY_PAGES_URL)
        names = names[2:]
    elif platform == "facebook" and names[:1] == ["profile.php"]:
        names = parse_qs(parts.query).get("id", [])
    elif names and names[0] in _BEFORE_HANDLE.get(platform, {}):
        kind = _BEFORE_HANDLE[platform][names[0]]
        names = names[1:]
    name = names[0] if names else ""
    if platform == "youtube" and name.startswith("@"):
        kind = "handle"
    name = name.removeprefix("@")
    if name.lower() in _NOT_A_HANDLE or not _HANDLE.fullmatch(name):
        return None, None, [*defects, Defect.NO_HANDLE]
    if platform in {"facebook", "linkedin"} and name.isdigit():
        return name, "id", [*defects, Defect.NUMERIC_ID]
    return name, kind, defects
