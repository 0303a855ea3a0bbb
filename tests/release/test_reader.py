"""Tables of the current release: every force with a number or a reason, and what it means below."""

import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.disk import sha256_of
from pipelines.release import reader
from pipelines.release.opened import open_release
from pipelines.release.periods import NotFoundError
from pipelines.release.published import RECORD_SUM, record_sum
from pipelines.release.reader import Asked, BenchmarkTable, table
from pipelines.release.sentences import counted, explained, pooled
from pipelines.settings import SEEDS, Settings
from tests.release.small_release import FORCES, GROUPS, OCTOBER, WEEK, Cell, cell, everywhere, publish_small


def shown(settings: Settings, cells: list[Cell], asked: Asked, **more: Any) -> BenchmarkTable:
    publish_small(settings, cells, **more)
    return table(settings, asked)


def notes(found: BenchmarkTable) -> dict[str, str | None]:
    return {row["area_id"]: row["note"] for row in found.rows}


def never(area: str, value_note: str, **more: Any) -> dict[str, Any]:
    return {
        "indicator_id": "followers",
        "area_id": area,
        "platform": "bluesky",
        "value_note": value_note,
        **more,
    }


# --- one indicator


def test_every_force_stands_once_best_first_and_groups_below(settings: Settings) -> None:
    cells = [cell("followers", "kent", OCTOBER, 1.0), cell("followers", "surrey", OCTOBER, 3.0)]
    cells += [cell("followers", "england", OCTOBER, 2.0), cell("followers", "all_forces", OCTOBER, 2.5)]
    found = shown(settings, cells, Asked("followers"))
    assert [row["area_id"] for row in found.rows] == ["surrey", "kent", "essex", *GROUPS]
    assert [row["rank"] for row in found.rows] == [1, 2, None, None, None]
    assert {row["all_forces_value"] for row in found.rows} == {2.5}
    assert found.title == "Followers per 1,000: Bluesky, October 2026"


def test_a_cell_without_a_number_says_why_in_a_sentence(settings: Settings) -> None:
    cells = [
        cell("followers", "kent", OCTOBER, 1.0, note_detail="two of three accounts"),
        cell("followers", "essex", OCTOBER, note_detail="fewer than 10 to count"),
        cell("followers", "surrey", OCTOBER),
        cell("followers", "england", OCTOBER, 1.0),
    ]
    assert notes(shown(settings, cells, Asked("followers"))) == {
        "kent": "Two of three accounts.",
        "essex": "Suppressed: fewer than 10 to count.",
        "surrey": "There are too few to show.",
        "all_forces": "No account was open in this period.",
        "england": None,
    }


@pytest.mark.parametrize(
    ("from_date", "until_date", "note"),
    [
        (None, None, "The platform has no such metric."),
        (date(2026, 10, 31), None, "The platform has no such metric."),
        (date(2026, 11, 1), None, "No account was open in this period."),
        (None, date(2026, 11, 1), "The platform has no such metric."),
        (None, date(2026, 10, 31), "No account was open in this period."),
    ],
)
def test_what_can_have_no_number_holds_for_the_periods_that_end_within_its_dates(
    settings: Settings, from_date: date | None, until_date: date | None, note: str
) -> None:
    reason = never("essex", "not_offered", from_date=from_date, until_date=until_date)
    cells = [cell("followers", "kent", OCTOBER, 1.0)]
    assert notes(shown(settings, cells, Asked("followers"), not_available=[reason]))["essex"] == note


def test_of_several_reasons_the_firmest_is_given_once(settings: Settings) -> None:
    both = [never("essex", "not_offered"), never("essex", "no_account", until_date=date(2027, 1, 1))]
    found = shown(settings, [cell("followers", "kent", OCTOBER, 1.0)], Asked("followers"), not_available=both)
    assert [row["note"] for row in found.rows if row["area_id"] == "essex"] == ["There is no open account."]


def test_of_other_accounts_the_reason_names_them(settings: Settings) -> None:
    cells = [cell("followers", "kent", OCTOBER, 1.0, account_scope="officers"), *everywhere(OCTOBER)]
    found = shown(settings, cells, Asked("followers", scope="OFFICERS"))
    assert notes(found)["essex"] == "No officers' accounts were open in this period."
    assert found.title == "Followers per 1,000: Bluesky, officers' accounts, October 2026"


