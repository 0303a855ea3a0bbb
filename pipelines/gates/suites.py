"""Puts a suite together from expectations/*.json: what it extends, and the columns and values of its place.

Belongs here: which file is whose, and how a file becomes a list of expectations. Does not belong here:
running them (validation.py), or where the values come from (the gates).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.settings import PROJECT

SUITES = PROJECT / "expectations"

Expectation = dict[str, Any]  # type, kwargs and meta, as GX writes them


def landing_suite(source: str, entity: str) -> str:
    """The name of a landed entity's suite: its own, or its source's, or the one that all platforms share."""
    names = (f"landing_{source}_{entity}", f"landing_{source}", f"landing_{entity}", "landing")
    return next(name for name in names if (SUITES / f"{name}.json").exists())


def digest_of(*patterns: str) -> str:
    """A digest of the suites whose files fit: what was judged by other ones was not judged by these."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in SUITES.glob(pattern)}):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def expectations_of(name: str, parameters: Mapping[str, Any]) -> list[Expectation]:
    """What the suite `expectations/<name>.json` expects, with that of the suite it extends first.

    `{"$PARAMETER": "latest"}` is the parameter of that name. An expectation with `{"$EACH": "counts"}` is one
    for each value of the parameter, and with `{"$EACH": ["kind"]}` one for each of these columns that there
    is (the parameter `columns` has them all).

    Raises:
        FileNotFoundError: there is no such suite.
        KeyError: the suite asks for a parameter that is not given.
    """
    definition = json.loads((SUITES / f"{name}.json").read_text())
    before = expectations_of(definition["extends"], parameters) if "extends" in definition else []
    return before + [one for each in definition["expectations"] for one in _expanded(each, parameters)]


def _expanded(expectation: Expectation, parameters: Mapping[str, Any]) -> Iterator[Expectation]:
    wanted = [
        value["$EACH"]
        for value in expectation["kwargs"].values()
        if isinstance(value, dict) and "$EACH" in value
    ]
    if not wanted:
        yield _filled(expectation, parameters)
        return
    (each,) = wanted
    values = parameters[each] if isinstance(each, str) else [c for c in each if c in parameters["columns"]]
    for value in values:
        yield _filled(expectation, parameters, value)


def _filled(value: Any, parameters: Mapping[str, Any], one: Any = None) -> Any:
    match value:
        case {"$PARAMETER": name}:
            return parameters[name]
        case {"$EACH": _}:
            return one
        case dict():
            return {key: _filled(inner, parameters, one) for key, inner in value.items()}
        case list():
            return [_filled(inner, parameters, one) for inner in value]
        case _:
            return value
