"""What a release revises is listed with it: each cell, old, new, and why."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints
from zlib import crc32

import polars as pl
import pytest

from pipelines.landing.manifest import Decision
from pipelines.landing.store import Landing
from pipelines.registry.indicators import Indicator
from pipelines.release.publish import publish
from pipelines.release.published import Release, folder_of
from pipelines.release.revisions import _TOUCHES, REASONS, _spoken_of
from pipelines.settings import Settings
from tests.damage import flip
from tests.gates.good_rows import FORCES
from tests.landing.landed import land, refused
from tests.release.small_build import build, runs_of
from tests.release.test_published import run

SAME = (
    "update bench_values set platform = 'youtube', account_scope = 'all', period_type = 'month', "
    "period_start = date '2026-11-01', period_end = date '2026-11-30'",
)
KENT = "where area_id = 'kent'"
RETURN = "r00000007-20261109T120000-aaaaaaaa"
DAY = date(2026, 11, 9)


def release_of(
    settings: Settings, landing: Landing, *changes: str, value: float = 50.0, **kw: Any
) -> Release:
    """Publish the small build, all its cells in November on YouTube, with these changes."""
    build_id = f"build-{value}-{crc32(repr((changes, kw)).encode())}"
    build(settings, build_id, value=value, changes=(*SAME, *changes), runs=runs_of(landing), **kw)
    return publish(settings, landing)


def revisions(settings: Settings, release: Release) -> pl.DataFrame:
    return pl.read_parquet(folder_of(settings, release) / "tables" / "revisions.parquet")


def reasons(settings: Settings, release: Release) -> dict[str, str]:
    """The reason of each area's revised cells."""
    found = revisions(settings, release).select("area_id", "reason").unique()
    return dict(found.sort("area_id", "reason").rows())


def returned(landing: Landing, platform: str = "youtube", day: date = DAY, **verdict: Any) -> None:
    """Kent's return of one profile."""
    moment = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 (landing stores UTC without a zone)
    own = {
        "force_id": "kent",
        "account_id": f"{platform}:kent",
        "pulled_at_utc": moment,
        "platform": platform,
    }
    log = own | {"entity": "profiles", "status": "landed"}
    profile = own | {"observed_at_utc": moment, "follower_count": 1}
    land(landing, "returns", DAY, RETURN, {"profiles": [profile], "requests": [log]}, **verdict)


def test_the_first_release_revises_nothing(built: Settings, landing: Landing) -> None:
    first = release_of(built, landing)
    assert (first.revises, first.revised_count) == ("", 0)
    assert revisions(built, first).is_empty()


def test_every_cell_that_differs_is_listed_with_old_and_new(built: Settings, landing: Landing) -> None:
    first = release_of(built, landing)
    second = release_of(built, landing, value=60.0)
    found = revisions(built, second)
    assert (second.revises, second.revised_count) == (first.release_id, found.height)
    # Of the twelve cells four have a reason in place of a value, and it is the same one.
    assert found.select("old_value", "new_value").rows() == [(50.0, 60.0)] * 8
    assert set(found["old_release_id"]) == {first.release_id}
    assert set(found["reason"]) == {"later_data"}


@pytest.mark.parametrize(
    ("change", "column", "old", "new"),
    [
        ("set value = null, value_note = 'late'", "value_note", None, "late"),
        ("set value = null, value_note = 'late'", "value", 50.0, None),
        ("set ci998_high = 71", "ci998_high", 70.0, 71.0),
    ],
)
def test_notes_and_limits_are_figures_too(
    built: Settings, landing: Landing, change: str, column: str, old: object, new: object
) -> None:
    release_of(built, landing)
    cell = "where indicator_id = 'indicator_id-0'"
    found = revisions(built, release_of(built, landing, f"update bench_values {change} {cell}"))
    assert found["indicator_id"].to_list() == ["indicator_id-0"]
    assert (found[f"old_{column}"][0], found[f"new_{column}"][0]) == (old, new)


