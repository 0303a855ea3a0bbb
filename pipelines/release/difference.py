"""What is different between any two releases: each cell that is not the same, old, new and why, in words.

Belongs here: two releases that are kept, set side by side. Does not belong here: the comparison itself and
its reasons (revisions.py), or which two (cli/, portal/).
"""

from typing import Any

import polars as pl

from pipelines.landing.store import Landing
from pipelines.release import figures, revisions
from pipelines.release.identity import comparable
from pipelines.release.opened import connected
from pipelines.release.periods import NotFoundError, Period
from pipelines.release.published import Release, built_from, check_tables, folder_of
from pipelines.settings import Settings

_NAMED = f"""
    select r.*, i.name as indicator_name, i.unit, a.area_name, a.area_type,
        case r.platform when 'all' then 'All platforms' else coalesce(p.platform_name, r.platform) end
            as platform_name
    from release.{revisions.NAME} as r
    left join dim_indicator as i on r.indicator_id = i.indicator_id
    left join dim_area as a on r.area_id = a.area_id
    left join dim_platform as p on r.platform = p.platform
    order by a.area_type, r.period_start desc, i.position, a.area_name, r.platform, r.account_scope,
        r.period_type, r.indicator_id, r.area_id
"""


def in_order(one: Release, other: Release) -> tuple[Release, Release]:
    """The older of two releases and the newer. The reasons say what came since, so they hold in this order
    alone."""
    older, newer = sorted((one, other), key=lambda each: each.vintage)
    return older, newer


def difference(settings: Settings, landing: Landing, old: Release, new: Release) -> pl.DataFrame:
    """A row for each cell of `old` that is another one in `new`, or has gone, and for each number that is new
    in a period that was over: the columns of `revisions`, names, and a sentence.

    Raises:
        NotFoundError: one of the two does not say what it was built from, so nobody could say why.
        DamagedReleaseError: a table of one of them is damaged.
    """
    for release in (old, new):
        check_tables(settings, release)
        if not comparable(settings, release):
            raise NotFoundError(f"release {release.release_id} does not say what it was built from")
    before, after = folder_of(settings, old), folder_of(settings, new)
    with connected(settings, new) as connection:
        connection.execute("attach ':memory:' as release")
        revisions.write(connection, landing, built_from(after, new), before, built_from(before, old))
        frame = connection.sql(_NAMED).pl()
    sentences = [sentence(row) for row in frame.iter_rows(named=True)]
    return frame.with_columns(sentence=pl.Series(sentences, dtype=pl.String))


def counted(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """How many cells differ for each reason, the most first."""
    counts = frame.group_by("reason").agg(pl.len().alias("cells")).sort("cells", "reason", descending=True)
    return [row | {"why": revisions.REASONS[row["reason"]]} for row in counts.iter_rows(named=True)]


def sentence(row: dict[str, Any]) -> str:
    """`Kent Police, Followers, Bluesky, October 2026: 7.25 in place of 6.5. An account of the force was …`"""
    period = Period(row["period_type"], row["period_start"], row["period_end"]).name
    scope = [] if row["account_scope"] == "all" else [row["account_scope"]]
    area, indicator = row["area_name"] or row["area_id"], row["indicator_name"] or row["indicator_id"]
    cell = ", ".join([area, indicator, row["platform_name"], *scope, period])
    new, old = _said(row, "new"), _said(row, "old")
    if new == old:  # what differs is smaller than what is written
        return f"{cell}: {new}, with other limits or decimals. {revisions.REASONS[row['reason']]}"
    return f"{cell}: {new} in place of {old}. {revisions.REASONS[row['reason']]}"


def _said(row: dict[str, Any], side: str) -> str:
    value, note = row[f"{side}_value"], row[f"{side}_value_note"]
    if value is not None:
        return figures.amount(value, row["unit"] or "")
    return f"no number ({note.replace('_', ' ')})" if note else "no cell"
