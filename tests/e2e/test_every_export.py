"""Every made-up export in one warehouse: what each preview says is what the marts then hold, row by row."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.registry import load
from pipelines.returns import Return, preview
from pipelines.returns import submit as submission
from pipelines.settings import SEEDS
from tests.e2e.returning import Warehouse, warehouse
from tests.returns.exports import ACCOUNTS, COUNTERS, MAKERS, POSTS, Export

pytestmark = [pytest.mark.e2e, pytest.mark.dbt, pytest.mark.long]
TABLES = {
    "posts": "fct_posts",
    "messages": "int_messages__unioned",
    "profiles": "fct_account_days",
    "tool_figures": "fct_tool_figures",
}
Made = tuple[Warehouse, dict[str, tuple[Export, list[str]]]]


def of_maker(nth: int) -> list[dict[str, Any]]:
    """Posts that no other maker's are: another number, another minute."""
    minutes = dt.timedelta(minutes=nth)
    return [post | {"n": post["n"] + 20 * nth, "created": post["created"] + minutes} for post in POSTS]


def register(folder: Path) -> Path:
    """The real one with the accounts of the exports: those that it lacks, and the platforms' ids of them."""
    folder.mkdir(parents=True)
    for name in (
        "account_events.csv",
        "corrections.csv",
        "incidents.csv",
        "staffed_hours.csv",
        "rate_cards.csv",
        "neighbourhoods.csv",
    ):
        shutil.copy(SEEDS / name, folder / name)
    real = pl.read_csv(SEEDS / "accounts.csv", infer_schema=False)
    ours = [
        {
            "account_id": account_id,
            "force_id": "kent",
            "platform": platform,
            "handle": handle,
            "platform_account_id": own_id or None,
            "account_type": "corporate",
            "source": "made up",
            "source_date": "2026-01-01",
        }
        for (platform, handle, own_id), account_id in ACCOUNTS.items()
    ]
    others = real.filter(~pl.col("account_id").is_in(list(ACCOUNTS.values())))
    pl.concat([others, pl.DataFrame(ours)], how="diagonal").write_csv(folder / "accounts.csv")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One build over all of them; of each file its truth and what its preview said."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        # The sandbox's profile, for there the register is a file of the data folder.
        made = warehouse(tmp_path_factory.mktemp("exports") / "home", monkeypatch, "sandbox")
        register(made.settings.register)
        monkeypatch.setattr(submission, "load_register", lambda settings: load(settings.register, SEEDS))
        said = {}
        for nth, (name, make) in enumerate(MAKERS.items()):
            export = make(of_maker(nth))
            path = Path(tmp_path_factory.mktemp("file")) / export.file
            path.write_bytes(export.data)
            found = submission.check(made.settings, path, asked=submission.Asked(**export.said))
            assert found.problems == [], name
            said[name] = (export, lines_of(made, found))
            assert submission.submit(made.settings, found).quarantined == [], name
        made.build()
        yield made, said


def lines_of(made: Warehouse, found: Return) -> list[str]:
    return preview.lines(found, load(made.settings.register, SEEDS))


def test_all_of_them_are_here(made: Made) -> None:
    assert made[1].keys() == MAKERS.keys()


@pytest.mark.parametrize("name", MAKERS)
def test_as_many_rows_as_the_preview_said(made: Made, name: str) -> None:
    warehouse, said = made
    export, lines = said[name]
    noun = export.kind.replace("_", " ")
    assert lines[0].startswith(f"{len(export.rows)} {noun}: ")
    assert len(found_of(warehouse, export)) == len(export.rows)


@pytest.mark.parametrize("name", [name for name, make in MAKERS.items() if make(POSTS).kind == "posts"])
def test_every_figure_is_the_files_and_the_preview_names_those_that_are_there(made: Made, name: str) -> None:
    warehouse, said = made
    export, lines = said[name]
    posts = found_of(warehouse, export)
    for row in export.rows:
        held = posts[row["post_id"]]
        assert {name: held[name] for name in COUNTERS} == {name: row[name] for name in COUNTERS}
    (filled,) = (line for line in lines if line.startswith("fills: "))
    named = filled.removeprefix("fills: ").split(", for ")[0].split(", ")
    for word, column in (
        ("views", "view_count"),
        ("reach", "reach_count"),
        ("impressions", "impression_count"),
        ("clicks", "click_count"),
        ("engagements", "engagement_count_at_export"),
    ):
        is_there = any(row[column] is not None for row in posts.values())
        assert (word in named) == is_there, word


def found_of(warehouse: Warehouse, export: Export) -> dict[Any, dict[str, Any]]:
    """The rows of its mart that are this file's, by what identifies them."""
    key = {
        "posts": ("post_id",),
        "messages": ("conversation_id", "message_id", "sent_at_utc"),
        "profiles": ("account_id", "activity_date", "follower_count"),
        "tool_figures": ("account_id", "tool", "figure", "from_date", "to_date"),
    }[export.kind]
    rows = export.rows
    if export.kind == "profiles":  # a count is that of its day
        rows = [row | {"activity_date": row["observed_at_utc"].date()} for row in rows]
    wanted = {tuple(row[name] for name in key) for row in rows}
    held: dict[Any, dict[str, Any]] = {}
    for row in warehouse.rows(TABLES[export.kind]):
        own = tuple(row[name] for name in key)
        if own in wanted:
            held[own[0] if len(own) == 1 else own] = row
    return held
