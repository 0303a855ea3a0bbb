"""A release small enough to read: three forces, two groups, three indicators, two platforms and their terms.

Belongs here: the tables that the reader reads. Does not belong here: how they come about (dbt).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
import polars as pl

from pipelines.disk import sha256_of
from pipelines.release.published import BUILT_FROM, RECORD, RECORD_SUM, BuiltFrom, Release, record_sum
from pipelines.settings import PROFILES, Settings

FORCES = {"essex": "Essex Police", "kent": "Kent Police", "surrey": "Surrey Police"}
GROUPS = {"all_forces": "All forces", "england": "England"}
PLATFORMS = {"bluesky": "Bluesky", "x": "X", "youtube": "YouTube"}
SCOPES = {"all": "All accounts", "officers": "Officers' accounts"}
#: id → name, platforms, pooled, unit, what n counts
INDICATORS = {
    "followers": ("Followers per 1,000", None, False, "followers per 1,000 residents", "open_account_count"),
    "views": ("Video views", "youtube", False, "views", "view_valued_count"),
    "answered": ("Answered within one hour", None, True, "%", "conversation_count"),
}
NOTES = {
    "provisional": "The period is not over or its figures can still change.",
    "suppressed": "There are too few to show.",
    "not_offered": "The platform has no such metric.",
    "no_account": "There is no open account.",
}
WEEK, LAST_WEEK = date(2026, 10, 19), date(2026, 10, 12)
OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)

Cell = dict[str, Any]


def end_of(period_type: str, start: date) -> date:
    months = {"month": 1, "quarter": 3, "year": 12, "rolling_12_months": 12}
    if period_type == "week":
        return start + timedelta(days=6)
    after = start.year * 12 + start.month - 1 + months[period_type]
    return date(after // 12, after % 12 + 1, 1) - timedelta(days=1)


def cell(indicator: str, area: str, start: date, value: float | None = None, **more: Any) -> Cell:
    """A row of bench_values: a month of bluesky and final, unless said otherwise."""
    row = {
        "indicator_id": indicator,
        "area_id": area,
        "platform": "bluesky",
        "account_scope": "all",
        "period_type": "month",
        "period_start": start,
        "value": value,
        "ci95_low": None,
        "ci95_high": None,
        "n": None if value is None else 20,
        "effective_n": None,
        "design_effect": None,
        "value_note": None if value is not None else "suppressed",
        "note_detail": None,
        "is_provisional": False,
        "correction_ids": None,
        "indicator_version": 1,
        "numerator": None,
        "denominator": None,
        "unit": INDICATORS[indicator][3],
        "is_break": False,
        "ci998_low": None,
        "ci998_high": None,
        "is_invented": True,
        **more,
    }
    return row | {"period_end": end_of(str(row["period_type"]), start)}


def everywhere(start: date, value: float | None = 1.0, **more: Any) -> list[Cell]:
    """One force's cell of every indicator, each on a platform that it has."""
    cells = []
    for indicator, platform in (("followers", "bluesky"), ("views", "youtube"), ("answered", "all")):
        cells.append(cell(indicator, "kent", start, value, **{"platform": platform, **more}))
    return cells