def test_what_is_new_is_no_revision_and_what_has_gone_is_one(built: Settings, landing: Landing) -> None:
    gone, new = ("delete from bench_values where indicator_id = 'indicator_id-" + n for n in ("0'", "1'"))
    release_of(built, landing, new)
    (row,) = revisions(built, release_of(built, landing, gone)).to_dicts()
    assert row["indicator_id"] == "indicator_id-0"
    assert (row["old_value"], row["new_value"], row["new_value_note"]) == (50.0, None, None)


def test_a_number_that_is_new_in_a_period_that_was_over_is_a_revision(
    built: Settings, landing: Landing
) -> None:
    """Or a figure of a closed month would appear without a trace. One that nobody knows is none."""
    over = "update bench_values set period_start = date '2026-10-01', period_end = date '2026-10-31'"
    known = f"(select min(indicator_id) from bench_values {KENT} and value is not null)"
    lacks = f"delete from bench_values {KENT} and indicator_id = {known}"
    release_of(built, landing, over, lacks, f"delete from bench_values {KENT} and value is null")
    returned(landing, day=date(2026, 10, 20))
    (row,) = revisions(built, release_of(built, landing, over)).to_dicts()
    assert (row["old_value"], row["old_value_note"], row["new_value"]) == (None, None, 50.0)
    assert (row["area_id"], row["reason"], row["period_end"]) == ("kent", "late_return", date(2026, 10, 31))


CORRECTED = f"update bench_values set correction_ids = 'c1' {KENT}"
BOTH = f"update bench_values set correction_ids = 'c0, c1' {KENT}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [CORRECTED]),
        ([CORRECTED], []),
        (
            [BOTH, "insert into dim_correction by name select 'c1' as correction_id, 7 as replacement"],
            [BOTH, "insert into dim_correction by name select 'c1' as correction_id, 8 as replacement"],
        ),
    ],
)
def test_a_correction_that_was_declared_taken_back_or_changed_is_the_reason(
    built: Settings, landing: Landing, before: list[str], after: list[str]
) -> None:
    provisional = f"update bench_values set is_provisional = true {KENT}"
    release_of(built, landing, provisional, *before)
    found = reasons(built, release_of(built, landing, provisional, *after, value=60.0))
    assert found == ONE_FORCES | {"kent": "correction", "all_forces": "later_data"}


def test_a_return_that_was_withdrawn_is_the_reason_and_one_that_never_counted_is_none(
    built: Settings, landing: Landing
) -> None:
    withdrawn = Decision(False, [], "a clerk", "sent twice", [RETURN])
    returned(landing)
    release_of(built, landing)
    landing.decide("returns", DAY, landing.new_run_id(), withdrawn)
    found = reasons(built, release_of(built, landing, value=60.0))
    assert found == ONE_FORCES | {"kent": "withdrawn", "all_forces": "withdrawn"}


def test_a_return_that_came_and_was_withdrawn_since_is_no_reason(built: Settings, landing: Landing) -> None:
    release_of(built, landing)
    returned(landing)
    landing.decide(
        "returns", DAY, landing.new_run_id(), Decision(False, [], "a clerk", "sent twice", [RETURN])
    )
    assert set(reasons(built, release_of(built, landing, value=60.0)).values()) == {"later_data"}


def test_a_week_that_is_not_kept_any_longer_is_not_revised(built: Settings, landing: Landing) -> None:
    weeks = "update bench_values set period_type = 'week', period_end = period_start + 6"
    older = "update bench_values set period_start = date '2026-10-26' where indicator_id = 'indicator_id-0'"
    inside = "where indicator_id = 'indicator_id-1'"
    release_of(built, landing, weeks, older)
    without = "delete from bench_values where period_start < date '2026-11-01'"
    second = release_of(built, landing, weeks, older, without, f"delete from bench_values {inside}")
    assert revisions(built, second)["indicator_id"].to_list() == ["indicator_id-1"]


QUARANTINED = "update fct_collection set reason = 'quarantined' where force_id = 'kent'"
LONG_AGO = "update fct_collection set collected_date = date '2026-09-01' where force_id = 'kent'"
OTHER_TYPE = "update dim_account set account_type = 'officer' where force_id = 'kent'"
ONE_FORCES = {"essex": "later_data", "surrey": "later_data"}


