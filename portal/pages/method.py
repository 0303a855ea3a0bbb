"""How the figures are made, and what every word means.

Belongs here: definitions as the release has them. Does not belong here: formulas (docs/method.md).
"""

import duckdb

from pipelines.release.opened import rows_of
from pipelines.release.published import Release
from portal.pages.page import Asked, Made, Page

WORDS = {
    "Force": "One of 48: the 43 territorial forces of England and Wales, Police Scotland, the Police "
    "Service of Northern Ireland, and the British Transport, Ministry of Defence and Civil Nuclear police.",
    "Area": "What a figure is about: a force, or a group of forces.",
    "Account": "One presence of one force on one platform.",
    "Conversation": "What one person asked an account in public, until it was answered.",
    "Interval": "Between its limits the true value lies with 95% probability, as far as chance alone is "
    "concerned.",
    "Against others": "Whether a force differs from the other forces together by more than forces usually "
    "differ: an overdispersed funnel. About one in twenty is called different by chance.",
    "Peers": "The forces that are most like a force: an official list where one is loaded, otherwise its "
    "nearest by residents, their growth and its officers.",
    "Shrunk": "A value drawn towards all forces' by as much as chance moves it.",
    "Rank": "Its place among forces with a number. The brackets hold its true place with 95% probability; a "
    "rank without them says little.",
    "Provisional": "The period is not over, or its figures can still change.",
    "Release": "One frozen, published state of all figures. A later one may revise it, and "
    "says what and why.",
    "Working release": "A release made by the daily run.",
}


def make(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """Words, indicators and reasons; with `q` those alone in whose text it stands."""
    q = asked.get("q", "").casefold()
    indicators = rows_of(release, connection, "from dim_indicator order by position")
    notes = rows_of(release, connection, "from dim_value_note order by position")
    platforms = rows_of(release, connection, "from dim_platform order by platform")

    def holds(*texts: str | None) -> bool:
        return any(q in (text or "").casefold() for text in texts)

    return {
        "q": asked.get("q", ""),
        "words": {word: text for word, text in WORDS.items() if holds(word, text)},
        "indicators": [
            row
            for row in indicators
            if holds(row["name"], row["indicator_id"], row["numerator"], row["denominator"], row["caveats"])
        ],
        "notes": [row for row in notes if holds(row["name"], row["sentence"])],
        "platforms": [row for row in platforms if holds(row["platform_name"])],
    }


PAGES = [Page("/method", "method", "method.html", make)]