def test_tables_of_different_indicators_are_of_one_period(settings: Settings) -> None:
    cells = [*everywhere(OCTOBER), *everywhere(WEEK, period_type="week")]
    publish_small(settings, [*cells, cell("followers", "kent", date(2026, 11, 1), 1.0, is_provisional=True)])
    starts = {
        table(settings, Asked(one)).rows[0]["period_start"] for one in ("followers", "views", "answered")
    }
    assert starts == {OCTOBER}


def test_what_pools_all_platforms_gives_way_to_any_one_that_has_a_number(settings: Settings) -> None:
    cells = [*everywhere(OCTOBER), cell("answered", "kent", OCTOBER, 1.0, platform="bluesky")]
    publish_small(settings, cells)
    assert table(settings, Asked("answered")).rows[0]["platform"] == "bluesky"


def test_what_compares_like_with_like_is_of_all_platforms(settings: Settings) -> None:
    cells = [*everywhere(OCTOBER), cell("answered", "kent", OCTOBER, 1.0, platform="bluesky")]
    publish_small(settings, cells, standardised="answered")
    assert table(settings, Asked("answered")).rows[0]["platform"] == "all"
    assert table(settings, Asked("views")).rows[0]["platform"] == "youtube"


def test_what_has_not_every_type_of_period_is_of_the_first_that_it_has(settings: Settings) -> None:
    cells = [*everywhere(WEEK, period_type="week"), *everywhere(OCTOBER, is_provisional=True)]
    publish_small(settings, cells, period_types={"views": "month|year"})
    found = {one: table(settings, Asked(one)) for one in ("followers", "views")}
    assert {one: of.rows[0]["period_start"] for one, of in found.items()} == {
        "followers": WEEK,
        "views": OCTOBER,
    }
    assert table(settings, Asked("views", period_type="week")).rows[0]["period_start"] == WEEK
    assert (
        table(settings, Asked("views", period=str(WEEK), period_type="week")).rows[0]["period_start"] == WEEK
    )


@pytest.mark.parametrize("standardised", [None, "followers", "answered"])
def test_a_table_of_all_platforms_says_that_it_compares_nobody(
    settings: Settings, standardised: str | None
) -> None:
    found = shown(settings, everywhere(OCTOBER), Asked("answered", platform="all"), standardised=standardised)
    said = [line for line in found.below if line.startswith("All platforms: nobody is ranked or judged")]
    assert bool(said) == (standardised != "answered")
    if said:
        assert ("followers compares like with like" in said[0]) == (standardised == "followers")


@pytest.mark.parametrize(
    ("known_by", "why"),
    [
        ("neighbourhoods", "each force draws its own neighbourhoods"),
        ("register", "being on more platforms is neither better nor worse"),
    ],
)
def test_nobody_is_compared_by_what_the_register_counts_and_why(known_by: str, why: str) -> None:
    definitions = [{"indicator_id": "counted", "known_by": known_by}]
    rows = [{"indicator_id": "counted", "platform": "all"}]
    assert list(pooled(rows, definitions)) == [f"Nobody is ranked or judged, as {why}."]


def test_without_a_platform_the_one_with_most_numbers_and_all_only_where_there_is_none(
    settings: Settings,
) -> None:
    cells = [cell("followers", "kent", OCTOBER, 1.0), *everywhere(OCTOBER)]
    cells += [cell("followers", force, OCTOBER, 1.0, platform="youtube") for force in FORCES]
    publish_small(settings, cells)
    assert table(settings, Asked("answered")).rows[0]["platform"] == "all"
    assert table(settings, Asked("followers")).rows[0]["platform"] == "youtube"


# --- peers


def against(value: float | None, **more: Any) -> dict[str, Any]:
    """A row of bench_peer_comparisons: Kent in October."""
    row = cell("followers", "kent", OCTOBER, 1.0)
    names = ("indicator_id", "area_id", "platform", "account_scope", "period_type", "period_start")
    judged = {"peers_value": value, "peers_count": 1, "peers_of": 2, "peers_missing": "essex"}
    judged |= {"peers_verdict": "worse", "peers_verdict_confidence": 95.0}
    return {name: row[name] for name in names} | judged | more


CELLS_OF_ALL = [cell("followers", force, OCTOBER, value) for force, value in (("kent", 1.0), ("surrey", 3.0))]
CELLS_OF_ALL += [cell("followers", "all_forces", OCTOBER, 2.5)]


