"""What of its newest day a release holds: forces that were due, and those of them that were collected."""

from datetime import date
from pathlib import Path

import polars as pl

from pipelines.release.coverage import coverage

NEWEST, BEFORE = date(2026, 11, 9), date(2026, 11, 8)


def test_forces_are_counted_by_platform_and_over_all_of_them(tmp_path: Path) -> None:
    rows = [
        (NEWEST, "youtube", "kent", "landed", True),
        (NEWEST, "youtube", "kent", "failed", True),  # one of its two accounts is enough
        (NEWEST, "youtube", "surrey", "failed", True),
        (NEWEST, "bluesky", "surrey", "empty", True),  # asked, and had nothing to say
        (NEWEST, "bluesky", "essex", "throttled", True),
        (NEWEST, "bluesky", "dorset", "failed", False),  # was not due
        (BEFORE, "bluesky", "essex", "landed", True),
    ]
    columns = ["collected_date", "platform", "force_id", "status", "is_due"]
    (tmp_path / "tables").mkdir()
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(
        tmp_path / "tables" / "fct_collection.parquet"
    )
    assert coverage(tmp_path) == [
        {"platform": "all", "due_count": 3, "collected_count": 2, "missing": "essex"},
        {"platform": "bluesky", "due_count": 2, "collected_count": 1, "missing": "essex"},
        {"platform": "youtube", "due_count": 2, "collected_count": 1, "missing": "surrey"},
    ]


def test_where_nothing_is_pulled_there_are_no_rows(tmp_path: Path) -> None:
    schema = {"collected_date": pl.Date, "platform": pl.String, "force_id": pl.String, "status": pl.String}
    (tmp_path / "tables").mkdir()
    none = pl.DataFrame(schema=schema | {"is_due": pl.Boolean})
    none.write_parquet(tmp_path / "tables" / "fct_collection.parquet")
    assert coverage(tmp_path) == []
