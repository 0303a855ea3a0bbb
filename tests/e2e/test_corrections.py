"""A declared correction on a pulled nation: refused where it is wrong, mended and named where it is right."""

from collections.abc import Callable

import polars as pl
import pytest

from pipelines.registry.corrections import FILE, NONE
from tests.e2e.conftest import Nation
from tests.e2e.test_rebuild import bytes_of

pytestmark = [pytest.mark.e2e, pytest.mark.long]

#: What stands for the end of October is Kent's count of 1 November; Mastodon was wrong while October's last
#: posts became seven days old.
KENT = "bluesky,bluesky:kent,,follower_count,2026-11-01,2026-11-01,16000,read elsewhere,A,2026-11-10"
FOLLOWERS = f"kent-followers,{KENT}"
LIKES = "mastodon-likes,mastodon,,,like_count,2026-10-28,2026-11-05,,likes counted twice,A,2026-11-10"
CELL = ["indicator_id", "area_id", "platform", "account_scope", "period_type", "period_start"]
COLUMNS = [*CELL, "value", "value_note", "correction_ids", "note_detail"]


def cells_of(nation: Nation) -> pl.DataFrame:
    rows = nation.query(f"select {', '.join(COLUMNS)} from bench_values")
    return pl.DataFrame(rows, schema=COLUMNS, orient="row", infer_schema_length=None)


def landed_in(nation: Nation) -> dict[str, str]:
    """Every landed file by its sum; last_run is the counter of runs, which a build takes on."""
    files = bytes_of(nation.home / "landing")
    return {name: digest for name, digest in files.items() if "last_run" not in name}


def test_a_declared_correction_mends_figures_and_is_named_by_all_that_it_touches(
    copied: Callable[[], Nation],
) -> None:
    nation = copied()
    before = cells_of(nation)
    assert before["correction_ids"].null_count() == before.height
    landed, published = landed_in(nation), nation.release
    register = nation.home / "register" / FILE
    assert register.read_text() == NONE

    register.write_text(f"{NONE}{FOLLOWERS}\n{LIKES.replace('mastodon,', 'myspace,', 1)}\n")
    refused = nation.run("build")
    assert refused.returncode != 0
    assert f"{FILE}, line 3, column platform: 'myspace' is not in the register" in refused.stderr
    assert nation.release == published

    register.write_text(f"{NONE}{FOLLOWERS}\n{LIKES}\n")
    done = nation.run("build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert landed_in(nation) == landed
    after = cells_of(nation)
    both = before.join(after, on=CELL, suffix="_after", validate="1:1", maintain_order="left")
    assert both.height == before.height == after.height
    is_same = pl.col("value").eq_missing(pl.col("value_after"))
    is_same &= pl.col("value_note").eq_missing(pl.col("value_note_after"))
    changed = both.filter(~is_same)
    assert changed.height > 0
    assert changed["correction_ids_after"].null_count() == 0
    named = after.filter(pl.col("correction_ids").is_not_null())
    assert set(named.select("indicator_id", "platform", "correction_ids").rows()) == {
        ("followers_per_1k", "bluesky", "kent-followers"),
        ("official_followers_pct", "bluesky", "kent-followers"),
        ("engagements_per_1k_followers", "bluesky", "kent-followers"),
        ("engagements_per_1k", "mastodon", "mastodon-likes"),
        ("engagements_per_1k_followers", "mastodon", "mastodon-likes"),
        ("engagements_per_post", "mastodon", "mastodon-likes"),
        ("engagements_1h_per_post", "mastodon", "mastodon-likes"),
        ("engagements_24h_per_post", "mastodon", "mastodon-likes"),
        ("engagements_top_tenth_pct", "mastodon", "mastodon-likes"),
    }
    assert named["note_detail"].str.contains("1 declared correction: ").all()

    [row] = nation.json(
        "table", "followers_per_1k", "--force", "kent", "--platform", "bluesky", "--period", "2026-10"
    )
    assert row["note"] == "1 declared correction: read elsewhere (kent-followers)."
    own = nation.release / "extracts" / "kent"
    cells = pl.read_csv(own / "benchmarks.csv", infer_schema=False)
    assert "kent-followers" in cells["correction_ids"].to_list()
    posts = pl.read_csv(own / "posts.csv", infer_schema=False).filter(
        pl.col("correction_ids_7d").is_not_null()
    )
    assert posts.height > 0
    assert posts["like_count_7d"].null_count() == posts.height
    assert posts["share_count_7d"].null_count() == 0
    declared = pl.read_parquet(nation.release / "tables" / "dim_correction.parquet")
    assert declared["correction_id"].to_list() == ["kent-followers", "mastodon-likes"]
