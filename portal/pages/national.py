"""The country at one glance.

Belongs here: the national table's choices. Does not belong here: its cells and sentences (pipelines/release).
"""

import duckdb

from pipelines.release.national import NationalAsked, NationalRow, national
from pipelines.release.periods import NotFoundError
from pipelines.release.published import Release
from pipelines.release.sentences import finality
from pipelines.release.summary import summary
from portal.pages.page import Asked, Made, Page, choices, only

NAMES = ("platform", "scope", "period", "period_type", "among", "peers_of", "sort", "intervals")


def national_asked(asked: Asked) -> NationalAsked:
    """What the table is asked for by an address."""
    return NationalAsked(
        asked.get("platform"),
        asked.get("scope", "all"),
        asked.get("period"),
        asked.get("period_type"),
        asked.get("among"),
        asked.get("peers_of"),
    )


def make(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """The table, what stands out in it, and what else can be chosen."""
    table = national(release, connection, national_asked(asked))
    forces, sorted_by = list(table.forces), None
    if "sort" in asked:
        sorted_by = next((row for row in table.indicators if row["indicator_id"] == asked["sort"]), None)
        if sorted_by is None:
            raise NotFoundError(f"the table has no numbers of {asked['sort']} to be sorted by")
        forces.sort(key=lambda row: _place(row, str(asked["sort"])))
    cells = [row.cells[one["indicator_id"]] for row in table.forces for one in table.indicators]
    return {
        "table": table,
        "sentences": summary(release, connection, table),
        "finality": finality([cell for cell in cells if cell["value"] is not None] or cells),
        "marks_provisional": not all(cell["is_provisional"] for cell in cells if cell["value"] is not None),
        "reported": len(table.forces) - len(table.silent),
        "rows": forces,
        "groups_rows": [row for row in table.rows if row.area_type != "force"],
        "sorted_by": sorted_by,
        "asked": only(asked, *NAMES),
        **choices(connection, table.period),
    }


def _place(row: NationalRow, indicator: str) -> tuple[bool, float, bool, float, str]:
    """Ranked ones first, then those with a number that is not ranked, the largest first, then by name."""
    cell = row.cells[indicator]
    value = cell["value"]
    return (cell["rank"] is None, cell["rank"] or 0, value is None, -(value or 0), row.area_name)


PAGES = [Page("/national", "national", "national.html", make)]
