"""Headings over indicators, so that a long list can be skimmed.

Belongs here: which indicators are under which heading, by what must be known for them. Does not belong here:
the order of indicators, which is the release's.
"""

from collections.abc import Iterable, Mapping
from typing import Any

THEMES = {
    "Audience": {"followers", "followers_both"},
    "What is posted": {"posts", "outcomes"},
    "Reach and engagement": {"values_1h", "values_24h", "values_7d", "values_export"},
    "Answers to the public": {"messages", "direct_messages"},
    "Accounts and neighbourhoods": {"register", "neighbourhoods"},
    "What was collected": {"collection"},
}


def themed(
    rows: Iterable[dict[str, Any]], known_by: Mapping[str, str]
) -> list[tuple[str, list[dict[str, Any]]]]:
    """The rows under each heading that has any, in their order. `known_by`: of each indicator, as in
    dim_indicator."""
    rows = list(rows)
    found = (
        (theme, [row for row in rows if known_by[row["indicator_id"]] in of]) for theme, of in THEMES.items()
    )
    return [(theme, under) for theme, under in found if under]