def publish_small(
    settings: Settings,
    cells: Sequence[Cell],
    not_available: Sequence[Mapping[str, Any]] = (),
    as_of: date = date(2026, 12, 1),
    peers: Sequence[Mapping[str, Any]] = (),
    standardised: str | None = None,
    release_id: str = "20261201T0530-0123456789",
    renamed: Mapping[str, str] = {},
    period_types: Mapping[str, str] = {},
    created_at: str = "",
    neighbourhoods: pl.DataFrame | None = None,
) -> None:
    """Make a release of these cells the current one. Ranks follow from the values; periods from the cells.

    Kent's peers are Surrey and Essex, Essex's is Kent at no known distance; `peers`: rows of
    bench_peer_comparisons. `standardised`: the indicator that compares like with like, if one does.
    `renamed`: names of forces that are others here.
    `period_types`: of an indicator that has not every type, those that it has. `neighbourhoods`: rows of
    bench_neighbourhoods; without any the release is that of a version that had none.
    """
    values = pl.DataFrame(cells, schema_overrides=_TYPES, infer_schema_length=None)
    compared = values.filter(pl.col("value").is_not_null(), pl.col("area_id").is_in(list(FORCES)))
    key = ["indicator_id", "area_id", "platform", "account_scope", "period_type", "period_start"]
    cell_of = ["indicator_id", "platform", "account_scope", "period_type", "period_start"]
    compared = compared.select(
        *cell_of,
        "area_id",
        rank=pl.col("value").rank("min", descending=True).over(cell_of).cast(pl.Int64),
        ranked_of=pl.len().over(cell_of).cast(pl.Int64),
        percentile=pl.lit(0.5),
        quintile=pl.lit(None, pl.Int64),
        verdict=pl.lit("similar"),
        verdict_confidence=pl.lit(None, pl.Float64),
        compared_of=pl.lit(None, pl.Int64),
        value="value",
        period_end="period_end",
        all_forces_value=pl.lit(None, pl.Float64),
        others_value=pl.lit(None, pl.Float64),
    )
    periods = values.select("period_type", "period_start", "period_end").unique()
    areas = [(key, name, "force", 0) for key, name in {**FORCES, **renamed}.items()]
    areas += [(key, name, "group", nth) for nth, (key, name) in enumerate(GROUPS.items(), 1)]
    reasons = dict.fromkeys(("indicator_id", "area_id", "platform", "value_note"), pl.String)
    tables = {
        "bench_values": values,
        "bench_comparisons": compared,
        "bench_peer_comparisons": pl.DataFrame(list(peers), schema=_PEERS),
        "dim_peer": pl.DataFrame(
            [
                ("kent", "surrey", 0.1, 1, "a list"),
                ("kent", "essex", 0.2, 2, "a list"),
                ("essex", "kent", None, 1, "a list"),
            ],
            schema=["force_id", "peer_force_id", "distance", "position", "source"],
            orient="row",
        ),
        "bench_shrunk": compared.select(*key, shrunk_value=pl.lit(None, pl.Float64)),
        "bench_ranks": compared.select(
            *key,
            rank95_low=pl.lit(1.0),
            rank95_high=pl.lit(3.0),
            top_quarter_probability=pl.lit(0.25),
            bottom_quarter_probability=pl.lit(0.25),
        ),
        "bench_changes": values.filter(pl.col("value").is_not_null()).select(
            *key,
            **{
                name: pl.lit(None, pl.Float64) for name in ("previous_value", "change95_low", "change95_high")
            },
            change=pl.lit(0.5),
            xmr_rule=pl.lit(None, pl.String),
            is_trial=pl.lit(True),
            trend=pl.lit("not_calculated"),
        ),
        "bench_not_available": pl.DataFrame(
            list(not_available), schema={**reasons, "from_date": pl.Date, "until_date": pl.Date}
        ),
        "dim_period": periods.with_columns(is_complete=pl.col("period_end") < as_of),
        "dim_area": pl.DataFrame(
            areas, schema=["area_id", "area_name", "area_type", "position"], orient="row"
        ),
        "dim_platform": pl.DataFrame(
            {"platform": list(PLATFORMS), "platform_name": list(PLATFORMS.values())}
        ),
        "dim_account_scope": pl.DataFrame(
            {"account_scope": list(SCOPES), "account_scope_name": list(SCOPES.values())}
        ),
        "dim_value_note": pl.DataFrame(
            {
                "value_note": list(NOTES),
                "position": range(len(NOTES)),
                "name": [name.replace("_", " ").capitalize() for name in NOTES],
                "sentence": list(NOTES.values()),
            }
        ),
        "dim_indicator": pl.DataFrame(
            [
                {
                    "indicator_id": key,
                    "indicator_version": 1,
                    "position": nth,
                    "name": name,
                    "numerator": f"What {key} counts.",
                    "denominator": f"What {key} is divided by",
                    "unit": unit,
                    "n_measure": n_measure,
                    "platforms": platforms,
                    "is_pooled": is_pooled,
                    "is_standardised": key == standardised,
                    "period_types": period_types.get(key),
                    "caveats": f"Mind the {key}.",
                    "why_it_matters": f"Why {key} matter.",
                    "polarity": "higher_is_better",
                    "checked_by": None,
                    "checked_on_date": None,
                    "is_invented": True,
                    "known_by": "followers",
                }
                for nth, (key, (name, platforms, is_pooled, unit, n_measure)) in enumerate(INDICATORS.items())
            ]
        ),
    }
    tables["dim_force"] = pl.DataFrame({"force_id": list(FORCES), "force_name": list(FORCES.values())})
    members = [(force, force) for force in FORCES] + [(group, force) for group in GROUPS for force in FORCES]
    tables["dim_area_member"] = pl.DataFrame(members, schema=["area_id", "force_id"], orient="row")
    tables["dim_account"] = pl.DataFrame(schema=_ACCOUNTS)
    tables["dim_account_event"] = pl.DataFrame(schema=_EVENTS)
    tables["bench_cusum"] = pl.DataFrame(schema=_CUSUM)
    tables["fct_collection"] = pl.DataFrame(schema=_COLLECTED)
    tables["dim_correction"] = pl.DataFrame(schema=_CORRECTIONS)
    if neighbourhoods is not None:
        tables["bench_neighbourhoods"] = neighbourhoods
    note = PROFILES["sandbox"].note
    made_at = created_at or f"{as_of}T05:40:00Z"
    release = Release(release_id, f"{as_of}T05:30:00Z", made_at, "sandbox", True, note, "", "", 1)
    folder = settings.releases / release.release_id / "tables"
    folder.mkdir(parents=True)
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
        release.files[f"tables/{name}.parquet"] = sha256_of(folder / f"{name}.parquet")
    made_of = folder.parent / BUILT_FROM
    made_of.write_bytes(msgspec.json.encode(BuiltFrom("", {}, {})))
    release.files[BUILT_FROM] = sha256_of(made_of)
    record = folder.parent / RECORD
    record.write_bytes(msgspec.json.encode(release))
    (folder.parent / RECORD_SUM).write_text(record_sum(record))
    (settings.releases / "current").write_text(f"{release.release_id}\n")


