"""Which forces a release holds of its newest day, and which were due and are not in it.

Belongs here: counting what a release folder holds. Does not belong here: whether that is enough (gates/), or
how it is shown (orchestration/release.py).
"""

from pathlib import Path
from typing import Any

import duckdb

COLUMNS = ("platform", "due_count", "collected_count", "missing")


def coverage(release: Path) -> list[dict[str, Any]]:
    """A row for each platform of the newest day that was pulled: due_count and collected_count are forces,
    missing the ids of those that were due and not collected; and the same over all platforms. No rows where
    nothing is pulled.
    """
    collection = str(release / "tables" / "fct_collection.parquet")
    with duckdb.connect() as connection:
        return connection.execute(_COVERAGE, [collection]).pl().to_dicts()


_COVERAGE = """
    with newest_day as (
        from read_parquet($1)
        where is_due
        qualify collected_date = max(collected_date) over ()
    ),

    forces as (
        select
            platform,
            force_id,
            bool_or(status in ('landed', 'empty')) as is_collected
        from newest_day
        group by grouping sets ((platform, force_id), (force_id))
    )

    select
        coalesce(platform, 'all') as platform,
        count(*) as due_count,
        count(*) filter (is_collected) as collected_count,
        coalesce(string_agg(force_id, ', ' order by force_id) filter (not is_collected), '') as missing
    from forces
    group by all
    order by platform
"""
