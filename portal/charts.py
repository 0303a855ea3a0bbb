"""Charts as SVG without script: Vega-Lite specifications made by altair, drawn by vl-convert.

Belongs here: what a chart shows. Does not belong here: the figures, which every chart shares with a table.

A chart is an image with an address of its own, so that a page needs no style for it; it is drawn once a
release.
"""

from collections.abc import Callable, Mapping
from typing import Any

import altair as alt
import duckdb
import polars as pl
import vl_convert

from pipelines.release.figures import amount
from pipelines.release.opened import name_of, names, rows_of
from pipelines.release.periods import NotFoundError
from pipelines.release.reader import BenchmarkTable, table_of
from portal.library import Shelf
from portal.pages.indicators import table_asked
from portal.templates import SIGNS
from portal.tiles import TILES

INK, SOFT, PALE, BLUE, GOOD, BAD = "#16202b", "#8795a1", "#e8edf1", "#1a4f8b", "#0b5f44", "#a02020"
#: By verdict; the sign beside the word stands in the table.
COLOURS = {"better": GOOD, "worse": BAD, "higher": BLUE, "lower": BLUE}
#: In which unit a time is drawn: the largest of which the longest has one.
TIMES = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
ROW_HEIGHT = 17

Asked = Mapping[str, str]


