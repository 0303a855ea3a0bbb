"""Exports of forces' tools go in as they come: every figure is read, every column about people is dropped."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.registry import check_purpose_rules, load
from pipelines.returns import Options, Return, Said, Stated, importers, preview, read_return
from pipelines.settings import SEEDS
from tests.returns.conftest import Account, hash_author
from tests.returns.exports import ACCOUNTS, EXPORTED, MAKERS, PERIOD, POSTS, Export

DOCS = Path(__file__).parents[2] / "docs"
NOW = dt.datetime(2026, 6, 20, tzinfo=dt.UTC)
FORCES = frozenset({"kent", "essex"})
PLATFORMS = frozenset({"facebook", "instagram", "x", "linkedin", "tiktok", "youtube"})
BY_HANDLE = {
    (platform, name): Account(account_id, "kent")
    for (platform, handle, own_id), account_id in ACCOUNTS.items()
    for name in (handle, own_id)
    if name
}


def find_account(platform: str, handle: str) -> Account | None:
    return BY_HANDLE.get((platform, handle.lower()))


def options(said: dict[str, object]) -> Options:
    stated = Stated(*(said.get(name) for name in ("period_from", "period_to", "exported_at")))  # type: ignore[arg-type]
    accounts = {name.split(":")[0]: Account(name, "kent") for name in said.get("accounts", ())}  # type: ignore[attr-defined]
    force = said.get("force")

    def of_force(force_id: str, platform: str) -> list[Account]:
        names = {own for (on, _, _), own in ACCOUNTS.items() if on == platform}
        return [Account(name, force_id) for name in sorted(names)]

    return Options(stated, Said(force, accounts, of_force), said.get("order"))  # type: ignore[arg-type]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[Export], Return]:
    def from_export(made: Export) -> Return:
        path = tmp_path / made.file
        path.write_bytes(made.data)
        return read_return(
            path,
            find_account,
            FORCES,
            PLATFORMS,
            hash_author=hash_author,
            now=NOW,
            options=options(made.said),
            purpose_rules=check_purpose_rules(SEEDS),
        )

    return from_export


def test_there_are_thirty_of_them_and_every_mapping_has_one(read: Callable[[Export], Return]) -> None:
    assert len(MAKERS) >= 30
    tools = {read(make(POSTS)).reading.tool for make in MAKERS.values()}
    assert tools == {mapping.title for mapping in importers.mappings()}


@pytest.mark.parametrize("name", MAKERS)
def test_an_export_goes_in_unedited(read: Callable[[Export], Return], name: str) -> None:
    made = MAKERS[name](POSTS)
    found = read(made)
    assert found.problems == []
    assert found.kind == made.kind
    columns = list(made.rows[0])
    keys = columns if made.kind != "messages" else ["message_id"]
    rows = found.rows.select(columns).to_dicts()
    assert sorted(rows, key=lambda row: [str(row[key]) for key in keys]) == sorted(
        made.rows, key=lambda row: [str(row[key]) for key in keys]
    )
    assert found.declared is not None
    assert (found.declared.period_from, found.declared.period_to) == PERIOD
    assert found.declared.exported_at_utc == EXPORTED


@pytest.mark.parametrize("name", MAKERS)
def test_columns_about_people_are_dropped_and_named(read: Callable[[Export], Return], name: str) -> None:
    made = MAKERS[name](POSTS)
    found = read(made)
    assert made.dropped <= set(found.reading.personal)
    held = str(found.rows.rows()) + str(found.reading)
    assert not [text for text in made.planted if text in held]
    if made.kind == "messages":
        assert found.rows["author_key"].drop_nulls().str.len_chars().unique().to_list() == [32]
        assert not {"u0", "u1", "agent"} & set(found.rows["author_key"])


def test_an_unknown_column_is_counted_and_named(read: Callable[[Export], Return]) -> None:
    assert read(MAKERS["facebook 3"](POSTS)).reading.unknown == ("Glow",)


def test_rows_on_other_networks_and_totals_are_left_out_and_counted(read: Callable[[Export], Return]) -> None:
    left_out = read(MAKERS["hootsuite 1"](POSTS)).reading.left_out
    assert left_out == {"on Pinterest, which Beatbook does not measure": 1}
    assert read(MAKERS["youtube 1"](POSTS)).reading.left_out == {"with the tool's own totals": 1}


def without(made: Export, column: str) -> Export:
    text = made.data.decode("utf-8-sig").replace(column, "Something else", 1)
    made.data = text.encode()
    return made


@pytest.mark.parametrize(
    ("name", "column", "menu"),
    [
        ("facebook 1", "Post ID", "Meta Business Suite, Insights, Content"),
        ("instagram 1", "Post ID", "Instagram; Lifetime; CSV"),
        ("x posts 1", "Impressions", None),
        ("tiktok 2", "Total views", "TikTok Studio, Analytics, Content"),
        ("sprout 1", "Post ID", "Sprout Social, Reports, Post Performance"),
        ("hootsuite inbox", "Conversation ID", "Hootsuite, Inbox, Exports"),
    ],
)
def test_a_needed_column_that_is_missing_is_named_with_the_menu(
    read: Callable[[Export], Return], name: str, column: str, menu: str | None
) -> None:
    (problem,) = read(without(MAKERS[name](POSTS), column)).problems
    if menu:
        assert column in problem.reason
        assert menu in problem.reason


def test_a_daily_export_of_meta_is_refused_with_what_to_choose(read: Callable[[Export], Return]) -> None:
    made = MAKERS["facebook 1"](POSTS)
    made.data = made.data.replace(b"Lifetime", b"05/04/2026")
    assert "Choose Lifetime" in read(made).problems[0].reason


def test_an_account_that_cannot_be_placed_is_asked_for(read: Callable[[Export], Return]) -> None:
    made = MAKERS["facebook 1"](POSTS)
    made.data = made.data.replace(b"kentpolice", b"nobody").replace(b"100064556789012", b"42")
    (problem,) = read(made).problems
    assert "no facebook account nobody or 42" in problem.reason
    assert "--account" in problem.reason
    made.said["accounts"] = ("facebook:kentpolice",)
    assert read(made).problems == []


def test_every_account_that_the_register_lacks_is_named_and_nothing_lands_before_it_has_them(
    read: Callable[[Export], Return], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = MAKERS["facebook 1"](POSTS)
    whole = read(made).row_count
    head, *rows = made.data.split(b"\r\n")
    others = [f"page{n}" for n in range(9)]
    changed = [
        row.replace(b"kentpolice", name.encode()).replace(b"100064556789012", str(n).encode())
        for n, (name, row) in enumerate(zip(others, rows, strict=False))
    ]
    made.data = b"\r\n".join([head, *changed, *rows[len(others) :]])
    found = read(made)
    (problem,) = found.problems
    assert all(f"{n}" in problem.reason.split("(")[1] for n in range(9))
    assert "9 of the file's facebook accounts" in problem.reason
    assert "more" not in problem.reason
    assert "nothing of the file lands, the other accounts' rows neither" in problem.reason
    assert not found.is_landable
    for n in range(9):  # the register has them: all that was sent is there
        monkeypatch.setitem(BY_HANDLE, ("facebook", str(n)), Account(f"facebook:page{n}", "kent"))
    again = read(made)
    assert again.problems == []
    assert again.row_count == whole
    assert again.rows["account_id"].n_unique() == 10


def test_what_facebook_counts_as_likes_is_what_the_catalogue_says() -> None:
    """Meta's exports have reactions of every sort, and engagements are made of them."""
    (mapping,) = (each for each in importers.mappings() if each.id == "meta_facebook")
    assert mapping.columns["like_count"].column == ("Reactions",)
    metrics = load(SEEDS, SEEDS).metrics
    parts = [part for part in preview.ENGAGEMENTS if ("facebook", "posts", part) in metrics]
    assert parts == ["like_count", "share_count", "comment_count"]
    assert set(parts) <= mapping.columns.keys()
    rows = pl.read_csv(SEEDS / "platform_metrics.csv").filter(
        platform="facebook", entity="posts", metric="like_count"
    )
    assert rows["platform_field"].to_list() == ["reactions.summary.total_count"]
    assert "every sort" in rows["note"][0]