def test_a_force_and_its_peers_alone_with_these_together_below(settings: Settings) -> None:
    found = shown(settings, CELLS_OF_ALL, Asked("followers", peers_of="Kent Police"), peers=[against(3.0)])
    assert [row["area_id"] for row in found.rows] == ["surrey", "kent", "essex", "peers_of_kent"]
    assert len({tuple(row) for row in found.rows}) == 1
    together = found.rows[-1]
    assert (together["value"], together["rank"], together["verdict"]) == (3.0, None, None)
    assert together["note"] == "Peers with a final number: 1 of 2, without essex."
    assert found.rows[1]["peers_verdict"] == "worse"
    [line] = [line for line in found.below if line.startswith("Peers of")]
    assert line.startswith("Peers of Kent Police: a list; nearest first: Surrey Police, Essex Police.")
    assert found.title == "Followers per 1,000: Bluesky, Kent Police and its peers, October 2026"


def test_peers_at_no_known_distance_are_not_said_to_be_the_nearest(settings: Settings) -> None:
    found = shown(settings, CELLS_OF_ALL, Asked("followers", peers_of="essex"))
    [line] = [line for line in found.below if line.startswith("Peers of")]
    assert line.startswith("Peers of Essex Police: a list; Kent Police.")


def test_peers_without_a_number_say_so(settings: Settings) -> None:
    found = shown(settings, CELLS_OF_ALL, Asked("followers", peers_of="kent"))
    assert found.rows[-1]["value"] is None
    assert found.rows[-1]["note"] == "None of the peers has a final number that compares."


def test_a_forces_table_has_its_peers_beside_all_forces(settings: Settings) -> None:
    found = shown(settings, CELLS_OF_ALL, Asked(force="kent"), peers=[against(3.0)])
    row = next(row for row in found.rows if row["indicator_id"] == "followers")
    assert (row["all_forces_value"], row["peers_value"], row["peers_verdict"]) == (2.5, 3.0, "worse")
    assert any(line.startswith("Peers of Kent Police: a list") for line in found.below)


def test_a_force_without_peers_says_why(settings: Settings) -> None:
    found = shown(settings, CELLS_OF_ALL, Asked("followers", force="surrey"))
    assert any(line.startswith("Surrey Police has no peers: ") for line in found.below)
    with pytest.raises(NotFoundError, match="Surrey Police has no peers: no official list names it"):
        table(settings, Asked("followers", peers_of="surrey"))


@pytest.mark.parametrize("asked", [Asked(peers_of="kent"), Asked("followers", "kent", peers_of="kent")])
def test_peers_are_compared_by_one_indicator(settings: Settings, asked: Asked) -> None:
    publish_small(settings, CELLS_OF_ALL)
    with pytest.raises(NotFoundError, match="by one indicator, and without --force"):
        table(settings, asked)


def test_of_nobodys_peers_every_force_and_group_stands_in_the_table(settings: Settings) -> None:
    found = shown(settings, CELLS_OF_ALL, Asked("followers"), peers=[against(3.0)])
    assert [row["area_id"] for row in found.rows] == ["surrey", "kent", "essex", *GROUPS]
    assert not any("eers of" in line for line in found.below)


@pytest.mark.parametrize("platform", ["youtube", "YouTube", "YOUTUBE"])
def test_a_platform_is_known_in_any_case(settings: Settings, platform: str) -> None:
    found = shown(settings, everywhere(OCTOBER), Asked("views", platform=platform))
    assert {row["platform_name"] for row in found.rows} == {"YouTube"}


def test_a_rank_and_a_value_have_beside_them_how_sure_they_are(settings: Settings) -> None:
    found = shown(settings, [cell("followers", "kent", OCTOBER, 1.0)], Asked("followers"))
    kent, *others = found.rows
    assert (kent["rank95_low"], kent["rank95_high"], kent["change"]) == (1.0, 3.0, 0.5)
    assert {row["rank95_low"] for row in others} == {None}


def test_a_release_of_an_earlier_version_is_said_to_be_one(settings: Settings) -> None:
    publish_small(settings, everywhere(OCTOBER))
    (current,) = (path for path in settings.releases.iterdir() if path.is_dir())
    record = current / "release.json"
    table_file = current / "tables" / "bench_ranks.parquet"
    table_file.unlink()
    made = json.loads(record.read_text())
    del made["files"]["tables/bench_ranks.parquet"]
    record.write_text(json.dumps(made))
    (current / RECORD_SUM).write_text(record_sum(record))
    with pytest.raises(NotFoundError, match="lacks a table"):
        table(settings, Asked("followers"))