def ranked(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> bytes:
    """Each force's value with its interval, best first (where nobody is ranked, the largest), and a line at
    all forces together."""
    table = _table(shelf, connection, asked)
    forces = [row for row in table.rows if row["area_type"] == "force" and row["value"] is not None]
    if not forces:
        raise NotFoundError("there is no number to draw")
    forces = best_first(forces)
    unit, size = _unit(table)
    rows = [
        {
            "force": row["area_name"],
            "value": row["value"] / size,
            "low": _part(row["ci95_low"], size),
            "high": _part(row["ci95_high"], size),
            "colour": COLOURS.get(row["verdict"] or "", INK),
        }
        for row in forces
    ]
    y = alt.Y("force:N", sort=None, title=None, axis=alt.Axis(labelLimit=260, ticks=False))
    x = alt.X("value:Q", title=unit, scale=alt.Scale(zero=True))
    colour = alt.Color("colour:N", scale=None)
    base = _chart(rows)
    layers = [
        base.mark_rule(strokeWidth=2).encode(y=y, x=alt.X("low:Q", title=unit), x2="high:Q", color=colour),
        base.mark_circle(size=70, opacity=1).encode(y=y, x=x, color=colour),
    ]
    together = next((row["all_forces_value"] for row in forces if row["all_forces_value"] is not None), None)
    if together is not None:
        line = _chart([{"all": together / size}])
        layers.insert(0, line.mark_rule(color=SOFT, strokeDash=[4, 3]).encode(x="all:Q"))
    return _svg(alt.layer(*layers).properties(width=560, height=ROW_HEIGHT * len(rows)), shelf)


def best_first(forces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By value, in the direction that ranks have. Who has too little behind the figure for a rank lies among
    the others all the same: two orders one below the other would look like one."""
    by_rank = sorted((row for row in forces if row["rank"]), key=lambda row: row["rank"])
    sign = 1 if by_rank and by_rank[0]["value"] < by_rank[-1]["value"] else -1
    return sorted(forces, key=lambda row: (sign * row["value"], row["rank"] or 0, row["area_name"]))


def funnel(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> bytes:
    """Each force by n, with the limits of chance and those within which forces usually lie (METHOD 3)."""
    table = _table(shelf, connection, asked)
    first = table.rows[0]
    limits = rows_of(
        shelf.release,
        connection,
        "from bench_funnels where indicator_id = $indicator and platform = $platform "
        "and account_scope = $scope and period_type = $type and period_start = $start",
        {
            "indicator": first["indicator_id"],
            "platform": first["platform"],
            "scope": first["account_scope"],
            "type": first["period_type"],
            "start": first["period_start"],
        },
    )
    by_area = {row["area_id"]: row for row in limits}
    unit, size = _unit(table)
    rows: list[dict[str, Any]] = [
        {
            "force": row["area_name"],
            "n": row["n"],
            "value": row["value"] / size,
            "colour": COLOURS.get(row["verdict"] or "", INK),
            **{
                name: _part(by_area[row["area_id"]][name], size)
                for name in ("plain95_low", "plain95_high", "funnel95_low", "funnel95_high")
            },
        }
        for row in table.rows
        if row["area_id"] in by_area and row["value"] is not None and row["n"]
    ]
    if not rows:
        raise NotFoundError("no force is compared here: there is no funnel to draw")
    x = alt.X("n:Q", title="n", scale=alt.Scale(type="log", nice=False, padding=15))
    base = _chart(rows)
    layers = [
        base.mark_rule(strokeWidth=9, color="#dfe6ec").encode(
            x=x, y=alt.Y("funnel95_low:Q", title=unit), y2="funnel95_high:Q"
        ),
        base.mark_rule(strokeWidth=9, color="#b4c3d0").encode(x=x, y="plain95_low:Q", y2="plain95_high:Q"),
        base.mark_circle(size=60, opacity=1).encode(
            x=x, y="value:Q", color=alt.Color("colour:N", scale=None)
        ),
    ]
    apart = sorted((row for row in rows if row["colour"] != INK), key=lambda row: row["n"])
    # Names of neighbours stand on different sides.
    for named, left in ((apart[::2], True), (apart[1::2], False)):
        if named:
            text = _chart(named).mark_text(
                align="left" if left else "right", dx=7 if left else -7, fontSize=11
            )
            layers.append(text.encode(x=x, y="value:Q", text="force:N"))
    return _svg(alt.layer(*layers).properties(width=620, height=340), shelf)


def tiles(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> bytes:
    """A tile for each force, near its neighbours: its value, and by sign and colour what the verdict is."""
    table = _table(shelf, connection, asked)
    with_number = {row["area_id"]: row for row in table.rows if row["value"] is not None}
    if not with_number.keys() & TILES.keys():
        raise NotFoundError("there is no number to draw")
    rows: list[dict[str, Any]] = []
    for force, (column, line, name) in TILES.items():
        tile = {"x": column, "y": line, "name": name, "said": "no number", "fill": "white", "ink": INK}
        if row := with_number.get(force):
            verdict = row["verdict"] or ""
            tile["said"] = f"{SIGNS.get(verdict, '')} {amount(row['value'], row['unit'])}".strip()
            tile["fill"] = COLOURS.get(verdict, PALE)
            tile["ink"] = "white" if verdict in COLOURS else INK
        rows.append(tile)
    apart = alt.Scale(paddingInner=0.06)
    base = _chart(rows).encode(x=alt.X("x:O", axis=None, scale=apart), y=alt.Y("y:O", axis=None, scale=apart))
    ink = alt.Color("ink:N", scale=None)
    layers = [
        base.mark_rect(stroke=SOFT, strokeWidth=0.5).encode(color=alt.Color("fill:N", scale=None)),
        base.mark_text(dy=-7, fontSize=11, fontWeight="bold").encode(text="name:N", color=ink),
        base.mark_text(dy=8, fontSize=10).encode(text="said:N", color=ink),
    ]
    return _svg(alt.layer(*layers).properties(width=620, height=440), shelf)


def spine(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> bytes:
    """Where a force stands in each indicator of which more or less is better: its place among the forces
    with a number, the better side on the right."""
    table = table_of(shelf.release, connection, table_asked(asked, force=asked.get("force", "")))
    judged = names(connection, "indicator_id", "polarity", "dim_indicator where polarity <> 'none'")
    rows = [
        {
            "what": f"{row['indicator_name']}, {row['platform_name']}",
            "place": 100 * (row["ranked_of"] - row["rank"] + 0.5) / row["ranked_of"],
            "colour": COLOURS.get(row["verdict"] or "", INK),
            **{"low": 25, "high": 75, "middle": 50, "from": 0, "to": 100},
        }
        for row in table.rows
        if row["rank"] and row["indicator_id"] in judged
    ]
    if not rows:
        raise NotFoundError("the force is ranked by nothing here")
    y = alt.Y("what:N", sort=None, title=None, axis=alt.Axis(labelLimit=420, ticks=False))
    axis = alt.Axis(values=[0, 25, 50, 75, 100], labelExpr="{'0': 'last', '50': 'middle', '100': 'first'}"
                    "[datum.label] || ''", grid=False)  # fmt: skip
    x = alt.X("from:Q", title=None, scale=alt.Scale(domain=[0, 100]), axis=axis)
    base = _chart(rows)
    layers = [
        base.mark_bar(color="#e8edf1", height=11).encode(y=y, x=x, x2="to:Q"),
        base.mark_bar(color="#c3ced8", height=11).encode(y=y, x="low:Q", x2="high:Q"),
        base.mark_tick(color=INK, thickness=1, height=11).encode(y=y, x="middle:Q"),
        base.mark_circle(size=90, opacity=1).encode(
            y=y, x="place:Q", color=alt.Color("colour:N", scale=None)
        ),
    ]
    return _svg(alt.layer(*layers).properties(width=420, height=22 * len(rows)), shelf)


def trend_rows(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> list[dict[str, Any]]:
    """The periods of an area's series that have a value, oldest first."""
    areas = names(connection, "area_id", "area_name", "dim_area")
    area = name_of(asked.get("area", "all_forces"), areas, "area")
    sql = """
        select v.indicator_id, v.area_id, v.platform, v.account_scope, v.period_type, v.period_start,
            v.period_end, v.value, v.ci95_low, v.ci95_high, v.n, v.unit, v.is_provisional,
            -- Limits of too few points are a trial, and none below nought are drawn of what cannot be.
            case when not c.is_trial then if(v.value >= 0, greatest(c.xmr_low, 0), c.xmr_low) end as xmr_low,
            case when not c.is_trial then c.xmr_high end as xmr_high,
            c.series_from_date, v.is_invented
        from bench_values as v
        left join bench_changes as c
            on v.indicator_id = c.indicator_id and v.area_id = c.area_id and v.platform = c.platform
                and v.account_scope = c.account_scope and v.period_type = c.period_type
                and v.period_start = c.period_start
        where v.indicator_id = $indicator and v.area_id = $area and v.platform = $platform
            and v.account_scope = $scope and v.period_type = $type and v.value is not null
        order by v.period_start
    """
    wanted = {
        "indicator": asked.get("indicator", ""),
        "area": area,
        "platform": asked.get("platform", "all"),
        "scope": asked.get("scope", "all"),
        "type": asked.get("period_type", "week"),
    }
    return rows_of(shelf.release, connection, sql, wanted)


def trend(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> bytes:
    """A force's or group's value of an indicator period by period, with the limits of its own usual range
    (XmR, METHOD 3.6) where there are enough points, and a gap where a series breaks."""
    found = trend_rows(shelf, connection, asked)
    if not found:
        raise NotFoundError("there is no number to draw")
    unit, size = _units(found)
    rows = [
        {
            "from": row["period_start"].isoformat(),
            "series": str(row["series_from_date"] or ""),
            **{
                name: _part(row[name], size)
                for name in ("value", "ci95_low", "ci95_high", "xmr_low", "xmr_high")
            },
        }
        for row in found
    ]
    x = alt.X("from:T", title=None, axis=alt.Axis(format="%-d %b %y", labelAngle=0))
    y = alt.Y("value:Q", title=unit, scale=alt.Scale(zero=False))
    base = _chart(rows)
    layers = [
        base.mark_area(color="#dfe6ec").encode(
            x=x, y=alt.Y("xmr_low:Q", title=unit), y2="xmr_high:Q", detail="series:N"
        ),
        base.mark_rule(color=SOFT).encode(x=x, y="ci95_low:Q", y2="ci95_high:Q"),
        base.mark_line(color=BLUE).encode(x=x, y=y, detail="series:N"),
        base.mark_circle(color=BLUE, size=45, opacity=1).encode(x=x, y=y),
    ]
    return _svg(alt.layer(*layers).properties(width=620, height=240), shelf)


Chart = Callable[[Shelf, duckdb.DuckDBPyConnection, Asked], bytes]
#: Path, the page whose rules of access hold for it, and what draws it.
CHARTS: list[tuple[str, str, Chart]] = [
    ("/charts/ranked.svg", "indicator", ranked),
    ("/charts/funnel.svg", "indicator", funnel),
    ("/charts/tiles.svg", "indicator", tiles),
    ("/charts/trend.svg", "indicator", trend),
    ("/charts/spine.svg", "force", spine),
]


def _table(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> BenchmarkTable:
    return table_of(shelf.release, connection, table_asked(asked, asked.get("indicator", "")))


def _unit(table: BenchmarkTable) -> tuple[str, int]:
    return _units(table.rows)


def _units(rows: list[dict[str, Any]]) -> tuple[str, int]:
    """The title of the axis, and what a value is divided by."""
    unit = str(rows[0]["unit"])
    if unit != "seconds":
        return unit, 1
    longest = max((row["value"] for row in rows if row["value"] is not None), default=0)
    return next((name, size) for name, size in TIMES if longest >= size or size == 1)


def _part(value: float | None, size: int) -> float | None:
    return None if value is None else value / size


def _chart(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(pl.DataFrame(rows, infer_schema_length=None))


def _svg(chart: alt.LayerChart | alt.FacetChart, shelf: Shelf) -> bytes:
    release = shelf.release
    made_from = f"{release.label} {release.release_id}" + ": invented figures" * release.is_invented
    title = alt.TitleParams(
        made_from, orient="bottom", anchor="end", fontSize=10, fontWeight="normal", color=SOFT, offset=8
    )
    # What vl-convert measures text with, and fonts of the same widths.
    font = "Liberation Sans, Arial, Helvetica, sans-serif"
    drawn = (
        chart.properties(title=title)
        .configure(font=font, background="white")
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=12,
            labelColor=INK,
            titleColor=INK,
            gridColor="#e8edf1",
            domainColor=SOFT,
        )
    )
    return vl_convert.vegalite_to_svg(drawn.to_dict()).encode()