@pytest.mark.parametrize(
    ("before", "after", "made_of", "expected"),
    [
        ([], [QUARANTINED], {}, ONE_FORCES | {"kent": "quarantine", "all_forces": "quarantine"}),
        ([QUARANTINED], [], {}, ONE_FORCES | {"kent": "quarantine", "all_forces": "quarantine"}),
        ([QUARANTINED], [QUARANTINED], {}, ONE_FORCES | {"kent": "later_data", "all_forces": "later_data"}),
        (
            [LONG_AGO],
            [LONG_AGO, QUARANTINED],
            {},
            ONE_FORCES | {"kent": "later_data", "all_forces": "later_data"},
        ),
        ([], [OTHER_TYPE], {}, ONE_FORCES | {"kent": "register", "all_forces": "register"}),
        (
            [],
            [OTHER_TYPE, QUARANTINED],
            {},
            ONE_FORCES | {"kent": "quarantine", "all_forces": "quarantine"},
        ),
        (
            [f"update bench_values set is_provisional = true {KENT}"],
            [],
            {"models": "new"},
            {"essex": "code", "surrey": "code", "all_forces": "code", "kent": "provisional"},
        ),
        ([], [], {"register": "new"}, ONE_FORCES | {"kent": "later_data", "all_forces": "later_data"}),
        (
            [],
            [
                "update bench_values set indicator_version = '9'",
                "update dim_indicator set indicator_version = '9'",
            ],
            {"seeds": "new"},
            dict.fromkeys([*FORCES, "all_forces"], "definition"),
        ),
    ],
)
def test_of_several_reasons_the_most_specific_is_said(
    built: Settings,
    landing: Landing,
    before: list[str],
    after: list[str],
    made_of: dict[str, str],
    expected: dict[str, str],
) -> None:
    release_of(built, landing, *before)
    assert reasons(built, release_of(built, landing, *after, value=60.0, made_of=made_of)) == expected


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        ({}, "late_return"),
        ({"platform": "x"}, "later_data"),
        ({"known_by": "messages"}, "later_data"),
        ({"day": date(2026, 10, 2)}, "later_data"),
        ({"quarantined": [refused("youtube:kent", "kent", "youtube")]}, "later_data"),
    ],
)
def test_a_return_is_the_reason_where_it_speaks_of_the_cell_and_counts(
    built: Settings, landing: Landing, of: dict[str, Any], reason: str
) -> None:
    of = dict(of)
    release_of(built, landing)
    stands_on = f"update dim_indicator set known_by = '{of.pop('known_by', 'followers')}'"
    returned(landing, **of)
    found = reasons(built, release_of(built, landing, stands_on, value=60.0))
    assert found == ONE_FORCES | {"kent": reason, "all_forces": reason}


def test_whatever_rests_on_returns_can_be_revised_by_one() -> None:
    known_by = set(get_args(get_type_hints(Indicator)["known_by"]))
    assert {name for names in _TOUCHES.values() for name in names} == known_by - {
        "register",
        "neighbourhoods",
    }


def test_outcomes_of_an_earlier_version_which_name_no_account_are_no_reason_and_stop_nothing() -> None:
    day = date(2026, 10, 2)
    rows = pl.DataFrame({"force_id": ["kent"], "account_id": [""], "post_id": ["1"], "outcome_date": [day]})
    assert _spoken_of(rows) == []
    assert _spoken_of(rows.with_columns(platform=pl.lit("x"))) == [("x", "kent", day, day)]


def test_a_return_that_is_judged_again_is_the_reason(built: Settings, landing: Landing) -> None:
    returned(landing)
    release_of(built, landing)
    landing.judge("returns", DAY, RETURN, [refused("youtube:kent", "kent", "youtube")])
    found = reasons(built, release_of(built, landing, value=60.0))
    assert found == ONE_FORCES | {"kent": "quarantine", "all_forces": "quarantine"}
    # A verdict that was lost takes the reason with it, and not the release.
    landing.judge("returns", DAY, RETURN, [])
    for path in landing.root.glob("returns/replaced/*/*"):
        path.write_bytes(b"")
    assert reasons(built, release_of(built, landing, value=70.0))["kent"] == "later_data"


