"""Whose posts the outcomes of a return are about, as far as the posts have landed.

Here: looking posts up in landing. Not here: reading the return.
"""

from collections import defaultdict

import polars as pl

from pipelines.landing.store import Landing
from pipelines.returns import limits
from pipelines.returns.model import Problem, Return, shown
from pipelines.sources import catalogue


def foreign_outcomes(landing: Landing, found: Return) -> list[Problem]:
    """The outcomes about a post that has landed for other forces and not for the one that returns them.

    A post that has not landed is nobody's yet, and its outcome is taken.
    """
    wanted = found.found.select("post_id").unique().collect()
    owners = _owners(landing, wanted)
    problems: list[Problem] = []
    for row in found.found.select("line", "post_id", "force_id").collect().iter_rows(named=True):
        own = owners.get(row["post_id"], {row["force_id"]})
        if row["force_id"] not in own and len(problems) < limits.MAX_PROBLEMS:
            whose = ", ".join(sorted(own))
            reason = f"This post was made by {whose}, not by {row['force_id']}. Check post_id and force_id."
            problems.append(Problem(row["line"], "post_id", shown(row["post_id"]), reason))
    return problems


def _owners(landing: Landing, wanted: pl.DataFrame) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = defaultdict(set)
    for source, entity in landing.schemas:
        files = sorted((landing.root / source / entity).glob("day=*/*.parquet")) if entity == "posts" else []
        if not files:
            continue
        name = "post_id" if source == "returns" else catalogue.source(source).KEYS["posts"]
        rows = pl.scan_parquet(files, missing_columns="insert").select(
            pl.col(name).alias("post_id"), "force_id"
        )
        for post_id, force_id in (
            rows.join(wanted.lazy(), on="post_id", how="semi").unique().collect().iter_rows()
        ):
            owners[post_id].add(force_id)
    return dict(owners)
