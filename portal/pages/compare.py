"""Two to six forces side by side, in the headline indicators and any other.

Belongs here: which forces were chosen. Does not belong here: the cells (pipelines/release/national.py).
"""

import duckdb

from pipelines.release.national import national
from pipelines.release.opened import name_of
from pipelines.release.periods import NotFoundError
from pipelines.release.published import Release
from portal.pages.national import national_asked
from portal.pages.page import Asked, Made, Page, choices, only

FEWEST, MOST = 2, 6
NAMES = ("platform", "scope", "period", "period_type")


def make(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """The chosen forces beside all forces; before two are chosen, the form alone."""
    table = national(release, connection, national_asked(only(asked, *NAMES)))
    offered = choices(connection, table.period)
    typed = [asked[f"force{nth}"] for nth in range(1, MOST + 1) if f"force{nth}" in asked]
    chosen = list(dict.fromkeys(name_of(force, offered["forces"], "force") for force in typed))
    if len(chosen) == 1:
        raise NotFoundError("choose two forces or more to compare")
    by_area = {row.area_id: row for row in table.rows}
    return {
        "table": table,
        "rows": [by_area[force] for force in chosen],
        "all_forces": by_area.get("all_forces"),
        "chosen": chosen,
        "most": MOST,
        "asked": only(asked, *NAMES) | {f"force{nth}": force for nth, force in enumerate(chosen, 1)},
        **offered,
    }


PAGES = [Page("/compare", "compare", "compare.html", make)]
