"""What a release revises: each cell whose figures are not those of the release before, old, new, and why.

Belongs here: the comparison of two releases, and its summary. Does not belong here: which release is the one
before (publish.py), the files of the extracts (extracts.py), or how the summary looks (cli/).

A new period is no revision. A cell that has gone is one, but for the weeks that are not kept any longer, and
so is a number that is new in a period that was over. Why is what can be shown from both releases: of several
reasons that may hold, the first of `REASONS`.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.disk import as_sql
from pipelines.landing.manifest import DamagedError, Decision
from pipelines.landing.store import Landing
from pipelines.release.contents import Model
from pipelines.release.figures import with_unit
from pipelines.release.published import BuiltFrom
from pipelines.warehouse.window import OUTCOMES_BACK, POSTS_BACK, REPLIES_BACK, SPOKEN_OF

NAME = "revisions"
#: The most specific first. Those of before `provisional` hold for a cell, a force's figures on a platform, or
#: an indicator's; `code` and `later_data` for all that is left.
REASONS = {
    "correction": "A correction of its figures was declared, changed or taken back.",
    "withdrawn": "A return of the force that speaks of the period was withdrawn.",
    "quarantine": "An answer of its accounts was quarantined, or let pass, since.",
    "late_return": "A force's return that speaks of the period landed since.",
    "definition": "The indicator has another version.",
    "register": "An account of the force was registered, changed or removed.",
    "provisional": "The figure was provisional: it was said that it could change.",
    "code": "The models, the seeds or the program have changed.",
    "later_data": "What was collected since says otherwise.",
}
_COMPARED = ("value", "ci95_low", "ci95_high", "ci998_low", "ci998_high", "value_note")
_CELL = ("indicator_id", "area_id", "platform", "account_scope", "period_type", "period_start")
#: The tables of a release that are compared.
TABLES = ("bench_values", "dim_account", "dim_correction", "dim_indicator", "fct_collection")
#: Of a return's entity, which indicators it can touch, by what those stand on.
_TOUCHES = {
    "profiles": ["followers", "followers_both"],
    "posts": ["posts", "values_1h", "values_24h", "values_7d", "values_export", "outcomes", "collection"],
    "messages": ["messages", "direct_messages", "collection"],
    "outcomes": ["outcomes"],
}
#: How far back what a row speaks of can matter; else a day, for London's summer time.
_BACK = {"messages": REPLIES_BACK, "outcomes": OUTCOMES_BACK}
#: A follower count stands for periods that end up to seven days after it, and one day before.
_COUNT_STANDS = timedelta(days=7)
_DAY = timedelta(days=1)
#: Reason, platform, force, the first and last day that can be touched, and what indicators stand on that can.
Touched = tuple[str, str, str, date, date, list[str]]


def model(bench_values: Model) -> Model:
    """What the columns of `revisions` are, in the extracts; those of a cell as `bench_values` says."""
    texts = dict(bench_values.descriptions)
    own = {"force_id": texts.get("area_id", "")}
    own |= {name: texts.get(name, "") for name in (*_CELL, "period_end") if name != "area_id"}
    for name in _COMPARED:
        own[f"old_{name}"] = f"{name} in the release before; the cell is new where all of them are empty."
        own[f"new_{name}"] = f"{name} in this release; the cell has gone where all of them are empty."
    own["reason"] = "Why: " + " ".join(f"{name}: {text}" for name, text in REASONS.items())
    own["old_release_id"] = "The release before."
    own["is_invented"] = texts.get("is_invented", "")
    return Model(f"ext_{NAME}", own)


def write(
    connection: duckdb.DuckDBPyConnection,
    landing: Landing,
    now: BuiltFrom,
    folder: Path | None,
    before: BuiltFrom | None,
) -> None:
    """Make the table `release.revisions`, empty where there is no release before, and the view
    `ext_revisions` of forces' own rows.

    `connection` has the tables of this release and `release`, a database to write to; `folder` is that of the
    release before.
    """
    types = "".join(
        f"{side}_{name} {'varchar' if name == 'value_note' else 'double'}, "
        for name in _COMPARED
        for side in ("old", "new")
    )
    connection.execute(
        f"create table release.{NAME} (indicator_id varchar, area_id varchar, platform varchar, "
        f"account_scope varchar, period_type varchar, period_start date, period_end date, {types}"
        "reason varchar, old_release_id varchar, is_invented boolean)"
    )
    connection.execute(
        f"create temp view ext_{NAME} as select area_id as force_id, * exclude (area_id) from release.{NAME} "
        "where area_id in (select force_id from dim_force)"
    )
    if folder is None or before is None:
        return
    for name in TABLES:
        path = as_sql(folder / "tables" / f"{name}.parquet")
        connection.execute(f"create temp view old_{name} as from {path}")
    connection.execute(
        "create temp table returned (reason varchar, platform varchar, force_id varchar, "
        "from_date date, until_date date, known_by varchar[])"
    )
    if returned := list(_returned(landing, before, now)):
        connection.executemany("insert into returned values (?, ?, ?, ?, ?, ?)", returned)
    connection.execute(
        _REVISED,
        {
            "reasons": list(REASONS),
            "posts_back": POSTS_BACK.days,
            "count_stands": _COUNT_STANDS.days,
            "is_other_code": before.code() != now.code(),
            "old_release_id": folder.name,
        },
    )


def _returned(landing: Landing, before: BuiltFrom, now: BuiltFrom) -> Iterator[Touched]:
    """What landed of returns, or was judged again, since.

    A return that is damaged since is left out: a gap in the reasons must not stop a release.
    """
    since = {}
    for key, sha256 in now.runs.items():
        source, day_text, run_id = key.split("/")
        if source == "returns" and before.runs.get(key) != sha256:
            with suppress(DamagedError):
                since[key] = landing.manifest_of(source, date.fromisoformat(day_text), run_id, sha256)
    withdrawn = {run_id for each in since.values() if each.decision for run_id in each.decision.run_ids}
    for key, manifest in since.items():
        source, day_text, run_id = key.split("/")
        day, is_late = date.fromisoformat(day_text), key not in before.runs
        with suppress(DamagedError):
            if manifest.decision is not None:
                yield from _decided(landing, before, key, manifest.decision)
            elif not is_late or run_id not in withdrawn:
                refused = {(each.platform, each.force_id) for each in manifest.quarantined}
                if not is_late:
                    old = landing.manifest_of(source, day, run_id, before.runs[key])
                    refused ^= {(each.platform, each.force_id) for each in old.quarantined}
                for touched in _touched(landing, day, run_id, "late_return" if is_late else "quarantine"):
                    if ((touched[1], touched[2]) in refused) is not is_late:
                        yield touched


def _decided(landing: Landing, before: BuiltFrom, key: str, decision: Decision) -> Iterator[Touched]:
    """What a person let count since, or not: of the returns that were withdrawn, or of all of a day."""
    source, day_text, decided_in = key.split("/")
    reason = "withdrawn" if decision.run_ids else "quarantine"
    for other in before.runs:
        *of_day, run_id = other.split("/")
        is_meant = run_id in decision.run_ids if decision.run_ids else run_id < decided_in
        if of_day == [source, day_text] and is_meant:
            with suppress(DamagedError):
                day = date.fromisoformat(day_text)
                yield from _touched(landing, day, run_id, reason, decision.account_ids)


def _touched(
    landing: Landing, day: date, run_id: str, reason: str, account_ids: Collection[str] = ()
) -> Iterator[Touched]:
    """What a return speaks of, of these accounts where some are named."""
    for entity in sorted(_TOUCHES.keys() & landing.manifest("returns", day, run_id).files.keys()):
        rows = landing.read("returns", entity, day, run_id)
        if account_ids and "account_id" in rows.columns:
            rows = rows.filter(pl.col("account_id").is_in(account_ids))
        for platform, force_id, first, last in _spoken_of(rows):
            from_date, until_date = first - _BACK.get(entity, _DAY), last + _COUNT_STANDS
            yield reason, platform, force_id, from_date, until_date, _TOUCHES[entity]


def _spoken_of(rows: pl.DataFrame) -> list[tuple[str, str, date, date]]:
    """Platform, force, and the first and last day that its rows speak of."""
    if "platform" not in rows.columns:  # outcomes of an earlier version: of no account, so they count nowhere
        return []
    moments = [pl.col(name).cast(pl.Date) for name in SPOKEN_OF if name in rows.columns]
    days = rows.group_by("platform", "force_id").agg(
        pl.min_horizontal(moments).min().alias("first"), pl.max_horizontal(moments).max().alias("last")
    )
    return days.drop_nulls().sort("platform", "force_id").rows()


def summary(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """How many cells a release revises for each reason, and the largest relative change of a value."""
    rows = connection.execute(_SUMMARY, {"reasons": list(REASONS)}).pl().to_dicts()
    return [row | {"largest_change": _in_words(row["largest_change"])} for row in rows]


def _in_words(cell: dict[str, Any] | None) -> str:
    """`followers, kent, x, all, month of 2026-10-01: 25,050 followers, was 25,000 followers`."""
    if cell is None:
        return ""
    unit = cell["unit"] or ""
    new, old = (with_unit(cell[f"{side}_value"], unit) for side in ("new", "old"))
    return f"{cell['words']}: {new}, was {old}"


_OLD_AND_NEW = ", ".join(f"o.{name} as old_{name}, n.{name} as new_{name}" for name in _COMPARED)
_DIFFERS = " or ".join(f"o.{name} is distinct from n.{name}" for name in _COMPARED)
_ACCOUNT = "account_id, force_id, platform, account_type, opened_date, closed_date"
_NAMES_IT = "list_contains(string_split(o.correction_ids, ', '), corrected.correction_id)"
_CORRECTION = "correction_id, platform, account_id, post_id, counter, from_date, until_date, replacement"
_REVISED = f"""
    insert into release.{NAME} by name
    with corrected as (
        select correction_id
        from (select {_CORRECTION} from old_dim_correction except select {_CORRECTION} from dim_correction)
    ),
    changed as (
        select {", ".join(_CELL)}, coalesce(o.period_end, n.period_end) as period_end, {_OLD_AND_NEW},
            o.area_id is null as is_new, o.is_provisional,
            coalesce(o.is_invented, n.is_invented) as is_invented, d.known_by,
            o.indicator_version <> coalesce(d.indicator_version, '') as is_redefined,
            o.area_id is not null and n.area_id is not null and (
                coalesce(o.correction_ids, '') <> coalesce(n.correction_ids, '')
                or exists (from corrected where {_NAMES_IT})
            ) as is_corrected
        from old_bench_values as o
        full join bench_values as n using ({", ".join(_CELL)})
        left join dim_indicator as d using (indicator_id)
        where ({_DIFFERS}) and case
            when o.indicator_version is null then n.value is not null
                and n.period_end < (select max(collected_date) from old_fct_collection)
                and indicator_id in (select indicator_id from old_dim_indicator)
            when n.indicator_version is null then period_type <> 'week'
                or period_start >= (select min(period_start) from bench_values where period_type = 'week')
            else true
        end
    ),
    judged as (
        select o.platform, o.force_id, o.collected_date
        from old_fct_collection as o
        inner join fct_collection as n
            on o.account_id = n.account_id and o.collected_date = n.collected_date
        where (o.reason = 'quarantined') is distinct from (n.reason = 'quarantined')
    ),
    accounts as (
        (select {_ACCOUNT} from old_dim_account except select {_ACCOUNT} from dim_account)
        union all
        (select {_ACCOUNT} from dim_account except select {_ACCOUNT} from old_dim_account)
    ),
    touched as (
        from returned
        union all
        select 'quarantine', platform, force_id, collected_date - $posts_back, collected_date + $count_stands,
            null
        from judged
        union all
        select 'register', platform, force_id, null, null, null from accounts
    ),
    causes as (
        select {", ".join(f"changed.{name}" for name in _CELL)},
            min(list_position($reasons, touched.reason)) as position
        from changed
        inner join dim_area_member as members on changed.area_id = members.area_id
        inner join touched
            on members.force_id = touched.force_id and changed.platform in (touched.platform, 'all')
                and (
                    -- the first return of a platform brings cells of every indicator
                    (changed.is_new and touched.reason = 'late_return')
                    or (touched.known_by is null or list_contains(touched.known_by, changed.known_by))
                    and changed.period_end >= coalesce(touched.from_date, changed.period_end)
                    and changed.period_start <= coalesce(touched.until_date, changed.period_start)
                )
        group by all
    )
    select changed.* exclude (is_new, is_provisional, is_redefined, is_corrected, known_by),
        $old_release_id as old_release_id,
        $reasons[least(
            causes.position,
            case when is_corrected then list_position($reasons, 'correction') end,
            case when is_redefined then list_position($reasons, 'definition') end,
            case when is_provisional then list_position($reasons, 'provisional') end,
            case when $is_other_code then list_position($reasons, 'code') end,
            len($reasons)
        )] as reason
    from changed
    left join causes using ({", ".join(_CELL)})
    order by all
"""
_SUMMARY = f"""
    with cells as (
        select *, abs(new_value - old_value) / nullif(abs(old_value), 0) as change,
            printf('%s, %s, %s, %s, %s of %s', indicator_id, area_id, platform, account_scope,
                period_type, period_start) as words
        from {NAME}
        left join (select indicator_id, unit from dim_indicator) using (indicator_id)
    )
    select reason, count(*) as cells,
        count(*) filter (old_value is not null and new_value is not null) as numbers_changed,
        count(*) filter (old_value is null and new_value is not null) as numbers_gained,
        count(*) filter (old_value is not null and new_value is null) as numbers_lost,
        arg_max(
            {{words: words, unit: unit, new_value: new_value, old_value: old_value}}, (change, words)
        ) filter (change is not null) as largest_change
    from cells
    group by reason
    order by list_position($reasons, reason)
"""
