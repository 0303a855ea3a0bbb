"""The invented accounts: who is where, how large, how busy.

Here: the list of accounts, made once from a seed, and the ways to find one.
Not here: what an account is at a moment (audience.py) or what it posts (posts.py).
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from sandbox import story
from sandbox.clock import DAY, ms
from sandbox.dice import letters, lognormal, uniforms
from sandbox.forces import Force, forces

BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # pragma: allowlist secret
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"  # pragma: allowlist secret
DIGITS = "0123456789"
BLUESKY_EXTRAS = 130
MASTODON_EXTRAS = 100

# The order in which a force opens accounts beside its corporate one.
PERSONAS = (
    ("north", "neighbourhood"),
    ("south", "neighbourhood"),
    ("contact", "contact_centre"),
    ("roads", "specialist"),
    ("central", "neighbourhood"),
    ("sergeant", "officer"),
    ("east", "neighbourhood"),
    ("chief", "chief_officer"),
    ("west", "neighbourhood"),
    ("safer-streets", "campaign"),
    ("rural", "neighbourhood"),
    ("riverside", "neighbourhood"),
    ("dogs", "specialist"),
    ("market", "neighbourhood"),
    ("hills", "neighbourhood"),
    ("coast", "neighbourhood"),
    ("valley", "neighbourhood"),
    ("station", "neighbourhood"),
)
_RATES = {"neighbourhood": 0.42, "specialist": 0.8, "officer": 0.7, "chief_officer": 0.35}
_RATES |= {"campaign": 0.5, "contact_centre": 1.2}
#: Of the residents, those who follow the force's own account. A platform that is not placed below by name has
#: one such account in every force.
_CORPORATE_FOLLOWERS = {"youtube": 0.009, "bluesky": 0.006, "mastodon": 0.0018}
_CORPORATE_FOLLOWERS |= {"x": 0.11, "facebook": 0.16}


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """One presence of one force on one platform."""

    index: int
    account_id: str
    force_id: str
    platform: str
    account_type: str
    name: str
    handle: str
    instance: str
    platform_id: str
    url: str
    rate: float
    phase: float
    followers: int
    growth: float
    older_posts: int
    opened: int
    dormant_from: int | None


@dataclass(frozen=True, slots=True)
class _Place:
    force: Force
    platform: str
    suffix: str
    account_type: str


def _minimum(force_id: str, platform: str) -> int:
    if force_id == story.DAM_FORCE:
        return 4 if platform == "bluesky" else 3
    if force_id == story.MERGE_FORCE:
        return 3 if platform == "bluesky" else 2
    return 1 if any(a.startswith(f"{platform}:{force_id}-") for a in story.STORY_ACCOUNTS) else 0


def _extras(platform: str, total: int, absent: frozenset[str]) -> dict[str, int]:
    """Shares `total` accounts out by size, largest remainder first."""
    present = [f for f in forces() if f.force_id not in absent]
    size = sum(f.size for f in present)
    exact = {f.force_id: total * f.size / size for f in present}
    out = {k: max(int(v), _minimum(k, platform)) for k, v in exact.items()}
    by_remainder = sorted(exact, key=lambda k: (int(exact[k]) - exact[k], k))
    for force_id in by_remainder[: max(0, total - sum(out.values()))]:
        out[force_id] += 1
    return {k: min(v, len(PERSONAS)) for k, v in out.items()}


def _places() -> list[_Place]:
    out = []
    bluesky = _extras("bluesky", BLUESKY_EXTRAS, story.WITHOUT_BLUESKY)
    mastodon = _extras("mastodon", MASTODON_EXTRAS, story.WITHOUT_MASTODON)
    for force in forces():
        out += [_Place(force, p, "", "corporate") for p in ("x", "facebook")]
        if force.force_id not in story.WITHOUT_YOUTUBE:
            out.append(_Place(force, "youtube", "", "corporate"))
        for platform, extras in (("bluesky", bluesky), ("mastodon", mastodon)):
            if force.force_id in extras:
                out.append(_Place(force, platform, "", "corporate"))
                personas = PERSONAS[: extras[force.force_id]]
                out += [_Place(force, platform, *persona) for persona in personas]
    # At the end: an account's place in the list is in the ids of its posts.
    later = [name for name in _CORPORATE_FOLLOWERS if name not in {place.platform for place in out}]
    return out + [_Place(force, platform, "", "corporate") for platform in later for force in forces()]


def _identity(seed: int, place: _Place, slug: str, u: float) -> tuple[str, str, str, str]:
    """Handle, instance, platform's own id, address."""
    platform = place.platform
    if platform == "youtube":
        channel = "UC" + letters(BASE64, 22, seed, "channel", slug)
        handle = f"@{slug}-sandbox"
        return handle, "", channel, f"https://www.youtube.com/channel/{channel}"
    if platform == "bluesky":
        handle = f"{slug}.bsky.sandbox"
        did = "did:plc:" + letters(BASE32, 24, seed, "did", slug)
        return handle, "", did, f"https://bsky.app/profile/{handle}"
    if platform == "mastodon":
        instance = f"social.{place.force.force_id}.sandbox"
        user = slug.replace("-", "_")
        number = str(109_000_000_000_000_000 + int(u * 6_000_000_000_000_000))
        return f"{user}@{instance}", instance, number, f"https://{instance}/@{user}"
    handle = slug.replace("-", "_") + "_sandbox"
    number = "1" + letters(DIGITS, 14, seed, platform, slug)
    site = {"x": "x.com", "facebook": "www.facebook.com"}.get(platform, f"{platform}.sandbox")
    return handle, "", number, f"https://{site}/{handle}"