def test_a_release_of_before_a_column_was_added_is_read_without_it(settings: Settings) -> None:
    publish_small(settings, [cell("followers", "kent", OCTOBER, 1.0, effective_n=12.0)])
    assert table(settings, Asked("followers", force="kent")).rows[0]["effective_n"] == 12.0
    (current,) = (path for path in settings.releases.iterdir() if path.is_dir())
    record, name = current / "release.json", "tables/bench_values.parquet"
    pl.read_parquet(current / name).drop("effective_n", "design_effect").write_parquet(current / name)
    made = json.loads(record.read_text())
    made["files"][name] = sha256_of(current / name)
    record.write_text(json.dumps(made))
    (current / RECORD_SUM).write_text(record_sum(record))
    [row] = [row for row in table(settings, Asked("followers")).rows if row["area_id"] == "kent"]
    assert (row["value"], row["effective_n"]) == (1.0, None)


def test_a_release_of_before_incidents_and_questions_says_so(settings: Settings) -> None:
    publish_small(settings, [cell("followers", "kent", OCTOBER, 1.0)])
    release, connection = open_release(settings)
    for read in (reader.incidents, reader.questions, reader.mergers):
        with pytest.raises(NotFoundError, match="lacks a table or a column: an earlier version published it"):
            read(release, connection)
    release.label = "Official release 1 (October 2026)"
    with pytest.raises(NotFoundError, match="an official release is not made anew: the working one may"):
        reader.mergers(release, connection)


# --- one force


def test_a_forces_table_has_every_indicator_on_every_platform_it_can_be_on(settings: Settings) -> None:
    found = shown(settings, everywhere(OCTOBER), Asked(force="Kent"))
    assert [(row["indicator_id"], row["platform"]) for row in found.rows] == [
        ("followers", "bluesky"),
        ("followers", "x"),
        ("followers", "youtube"),
        ("views", "youtube"),
        ("answered", "all"),
        ("answered", "bluesky"),
        ("answered", "x"),
        ("answered", "youtube"),
    ]
    assert {row["area_id"] for row in found.rows} == {"kent"}
    assert found.title == "Kent Police: October 2026"


def test_a_force_stands_beside_all_forces_also_where_it_has_no_number(settings: Settings) -> None:
    cells = [cell("followers", "kent", OCTOBER), cell("followers", "all_forces", OCTOBER, 2.5)]
    cells += everywhere(OCTOBER)[1:]
    found = shown(settings, cells, Asked("followers", force="kent", platform="bluesky"))
    assert [(row["value"], row["all_forces_value"]) for row in found.rows] == [(None, 2.5)]
    assert found.title == "Kent Police: Followers per 1,000, Bluesky, October 2026"


def test_what_is_not_made_for_a_type_of_period_is_left_out_or_refused(settings: Settings) -> None:
    """As a median, which is made for weeks and months."""
    quarter = [one for one in everywhere(OCTOBER, period_type="quarter") if one["indicator_id"] != "answered"]
    publish_small(settings, [*everywhere(OCTOBER), *quarter])
    found = table(settings, Asked(force="kent", period="2026-Q4"))
    assert {row["indicator_id"] for row in found.rows} == {"followers", "views"}
    with pytest.raises(NotFoundError, match="not made of all accounts for quarters"):
        table(settings, Asked("answered", period="2026-Q4"))


# --- what stands above and below


def test_what_is_provisional_is_counted_above_the_table(settings: Settings) -> None:
    cells = [
        cell("followers", "kent", OCTOBER, 1.0, is_provisional=True),
        cell("followers", "essex", OCTOBER, 1.0),
    ]
    cells += [cell("followers", "england", OCTOBER, 1.0, is_provisional=True)]
    found = shown(settings, cells, Asked("followers", period="2026-10"))
    assert found.above == ["Provisional: 1 of 3 forces' figures can still change; each says so."]


def test_a_final_table_says_so_and_how_its_period_was_chosen(settings: Settings) -> None:
    assert shown(settings, everywhere(OCTOBER), Asked("followers")).above == [
        "The newest month that is final for all indicators.",
        "Final: the figures change only by a late return or a correction.",
    ]


def test_the_definition_what_n_counts_and_the_release_stand_below(settings: Settings) -> None:
    assert shown(settings, everywhere(OCTOBER), Asked("views")).below == [
        "Video views (views, version 1; views)",
        "  Numerator: What views counts.",
        "  Denominator: What views is divided by.",
        "  n counts posts with a count of views at seven days.",
        "  Caveats: Mind the views.",
        "Rank: in brackets, between which ranks the force's true one lies with 95% probability; it is drawn "
        "towards the middle where it rests on few.",
        "Change: since the period before, with its 95% interval where the values have one.",
        "Working release 20261201T0530-0123456789, data as of 2026-12-01 05:30 UTC. All figures are "
        "invented: made from the sandbox nation. Forces and populations are real.",
    ]


