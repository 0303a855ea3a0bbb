"""data.police.uk: which accounts each force says that it has, and which neighbourhoods.

Belongs here: the interface's shapes and what it says, defects and all. Does not belong here: the
register and what to change in it (`proposals.py`, `neighbourhoods.py`), files, and any metric. It lists no
Instagram, TikTok, Bluesky, LinkedIn or Nextdoor by type, and knows 44 forces: the register adds the rest.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from pipelines.registry.addresses import PLATFORMS, Address, Defect, read_address
from pipelines.sources.client import Client, Platform
from pipelines.sources.errors import SourceError
from pipelines.sources.shapes import Shape

BASE_URL = "https://data.police.uk/api"
SANDBOX_PATH = "/police_uk/api"
#: The documented limit is 15 a second with a burst of 30. Kept by spacing, since 429 has no headers.
SECONDS_BETWEEN_REQUESTS = 1 / 15
#: What `type` and the keys of contact_details may be, as documented.
TYPES = frozenset(
    "email telephone mobile fax web address facebook twitter youtube myspace bebo flickr forum blog "
    "rss".split()
)
#: Its own names of what the register calls otherwise.
_RENAMED = {"twitter": "x"}


class EngagementMethod(Shape):
    """One way to reach a force. `type` may be missing (then `title` says), `url` blank."""

    known = frozenset({"description"})
    url: str | None = None
    type: str | None = None
    title: str | None = None


class Force(Shape):
    """`/forces/{id}`."""

    known = frozenset({"name", "url", "telephone", "description"})
    id: str
    engagement_methods: list[EngagementMethod] = msgspec.field(name="engagement_methods")


class NeighbourhoodName(Shape):
    """One of `/{force}/neighbourhoods`."""

    id: str
    name: str | None = None


class Neighbourhood(Shape):
    """`/{force}/{neighbourhood}`. `contact_details` may be {}, `population` "0" or no number."""

    known = frozenset({"id", "name", "description", "url_force", "url_boundary", "links", "centre"})
    population: str | int | None = None
    contact_details: dict[str, str | None] = msgspec.field(name="contact_details", default_factory=dict)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One engagement method as read. It is an account when `platform` and `handle` are there."""

    force_id: str
    neighbourhood_id: str | None = None
    type: str | None
    title: str | None
    url: str
    platform: str | None
    handle: str | None
    kind: str | None
    native_id: str | None
    defects: tuple[Defect, ...]

    @property
    def is_account(self) -> bool:
        return self.platform is not None and self.handle is not None


class FoundNeighbourhood(msgspec.Struct, frozen=True, kw_only=True):
    """A neighbourhood that a force lists, as data.police.uk words it. `is_read`: its own page answered, with
    its `population` and whether it `has_contact_details`."""

    force_id: str
    neighbourhood_id: str
    name: str | None
    is_read: bool = False
    population: str | None = None
    has_contact_details: bool = False


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A force or neighbourhood that could not be asked, in the words of the requests log."""

    force_id: str
    neighbourhood_id: str | None
    reason: str
    detail: str


class Discovery(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, which forces answered, and which did not. `neighbourhoods`: none where none were asked
    for."""

    found: tuple[Found, ...]
    answered: tuple[str, ...]
    neighbourhoods: tuple[FoundNeighbourhood, ...] = ()
    failures: tuple[Failure, ...] = ()


def platform(base_url: str = BASE_URL) -> Platform:
    """For `Client`. No key; its errors are plain HTTP ones."""
    return Platform(base_url=base_url, classify=lambda response: None)


def parse_methods(
    force_id: str, methods: Iterable[EngagementMethod], neighbourhood_id: str | None = None
) -> list[Found]:
    """Read every method into one `Found`, in the order given: nothing is dropped.

    The host of the url alone decides the platform; type and title are only checked against it, since
    they are missing, misspelt or `web` for a quarter of the accounts. So a blank url is no account however
    it is typed, and a LinkedIn page typed `web` is one.
    """
    return [_read(force_id, neighbourhood_id, method) for method in methods]