def _account(seed: int, index: int, place: _Place) -> Account:
    force, corporate = place.force, place.account_type == "corporate"
    slug = f"{force.force_id}-{place.suffix}" if place.suffix else force.force_id
    account_id = f"{place.platform}:{slug}"
    u = uniforms(seed, "account", account_id)
    handle, instance, platform_id, url = _identity(seed, place, slug, u[0])
    size = min(2.0, force.size / 2_000_000)
    if place.platform == "youtube":
        rate = 0.3 + 0.15 * u[1] + 0.1 * size
    elif corporate:
        rate = 1.7 + 0.7 * u[1] + 0.5 * size
    else:
        rate = _RATES[place.account_type] * (0.8 + 0.5 * u[1])
    if corporate:
        share = _CORPORATE_FOLLOWERS[place.platform]
        followers = 400 + force.size * share * lognormal(u[2], 0.45)
    else:
        followers = (1400 if place.platform == "bluesky" else 520) * lognormal(u[2], 0.7)
    opened = ms("2023-02-01T09:00:00Z") + int(u[3] * 900 * DAY)
    sleeps = (
        not corporate
        and u[4] < story.DORMANT_SHARE * 1.6
        and account_id not in story.STORY_ACCOUNTS
        and force.force_id not in story.NEVER_DORMANT_FORCES
    )
    asleep = story.DORMANT_FROM + int(u[5] * (story.DORMANT_UNTIL - story.DORMANT_FROM))
    return Account(
        index=index,
        account_id=account_id,
        force_id=force.force_id,
        platform=place.platform,
        account_type=place.account_type,
        name=f"{force.name} {place.suffix.replace('-', ' ')}".strip() + " (invented)",
        handle=handle,
        instance=instance,
        platform_id=platform_id,
        url=url,
        rate=rate,
        phase=u[6],
        followers=int(followers),
        growth=(0.02 + 0.16 * u[7]) / 365,
        older_posts=int(rate * (60 + 600 * u[8])),
        opened=opened,
        dormant_from=asleep if sleeps else None,
    )


class Nation:
    """All accounts of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.accounts = tuple(_account(seed, i, p) for i, p in enumerate(_places()))
        self.by_id = {a.account_id: a for a in self.accounts}
        self.by_platform_id = {(a.platform, a.instance, a.platform_id): a for a in self.accounts}

    def on(self, platform: str) -> list[Account]:
        """The accounts of one platform."""
        return [a for a in self.accounts if a.platform == platform]

    def corporate(self, force_id: str, platform: str) -> Account:
        """The corporate account of a force on a platform."""
        return self.by_id[f"{platform}:{force_id}"]

    @cached_property
    def by_handle(self) -> dict[tuple[str, str], Account]:
        """Accounts by platform and registered handle."""
        return {(a.platform, a.handle): a for a in self.accounts}

    @cached_property
    def by_force(self) -> dict[tuple[str, str], tuple[Account, ...]]:
        """Accounts by force and platform."""
        found: dict[tuple[str, str], tuple[Account, ...]] = {}
        for account in self.accounts:
            key = (account.force_id, account.platform)
            found[key] = (*found.get(key, ()), account)
        return found


@lru_cache(maxsize=4)
def nation(seed: int) -> Nation:
    """The nation of a seed."""
    return Nation(seed)


def colleagues(seed: int, account: Account) -> tuple[Account, ...]:
    """The other accounts that the force has on the platform."""
    every = nation(seed).by_force[(account.force_id, account.platform)]
    return tuple(other for other in every if other is not account)
