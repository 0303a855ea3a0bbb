"""Who sent what until when: forces by platforms, the days behind a cell, and the gates.

Belongs here: what was collected. Does not belong here: figures.
"""

import duckdb

from pipelines.release.official import WORKING
from pipelines.release.opened import rows_of
from pipelines.release.published import Release
from portal.pages.page import Asked, Made, Page

#: The days that are looked back on from the newest.
DAYS = 14


def make(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """For each force and platform: accounts due, of how many of their days in the last two weeks there was an
    answer, and the last day with one."""
    sql = f"""
        with newest as (select max(collected_date) as day from fct_collection),
        cells as (
            select c.force_id, c.platform, count(distinct c.account_id) as accounts,
                count(*) filter (where c.is_due) as due_days,
                count(*) filter (where c.is_due and c.status in ('landed', 'empty')) as landed_days,
                max(c.collected_date) filter (where c.status in ('landed', 'empty')) as last_date,
                mode(c.reason) filter (where c.is_due and c.status not in ('landed', 'empty')) as reason
            from fct_collection as c
            cross join newest
            where c.collected_date > newest.day - {DAYS}
            group by all
        )
        select f.force_id, f.force_name, p.platform, p.platform_name, cells.accounts, cells.due_days,
            cells.landed_days, cells.last_date, cells.reason, newest.day as newest_date
        from dim_force as f
        cross join dim_platform as p
        cross join newest
        left join cells on f.force_id = cells.force_id and p.platform = cells.platform
        order by f.force_name, p.platform
    """
    rows = rows_of(release, connection, sql)
    with_any = {row["platform"] for row in rows if row["accounts"]}
    platforms = {row["platform"]: row["platform_name"] for row in rows if row["platform"] in with_any}
    forces: dict[str, Made] = {}
    for row in rows:
        force = forces.setdefault(row["force_id"], {"name": row["force_name"], "cells": {}, "behind": 0})
        if row["platform"] in with_any:
            force["cells"][row["platform"]] = row
            force["behind"] += (row["due_days"] or 0) > (row["landed_days"] or 0)
    return {
        "days": DAYS,
        "newest": rows[0]["newest_date"] if rows else None,
        "platforms": platforms,
        "names": {row["platform"]: row["platform_name"] for row in rows},
        "forces": forces,
        "silent": [
            force["name"]
            for force in forces.values()
            if not any(cell["landed_days"] for cell in force["cells"].values())
        ],
        "release": release,
    }


#: What was collected is of now, whatever is official.
PAGES = [Page("/data", "data", "data.html", make, usual=WORKING)]