def test_an_account_that_the_file_contradicts_is_refused(read: Callable[[Export], Return]) -> None:
    made = MAKERS["facebook 1"](POSTS)
    made.said["accounts"] = ("facebook:another",)
    assert "--account says facebook:another" in read(made).problems[0].reason
    made.said = {**made.said, "accounts": (), "force": "essex"}
    assert "belongs to kent" in read(made).problems[0].reason


def test_one_account_cannot_stand_for_two(read: Callable[[Export], Return]) -> None:
    made = MAKERS["facebook 1"](POSTS)
    made.data = made.data.replace(b"kentpolice", b"nobody").replace(b"100064556789012", b"42")
    made.data = made.data.replace(b",42,", b",43,", 1)
    made.said["accounts"] = ("facebook:kentpolice",)
    assert "can stand for one account" in read(made).problems[0].reason
    made.said["accounts"] = ()
    assert (
        "does not have 2 of the file's facebook accounts (nobody or 42, nobody or 43)"
        in read(made).problems[0].reason
    )


def test_identifiers_that_a_spreadsheet_shortened_are_refused(read: Callable[[Export], Return]) -> None:
    made = MAKERS["facebook 1"](POSTS)
    made.data = made.data.replace(b"122158123456780003", b"1.22158E+17")
    (problem,) = read(made).problems
    assert (problem.column, problem.value) == ("Post ID", "1.22158E+17")