_ACCOUNTS = {
    **dict.fromkeys(("account_id", "force_id", "platform", "account_type", "handle"), pl.String),
    **dict.fromkeys(("opened_date", "closed_date", "merged_date"), pl.Date),
}
_EVENTS = {
    **dict.fromkeys(("account_id", "force_id", "event_type", "into_account_id"), pl.String),
    "event_date": pl.Date,
}
_CUSUM = {
    **dict.fromkeys(("force_id", "period_type"), pl.String),
    **dict.fromkeys(("period_start", "worse_since_date"), pl.Date),
    "is_worse": pl.Boolean,
}
_COLLECTED = {
    **dict.fromkeys(("account_id", "force_id", "platform", "reason"), pl.String),
    "collected_date": pl.Date,
}
_CORRECTIONS = {
    **dict.fromkeys(("correction_id", "platform", "account_id", "post_id", "counter"), pl.String),
    **{"from_date": pl.Date, "until_date": pl.Date, "replacement": pl.Float64},
}
_PEERS = {
    **dict.fromkeys(("indicator_id", "area_id", "platform", "account_scope", "period_type"), pl.String),
    **{"period_start": pl.Date, "peers_value": pl.Float64, "peers_count": pl.Int64, "peers_of": pl.Int64},
    **{"peers_missing": pl.String, "peers_verdict": pl.String, "peers_verdict_confidence": pl.Float64},
}
_TYPES = {
    "value": pl.Float64,
    "ci95_low": pl.Float64,
    "ci95_high": pl.Float64,
    "n": pl.Int64,
    "effective_n": pl.Float64,
    "design_effect": pl.Float64,
    "value_note": pl.String,
    "note_detail": pl.String,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
}
