"""JSON into typed structs: an unknown field is counted, a flipped type is an error that names its path.

Belongs here: decoding. Does not belong here: the structs themselves; each platform's module has its own.
"""

import types
import typing
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar

import msgspec

from pipelines.sources.errors import WrongShape
from pipelines.sources.usage import Usage, usage

T = TypeVar("T")

#: Google and others send counts as strings of digits.
Digits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,18}$")]  # as many as a BIGINT holds
Count = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
#: A moment with its zone: without one it has no age.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Shape(msgspec.Struct, rename="camel"):
    """An object of a platform's answer. `known` names documented fields that we do not read."""

    known: ClassVar[frozenset[str]] = frozenset()


def fields(names: str) -> frozenset[str]:
    """Names parted by spaces, for `Shape.known`."""
    return frozenset(names.split())


def decode(body: bytes, type_: type[T], *, where: str) -> T:
    """Decode `body` as `type_`; fields that neither we nor our notes know are counted in `usage`.

    Raises:
        WrongShape: the body is no JSON, or a field has another type; names `where` and the path.
    """
    try:
        raw = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongShape(f"{where}: not JSON ({_kind(error)})") from error
    return convert(raw, type_, where=where)


def convert(raw: Any, type_: type[T], *, where: str) -> T:
    """The same for an object that is decoded already (one item of a batch, so that it fails alone)."""
    try:
        usage.get(Usage()).unknown += unknown_fields(raw, type_)
        return msgspec.convert(raw, type_)
    except (msgspec.ValidationError, RecursionError) as error:
        raise WrongShape(f"{where}: {_kind(error)}") from error


def _kind(error: Exception) -> str:
    """What msgspec says of types and paths; other errors may quote the answer: only their name is kept."""
    return str(error) if isinstance(error, msgspec.DecodeError) else type(error).__name__


def unknown_fields(raw: Any, type_: Any) -> int:
    """Fields in `raw` that `type_` neither reads nor lists as known. Looks at the first item of a list:
    a platform that adds a field adds it to every item."""
    kind, inner = _inside(type_)
    if kind == "list":
        return unknown_fields(raw[0], inner) if raw and isinstance(raw, list) else 0
    if kind == "struct" and isinstance(raw, dict):
        names, nested = inner
        below = sum([unknown_fields(raw[name], item) for name, item in nested if name in raw])
        return len(raw.keys() - names) + below
    return 0


@cache
def _inside(type_: Any) -> tuple[str, Any]:
    """What `unknown_fields` must know of a type: ("struct", (names of all fields, those that hold structs)),
    ("list", item) or plain."""
    if isinstance(type_, type) and issubclass(type_, Shape):
        read = {f.encode_name: f.type for f in msgspec.structs.fields(type_)}
        nested = [(name, item) for name, item in read.items() if _has_fields(item)]
        return "struct", (type_.known | read.keys(), nested)
    origin, arguments = typing.get_origin(type_), typing.get_args(type_)
    if origin is list:
        return "list", arguments[0]
    if origin in (typing.Union, types.UnionType):
        for argument in arguments:
            if _inside(argument)[0] != "plain":
                return _inside(argument)
    return "plain", None


def _has_fields(type_: Any) -> bool:
    """Whether there is a struct in a type."""
    is_struct = isinstance(type_, type) and issubclass(type_, Shape)
    return is_struct or any(map(_has_fields, typing.get_args(type_)))
