# ruff: noqa: DTZ001  (a return's times are naive until they are read)
"""Columns, the register, the clock, and rows against each other."""

import datetime as dt

import polars as pl
import pytest

from pipelines.returns import KINDS
from pipelines.returns.place import Said
from tests.returns.conftest import ACCOUNTS

PROFILES = "force_id,platform,handle,observed_at,follower_count,post_count\n"
POSTS = "force_id,platform,handle,post_id,created_at,observed_at,kind,like_count\n"
MESSAGES = "force_id,platform,handle,channel,conversation_id,message_id,direction,sent_at,is_automatic\n"
OUTCOMES = "force_id,platform,handle,post_id,outcome,outcome_date\n"
PROFILE = "kent,x,ForceA,2026-05-01T10:00:00Z,100,20\n"
POST = "kent,x,ForceA,1,2026-05-01T10:00:00Z,2026-05-02T10:00:00Z,post,5\n"
MESSAGE = "kent,x,ForceA,public,c1,m1,inbound,2026-05-01T10:00:00Z,\n"
OUTCOME = "kent,x,ForceA,1,located,2026-05-01\n"

# What docs/landing.md lists for `returns`, less file_sha256, run_id and pulled_at_utc.
COUNTS = ["view", "impression", "reach", "like", "share", "quote", "comment", "click"]
COUNTS += [f"{sort}_reaction" for sort in ("like", "love", "haha", "wow", "sad", "angry")]
COLUMNS = {
    "profiles": ["platform", "observed_at_utc", "follower_count", "post_count"],
    "posts": ["platform", "post_id", "created_at_utc", "observed_at_utc", "kind"]
    + [f"{name}_count" for name in COUNTS],
    "messages": [
        "platform",
        "channel",
        "conversation_id",
        "message_id",
        "direction",
        "sent_at_utc",
        "is_automatic",
        "author_key",
        "in_reply_to",
        "closed_at_utc",
    ],
    "outcomes": ["platform", "post_id", "outcome", "outcome_date"],
}


def only(result):
    """The one problem of a file."""
    assert len(result.problems) == 1, result.problems
    assert not result.is_landable
    assert result.rows.is_empty()
    return result.problems[0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PROFILES + PROFILE, "profiles"),
        (POSTS + POST, "posts"),
        (MESSAGES + MESSAGE, "messages"),
        (OUTCOMES + OUTCOME, "outcomes"),
    ],
)
def test_each_kind_lands_with_the_columns_of_landing(read_text, text, kind):
    result = read_text(text)
    assert result.problems == []
    assert (result.kind, result.row_count, result.is_landable) == (kind, 1, True)
    told = ["purpose", "purpose_rules_version"] if kind == "posts" else []
    assert result.rows.columns == ["force_id", "account_id", *COLUMNS[kind], *told, "line"]
    for name, dtype in result.rows.schema.items():
        if name.endswith("_utc"):
            assert dtype == pl.Datetime("us")
        elif name.endswith("_count") or name == "line":
            assert dtype == pl.Int64
    assert len(result.sha256) == 64


def test_values_are_typed_and_empty_is_null(read_text):
    row = read_text(POSTS + POST.replace(",5\n", ",\n")).rows.row(0, named=True)
    assert row["account_id"] == "kent-x"
    assert row["created_at_utc"] == dt.datetime(2026, 5, 1, 10)
    assert row["like_count"] is None
    assert row["share_count"] is None
    assert row["line"] == 2
    row = read_text(OUTCOMES + OUTCOME).rows.row(0, named=True)
    assert (row["platform"], row["account_id"]) == ("x", "kent-x")
    assert row["outcome_date"] == dt.date(2026, 5, 1)
    flags = read_text(MESSAGES + MESSAGE + MESSAGE.replace("m1", "m2").replace(",\n", ",no\n"))
    assert flags.rows["is_automatic"].to_list() == [None, False]


def test_names_are_matched_loosely(read_text):
    text = "Force ID,PLATFORM,handle,Post-ID,Created at, observed_at ,Kind,like count\n" + POST
    assert read_text(text).problems == []
    loose = POST.replace("kent,x,ForceA", "Kent,Twitter,@forcea").replace("post", "Post")
    assert read_text(POSTS + loose).rows["platform"].to_list() == ["x"]
    assert read_text("Posts of May,,,,,,,\n\n" + POSTS + POST).rows["line"].to_list() == [4]


@pytest.mark.parametrize(
    ("header", "kind", "reasons"),
    [
        (POSTS.replace("kind", "type"), None, ["are missing: kind", "no column type"]),
        (POSTS.replace("like_count", "like_counts"), "posts", ["Is it like_count misspelt?"]),
        (POSTS.replace("like_count", "weather"), "posts", ["has no column weather. Take it out"]),
        (POSTS.replace("like_count", "kind"), None, ["kind appears 2 times"]),
        ("force_id,platform,handle,observed_at\n", None, ["follower_count or post_count"]),
        ("force_id,platform,handle,post_id,observed_at\n", None, ["more than one kind of return: profiles"]),
        ("a,b,c\n", None, ["None of the first 20 rows is a header"]),
        ("\n" * 3 + "x,y\n" * 20 + POSTS, None, ["None of the first 20 rows is a header"]),
    ],
)
def test_headers_that_are_refused(read_text, header, kind, reasons):
    result = read_text(header + POST)
    assert result.kind == kind
    assert [p.line for p in result.problems] == [0] * len(reasons)
    assert all(p.column is None for p in result.problems)
    for problem, reason in zip(result.problems, reasons, strict=True):
        assert reason in problem.reason