def test_what_the_file_does_not_say_of_itself_is_lacking(read: Callable[[Export], Return]) -> None:
    made = MAKERS["x posts 1"](POSTS)
    made.said = {}
    found = read(made)
    assert found.problems == []
    assert (found.declared, found.lacking) == (None, ("--exported-at",))


def test_a_sprout_export_whose_dates_can_be_swapped_is_asked_about(read: Callable[[Export], Return]) -> None:
    made = MAKERS["sprout 1"]([post for post in POSTS if post["created"].day in (3, 7)])
    made.said = {"period_from": "2026-01-01", "period_to": "2026-06-07", "exported_at": "2026-07-08 09:00"}
    made.said["exported_at"] = "2026-06-08T08:15:00Z"
    assert read(made).problems == []  # the seventh of May is 5 July otherwise, and that had not come
    made = MAKERS["sprout 1"]([post for post in POSTS if post["created"].day == 3])
    made.said = {
        "period_from": "2026-01-01",
        "period_to": "2026-06-07",
        "exported_at": "2026-06-08T08:15:00Z",
    }
    assert "can be read in two ways" in read(made).problems[0].reason
    made.said["order"] = "month_first"
    assert read(made).rows["created_at_utc"].to_list() == [POSTS[1]["created"]]


def test_every_mapping_cites_public_headers_and_has_its_page() -> None:
    pages = Path(__file__).parents[2] / "docs" / "returns"
    for mapping in importers.mappings():
        assert mapping.headers_from
        text = (pages / mapping.page).read_text(encoding="utf-8")
        assert mapping.menu.split(";")[0] in text
        assert all(f"`{column}`" in text for column in mapping.personal if "*" not in column), mapping.id


@pytest.mark.parametrize(
    "name", ["orlo inbox", "orlo responses", "sprout inbox", "sprout responses", "sprout 1"]
)
def test_what_was_never_tried_on_a_real_file_says_so(read: Callable[[Export], Return], name: str) -> None:
    """In the receipt, on the tool's page and in the list of tools."""
    found = read(MAKERS[name](POSTS))
    (mapping,) = (each for each in importers.mappings() if each.title == found.reading.tool)
    said = [
        line for line in preview.lines(found, load(SEEDS, SEEDS)) if "has not been tried on a real" in line
    ]
    assert len(said) == (0 if mapping.is_tried else 1) == (name != "sprout 1")
    if not mapping.is_tried:
        page = (DOCS / "returns" / mapping.page).read_text()
        lines = (DOCS / "returns.md").read_text().splitlines()
        (row,) = (line for line in lines if f"(returns/{mapping.page})" in line)
        assert "**Untried" in page
        assert "(untried)" in row


@pytest.mark.parametrize("name", ["facebook 1", "instagram 1", "x posts 1", "youtube 1", "hootsuite 1"])
def test_a_tools_text_becomes_a_purpose(read: Callable[[Export], Return], name: str) -> None:
    if name not in MAKERS:
        pytest.fail(f"{name} is none of {', '.join(MAKERS)}")
    found = read(MAKERS[name](POSTS)).rows
    posts = found.filter(pl.col("kind") == "post")
    assert posts.height > 0
    assert posts["purpose"].null_count() == 0
    assert found.filter(pl.col("kind") != "post")["purpose"].null_count() == found.height - posts.height
