"""Real posts by five forces, sent as a return, add up to what is known of them."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from pipelines.returns import read_return
from tests.returns.conftest import hash_author

SHARED = Path(os.environ.get("BEATBOOK_SHARED", Path(__file__).parents[3] / "shared"))
POSTS = SHARED / "real" / "posts_five_forces_2019_2021.csv"
NAMES = {"repost_count": "share_count", "reply_count": "comment_count"}


@dataclass(frozen=True)
class Account:
    account_id: str
    force_id: str


@pytest.mark.skipif(not POSTS.is_file(), reason="the real posts are not beside this copy")
def test_real_posts_reconcile(tmp_path):
    with POSTS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    accounts = {
        (row["platform"], row["handle"]): Account(f"{row['force_id']}-x", row["force_id"]) for row in rows
    }
    path = tmp_path / "posts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        header = [NAMES.get(name, name) for name in rows[0]] + ["observed_at"]
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        for row in rows:
            renamed = {NAMES.get(name, name): cell for name, cell in row.items()}
            renamed["kind"] = "post" if row["kind"] == "tweet" else row["kind"]
            writer.writerow(renamed | {"observed_at": "2021-12-01T00:00:00Z"})
    result = read_return(
        path,
        lambda platform, handle: accounts.get((platform, handle)),
        frozenset(row["force_id"] for row in rows),
        frozenset({"x"}),
        hash_author=hash_author,
    )
    assert result.problems == []
    assert (result.kind, result.rows.height) == ("posts", 5750)
    sums = result.rows.select(pl.col("^(like|share|comment|quote)_count$").sum()).row(0, named=True)
    assert sums == {
        "like_count": 45_025,
        "share_count": 35_123,
        "comment_count": 7_087,
        "quote_count": 3_712,
    }
    assert result.rows["post_id"].n_unique() == len({row["post_id"] for row in rows})