def test_why_a_figure_has_no_rank_is_said_where_others_have_one(settings: Settings) -> None:
    cells = [cell("followers", area, OCTOBER, 1.0) for area in ("kent", "essex")]
    rows = shown(settings, cells, Asked("followers", period="2026-10")).rows
    assert not any(text.startswith("A figure without a rank") for text in explained(rows))
    few = [row | ({"rank": None} if row["area_id"] == "kent" else {}) for row in rows]
    assert any("fewer than 30 (n)" in text for text in explained(few))
    assert not any("A figure without" in text for text in explained([row | {"rank": None} for row in rows]))


def test_what_n_counts_is_words_for_every_indicator_that_there_is() -> None:
    said = {counted(measure) for measure in pl.read_csv(SEEDS / "indicators.csv")["n_measure"]}
    assert said == {
        "accounts",
        "comparable conversations",
        "conversations",
        "direct conversations",
        "account-days on which messages are due",
        "hours of the week with three conversations or more",
        "exported posts",
        "open accounts",
        "open accounts of which thirty days are known",
        "posts",
        "posts and replies",
        "accounts with a count at both ends and no merger between",
        "posts with a count of views after an hour",
        "posts with a count of each sort of reaction at seven days",
        "posts with a count of engagements after an hour",
        "posts with a count of views after a day",
        "posts with a count of engagements after a day",
        "conversations that came at night",
        "conversations that came by day",
        "conversations that came at weekends or on bank holidays",
        "conversations that came on weekdays",
        "conversations that were followed for an hour of staffed time",
        "neighbourhoods in the register",
        "days of open accounts",
        "platforms with an open account",
        "posts with counts of views and engagements at seven days",
        *(
            f"posts with a count of {what} {when}"
            for what in ("engagements", "impressions", "reach", "shares", "views")
            for when in ("at seven days", "when they were exported")
        ),
    }


# --- what is not there


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Asked("nonsense"), "there is no indicator nonsense; there are: followers, views, answered"),
        (
            Asked("followers", platform="myspace"),
            "there is no platform myspace; there are: all, bluesky, x, youtube",
        ),
        (Asked("followers", force="atlantis"), "there is no force atlantis; there are: essex, kent, surrey"),
        (Asked("followers", scope="cats"), "there is no account scope cats; there are: all, officers"),
        (Asked("views", platform="bluesky"), "there is no table of Video views for Bluesky"),
    ],
)
def test_what_is_not_in_the_release_is_named_with_what_is(
    settings: Settings, asked: Asked, message: str
) -> None:
    with pytest.raises(NotFoundError) as refused:
        shown(settings, everywhere(OCTOBER), asked)
    assert str(refused.value) == message


def test_before_the_first_release_there_is_nothing(settings: Settings) -> None:
    with pytest.raises(NotFoundError, match="nothing is published yet"):
        table(settings, Asked("followers"))


# --- as a command


@pytest.mark.parametrize("words", [["followers"], ["--force", "kent"]])
def test_csv_and_json_hold_the_same_columns(settings: Settings, words: list[str]) -> None:
    publish_small(settings, everywhere(OCTOBER))
    run = CliRunner()
    as_csv = run.invoke(app, ["table", *words, "--format", "csv"]).stdout.splitlines()
    as_json = run.invoke(app, ["table", *words, "--format", "json"]).stdout
    columns = as_csv[0].split(",")
    assert [f'  "{name}": ' in as_json for name in columns] == [True] * len(columns)
    assert as_json.count('"indicator_id"') == len(as_csv) - 1
    assert as_csv[1].endswith(",20261201T0530-0123456789,Working release,true")


def test_a_refusal_is_bad_input(settings: Settings) -> None:
    publish_small(settings, everywhere(OCTOBER))
    refused = CliRunner().invoke(app, ["table", "followers", "--platform", "myspace"])
    assert refused.exit_code == 1
    assert "there is no platform myspace" in refused.output


def test_without_an_indicator_the_command_lists_them(settings: Settings) -> None:
    publish_small(settings, everywhere(OCTOBER))
    assert "answered" in CliRunner().invoke(app, ["table"]).stdout