def test_built_again_with_nothing_new_it_is_the_same_release_with_its_revisions(
    built: Settings, landing: Landing
) -> None:
    release_of(built, landing)
    second = release_of(built, landing, value=60.0)
    assert release_of(built, landing, value=60.0) == second
    assert second.revised_count == 8


def test_going_back_to_earlier_tables_is_a_revision_too(built: Settings, landing: Landing) -> None:
    first = release_of(built, landing)
    second = release_of(built, landing, value=60.0)
    third = release_of(built, landing)
    assert third.release_id == f"{first.release_id}-2"
    assert third.revises == second.release_id
    assert revisions(built, third).select("old_value", "new_value").rows() == [(60.0, 50.0)] * 8
    assert revisions(built, first).is_empty()  # what was published stays as it was
    assert release_of(built, landing) == third
    fourth = release_of(built, landing, value=60.0)
    assert (fourth.release_id, fourth.revises) == (f"{second.release_id}-2", third.release_id)
    assert release_of(built, landing).release_id == f"{first.release_id}-3"


def test_going_back_killed_before_it_was_pointed_at_is_the_same_release(
    built: Settings, landing: Landing
) -> None:
    release_of(built, landing)
    second = release_of(built, landing, value=60.0)
    third = release_of(built, landing)
    (built.releases / "current").write_text(f"{second.release_id}\n")
    assert release_of(built, landing) == third


@pytest.mark.parametrize("name", ["tables/revisions.parquet", "tables/bench_values.parquet"])
def test_written_anew_a_damaged_release_revises_what_it_did(
    built: Settings, landing: Landing, name: str
) -> None:
    release_of(built, landing)
    second = release_of(built, landing, value=60.0)
    flip(folder_of(built, second) / name)
    again = release_of(built, landing, value=60.0)
    assert (again.release_id, again.revises) == (second.release_id, second.revises)
    assert {n: d for n, d in again.files.items() if n != "beatbook.duckdb"} == {
        n: d for n, d in second.files.items() if n != "beatbook.duckdb"
    }


def test_a_release_before_that_is_damaged_is_not_compared_with(built: Settings, landing: Landing) -> None:
    first = release_of(built, landing)
    second = release_of(built, landing, value=60.0)
    flip(folder_of(built, second) / "tables" / "bench_values.parquet")
    third = release_of(built, landing, value=70.0)
    assert third.revises == first.release_id
    assert set(revisions(built, third)["old_value"]) == {50.0}


def test_a_forces_extract_has_its_own_revised_cells(built: Settings, landing: Landing) -> None:
    release_of(built, landing)
    second = release_of(built, landing, value=60.0)
    folder = folder_of(built, second) / "extracts"
    of_forces = revisions(built, second).filter(pl.col("area_id") != "all_forces")
    for force_id in FORCES:
        own = pl.read_csv(folder / force_id / "revisions.csv")
        assert set(own["force_id"]) <= {force_id}
        assert own.height == of_forces.filter(pl.col("area_id") == force_id).height > 0
        assert own.columns == pl.read_parquet(folder / force_id / "revisions.parquet").columns


def test_the_command_counts_them_by_reason_and_lists_them_for_programs(
    built: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, said = run("revisions")
    assert (code, "nothing is published yet" in said) == (1, True)
    first = release_of(built, landing)
    code, said = run("revisions")
    assert (code, said) == (0, f"release {first.release_id}: there is none before it to compare with\n")
    second = release_of(built, landing, QUARANTINED, value=60.0)
    code, said = run("revisions")
    assert code == 0
    assert f"8 cells of release {first.release_id} are others in" in " ".join(said.split())
    assert [name for name in REASONS if name in said] == ["quarantine", "later_data"]
    code, said = run("revisions", "--format", "csv")
    assert len(said.splitlines()) == 1 + second.revised_count