def parse_contact_details(
    force_id: str, neighbourhood_id: str, details: Mapping[str, str | None]
) -> list[Found]:
    """The same for a neighbourhood: the keys are the types. Leaves out keys that hold no address of
    the web (email, telephone, …); of the others a blank one is read as a blank url."""
    web = TYPES - {"email", "telephone", "mobile", "fax", "address"}
    methods = [
        EngagementMethod(url=url, type=key, title=key)
        for key, url in details.items()
        if key.casefold() in web or key.casefold() not in TYPES
    ]
    return parse_methods(force_id, methods, neighbourhood_id)


async def discover(
    client: Client,
    force_ids: Iterable[str],
    with_neighbourhoods: bool,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Discovery:
    """Ask for each force (and each of its neighbourhoods), one request after another.

    A force or neighbourhood that fails is named in `failures`, and the rest goes on; never raises
    `SourceError`.
    """
    asking = _Asking(client, sleep)
    for force_id in force_ids:
        await asking.force(force_id)
        if with_neighbourhoods:
            await asking.neighbourhoods(force_id)
    return Discovery(
        found=tuple(asking.found),
        answered=tuple(asking.answered),
        neighbourhoods=tuple(asking.listed),
        failures=tuple(asking.failures),
    )


class _Asking:
    """One run of `discover`, as far as it has come."""

    def __init__(self, client: Client, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._client = client
        self._sleep = sleep
        self.found: list[Found] = []
        self.answered: list[str] = []
        self.listed: list[FoundNeighbourhood] = []
        self.failures: list[Failure] = []

    async def force(self, force_id: str) -> None:
        force = await self._get(f"/forces/{force_id}", Force, force_id)
        if force is not None:
            self.answered.append(force_id)
            self.found += parse_methods(force_id, force.engagement_methods)

    async def neighbourhoods(self, force_id: str) -> None:
        names = await self._get(f"/{force_id}/neighbourhoods", list[NeighbourhoodName], force_id)
        for name in names or ():
            path = f"/{force_id}/{quote(name.id, safe='')}"
            one = await self._get(path, Neighbourhood, force_id, name.id)
            listed = FoundNeighbourhood(force_id=force_id, neighbourhood_id=name.id, name=name.name)
            if one is None:
                self.listed.append(listed)
                continue
            self.listed.append(
                msgspec.structs.replace(
                    listed,
                    is_read=True,
                    population=None if one.population is None else str(one.population),
                    has_contact_details=bool(one.contact_details),
                )
            )
            self.found += parse_contact_details(force_id, name.id, one.contact_details)

    async def _get(self, path: str, type_: Any, force_id: str, neighbourhood_id: str | None = None) -> Any:
        await self._sleep(SECONDS_BETWEEN_REQUESTS)
        try:
            return (await self._client.get(path, type_)).data
        except SourceError as error:
            self.failures.append(
                Failure(
                    force_id=force_id,
                    neighbourhood_id=neighbourhood_id,
                    reason=error.reason,
                    detail=error.detail,
                )
            )
            return None


def _read(force_id: str, neighbourhood_id: str | None, method: EngagementMethod) -> Found:
    address = read_address(method.url)
    named = (method.type or "").strip()
    return Found(
        force_id=force_id,
        neighbourhood_id=neighbourhood_id,
        type=method.type,
        title=method.title,
        url=method.url or "",
        platform=address.platform,
        handle=address.handle,
        kind=address.kind,
        native_id=address.native_id,
        defects=(*_type_defects(named, address), *address.defects),
    )


def _type_defects(named: str, address: Address) -> list[Defect]:
    if not named:
        return [Defect.MISSING_TYPE]
    defects = []
    word = named.casefold()
    if named != word:
        defects.append(Defect.TYPE_CASE)
    if word not in TYPES:
        defects.append(Defect.UNKNOWN_TYPE)
    meant = _RENAMED.get(word, word)
    by_type = meant if meant in PLATFORMS else None  # `web` and `rss` name none
    if Defect.BLANK_URL not in address.defects and by_type != address.platform:
        defects.append(Defect.TYPE_MISMATCH)
    if word == "twitter" and address.platform == "x" and Defect.TWITTER_DOMAIN not in address.defects:
        defects.append(Defect.X_UNDER_TWITTER)
    return defects
