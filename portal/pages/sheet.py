"""A force beside its peers on one page to print: what an analyst hands to the chief.

Belongs here: which rows it has, and where each peer's dot lies. Does not belong here: the figures, which are
those of the force's own page (pipelines/release/reader.py).
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import duckdb

from pipelines.release.national import HEADLINES
from pipelines.release.opened import names, rows_of
from pipelines.release.peers import peers_named
from pipelines.release.periods import Period
from pipelines.release.published import Release
from pipelines.release.reader import table_of
from portal.pages.indicators import table_asked
from portal.pages.page import Asked, Made, Page, only

NAMES = ("scope", "period", "period_type")


def make(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """The headline indicators in which the force compares with its peers, each with their values in one
    strip; of a force without peers all of which it has a number."""
    table = table_of(release, connection, table_asked(only(asked, *NAMES), force=asked["force"]))
    rows = [row for row in table.rows if row["indicator_id"] in HEADLINES and row["value"] is not None]
    rows = [row for row in rows if row["peers_value"] is not None] or rows
    rows.sort(key=lambda row: HEADLINES.index(row["indicator_id"]))
    first = table.rows[0]
    sql = """
        select v.indicator_id, v.platform, v.value
        from dim_peer as p
        inner join bench_values as v
            on p.peer_force_id = v.area_id and v.account_scope = $scope
                and v.period_type = $type and v.period_start = $start
        where p.force_id = $force and v.value is not null and not v.is_provisional
        order by p.position
    """
    of_force = {"force": first["area_id"]}
    wanted = of_force | {
        "scope": first["account_scope"],
        "type": first["period_type"],
        "start": first["period_start"],
    }
    of_peers: dict[tuple[str, str], list[float]] = {}
    for peer in rows_of(release, connection, sql, wanted):
        of_peers.setdefault((peer["indicator_id"], peer["platform"]), []).append(peer["value"])
    polarities = names(connection, "indicator_id", "polarity", "dim_indicator")
    lines = [
        (row, strip(row["value"], of_peers.get(key, []), polarities[row["indicator_id"]]))
        for row in rows
        for key in [(row["indicator_id"], row["platform"])]
    ]
    return {
        "table": table,
        "force_id": first["area_id"],
        "force_name": first["area_name"],
        "period": Period(first["period_type"], first["period_start"], first["period_end"]),
        "has_peers": any(strip is not None for _, strip in lines),
        "indicators": [list(same) for _, same in groupby(lines, key=lambda line: line[0]["indicator_id"])],
        "judged": [row for row in rows if row["peers_verdict"] not in {None, "not_compared"}],
        "against": _against(rows),
        "peers": peers_named(
            first["area_name"],
            rows_of(release, connection, "from dim_peer where force_id = $force order by position", of_force),
            names(connection, "area_id", "area_name", "dim_area where area_type = 'force'"),
        ),
        "asked": only(asked, *NAMES),
    }


def strip(own: float, peers: Sequence[float], polarity: str) -> dict[str, Any] | None:
    """Where the dots lie, from 0 on the left to 1: the best on the right, or the most where neither is
    better. None without a peer. `left`, `right`: the values of the ends."""
    if not peers:
        return None
    left, right = min(own, *peers), max(own, *peers)
    if polarity == "lower_is_better":
        left, right = right, left

    def place(value: float) -> float:
        return (value - left) / (right - left) if right != left else 0.5

    return {"left": left, "right": right, "own": place(own), "peers": [place(value) for value in peers]}


def _against(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Verdict: in what the force differs so from its peers."""
    said: dict[str, list[str]] = {}
    for row in rows:
        if row["peers_verdict"] not in {None, "similar", "not_compared"}:
            name = f"{row['indicator_name']} ({row['platform_name']})"
            said.setdefault(row["peers_verdict"], []).append(name)
    return said


PAGES = [Page("/forces/{force}/sheet", "force:sheet", "sheet.html", make)]
