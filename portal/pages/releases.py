"""One release: what it was made of, what passed, and which figures it revises.

Belongs here: this page. Does not belong here: which releases there are (portal/releases.py), or the
comparison of releases (pipelines/release/revisions.py).
"""

import duckdb

from pipelines.release import revisions
from pipelines.release.opened import names, rows_of
from pipelines.release.published import Release
from pipelines.release.sentences import kept_as
from portal.pages.page import Asked, Made, Page

#: Revised cells that are listed; all of them are in the release as a table.
LISTED = 200


def make(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """Gates, quarantined accounts and the revised cells, the headline periods first."""
    rows, counts = [], []
    if release.revises:
        sql = f"""
            select r.*, i.name as indicator_name, i.unit, a.area_name
            from {revisions.NAME} as r
            inner join dim_indicator as i on r.indicator_id = i.indicator_id
            inner join dim_area as a on r.area_id = a.area_id
            order by a.area_type, r.period_start desc, i.position, a.area_name, r.platform
            limit {LISTED}
        """
        rows = rows_of(release, connection, sql)
        counts = rows_of(
            release,
            connection,
            f"select reason, count(*) as cells from {revisions.NAME} group by reason order by cells desc",
        )
    return {
        "release": release,
        "rows": rows,
        "counts": counts,
        "reasons": revisions.REASONS,
        "kept_as": kept_as(release),
        "platforms": {"all": "All platforms"}
        | names(connection, "platform", "platform_name", "dim_platform"),
    }


PAGES = [Page("/releases/{release}", "releases", "release.html", make)]