def test_unknown_columns_do_not_hide_bad_rows(read_text):
    result = read_text(POSTS.replace("like_count", "likes") + POST.replace("kent", "narnia"))
    assert [(p.line, p.column) for p in result.problems] == [(0, None), (2, "force_id")]


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        (POSTS + POST.replace("kent", "narnia"), "force_id", "no force with this id"),
        (POSTS + POST.replace(",x,", ",myspace,"), "platform", "no such platform. It has: fac"),
        (POSTS + POST.replace("ForceA", "Nobody"), "handle", "add it to accounts.csv"),
        (POSTS + POST.replace("ForceA", "ForceB"), "handle", "belongs to essex, not to kent"),
        (POSTS + POST.replace("ForceA", ""), "handle", "Every row needs handle"),
        (POSTS + POST.replace("post", "tweet"), "kind", "post, reply, repost"),
        (POSTS + POST.replace("2026-05-02", "2026-04-02"), "observed_at", "before it was created"),
        (POSTS + POST.replace("2026-05-02", "2026-06-03"), "observed_at", "in the future"),
        (POSTS + POST.replace("2026-05-01", "1970-01-01"), "created_at", "before there were any"),
        (POSTS + POST.replace(",5\n", ",#N/A\n"), "like_count", "shows an error"),
        (POSTS + POST.replace("2026-05-02T10:00:00Z", "########"), "observed_at", "too narrow"),
        (POSTS + POST.replace(",1,", ",1.12133E+18,"), "post_id", "last digits are lost"),
        (POSTS + POST.replace(",1,", ",1121328849864810000,"), "post_id", "do most in the file"),
        (POSTS + POST + POSTS, None, "header is repeated"),
        (POSTS + POST + POST, None, "Line 3 repeats line 2"),
        (PROFILES + PROFILE + PROFILE, None, "platform, handle, observed_at"),
        (MESSAGES + MESSAGE + MESSAGE.replace("c1", "c2"), None, "Line 3 repeats line 2"),
        (OUTCOMES + OUTCOME + OUTCOME, None, "platform, handle, post_id, outcome, outcome_date"),
        (OUTCOMES + OUTCOME.replace("2026", "2027"), "outcome_date", "in the future"),
        (OUTCOMES + OUTCOME.replace("2026", "1999"), "outcome_date", "before there were any"),
        (MESSAGES + MESSAGE.replace("c1", "@someone"), "conversation_id", "person's account"),
        (MESSAGES + MESSAGE.replace("public", "email"), "channel", "public, direct"),
        (POSTS + POST.replace(",5\n", "\n"), None, "has 7 cells and the header has 8"),
        (POSTS + POST.replace(",5\n", ",5,6\n"), None, "Cell 9 of the row"),
        (POSTS.replace("kind,", ",kind,") + POST.replace("post,", "9,post,"), None, "Cell 7"),
        (POSTS, None, "no row below it"),
    ],
)
def test_rows_that_are_refused(read_text, text, column, reason):
    problem = only(read_text(text))
    assert problem.column == column
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said("essex"), "belongs to kent, and --force says essex"),
        (Said(accounts={"x": ACCOUNTS["x", "café"]}), "this is kent-x, and --account says kent-cafe"),
    ],
)
def test_what_the_sender_says_of_a_file_that_says_otherwise_is_a_problem(read_text, said, reason):
    (problem,) = read_text(POSTS + POST, said=said).problems
    assert (problem.line, problem.column) == (2, "handle")
    assert reason in problem.reason


def test_every_problem_is_kept_in_order(read_text):
    bad = POST.replace("kent", "narnia").replace("post", "tweet").replace(",5\n", ",1.2K\n")
    result = read_text(POSTS + bad + POST + "kent,x\n" + POST + bad.replace(",1,", ",2,"))
    assert [(p.line, p.column) for p in result.problems] == [
        (2, "force_id"),
        (2, "kind"),
        (2, "like_count"),
        (4, None),
        (5, None),
        (6, "force_id"),
        (6, "kind"),
        (6, "like_count"),
    ]
    assert result.row_count == 5
    assert result.rows.is_empty()
    assert result.rows.columns[:2] == ["force_id", "account_id"]


def test_same_post_seen_twice_at_other_times_is_two_snapshots(read_text):
    result = read_text(POSTS + POST + POST.replace("2026-05-02", "2026-05-03"))
    assert result.rows.height == 2


def test_one_identifier_that_ends_in_zeros_is_chance(read_text):
    ids = ["1121328849864810000", "1121328849864810497", "1121328849864810498"]
    assert read_text(POSTS + "".join(POST.replace(",1,", f",{i},") for i in ids)).problems == []


def test_no_value_about_the_public_is_quoted(read_text):
    sentence = "this is what a member wrote"
    for name in ("public", "c1", "m1", "inbound"):
        assert only(read_text(MESSAGES + MESSAGE.replace(name, sentence))).value == "(not shown)"
    for handle in ("@someone", "c1@example.org"):
        problem = only(read_text(MESSAGES + MESSAGE.replace("c1", handle)))
        assert problem.value == "(not shown)"
    stray = only(read_text(MESSAGES + MESSAGE.replace("ForceA", "a_member")))
    assert "not the writer's" in stray.reason
    assert "a_member" not in stray.reason + stray.value
    assert sentence not in str(read_text(f"{sentence},a,b\n").problems)


def test_values_are_quoted_short_and_without_control_characters(read_text):
    assert only(read_text(POSTS + POST.replace(",1,", ",1\x1b[31m,"))).value == "1�[31m"
    problem = only(read_text(POSTS + POST.replace(",5\n", f",{'x' * 500}\n")))
    assert len(problem.value) == 60


def test_each_kind_has_a_key_that_lands():
    for kind in KINDS:
        assert set(kind.key) <= set(kind.schema)
