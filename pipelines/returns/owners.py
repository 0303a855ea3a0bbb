"""Whose posts the outcomes of a return are about, as far as the posts have landed.

Here: looking posts up in landing. Not here: reading the return.
"""

from collections import defaultdict

import polars as pl

from pipelines.landing.store import Landing
from pipelines.returns import limits
from pipelines.returns.model import Problem, Return, shown
from pipelines.sources import catalogue


def owned(landing: Landing, found: Return) -> tuple[list[Problem], tuple[str, ...]]:
    """The outcomes about a post that has landed for other accounts and not for the one that is named, and
    what is to be noted of those about posts that have not landed.

    A post that has not landed is nobody's yet, and its outcome is taken: it counts once the post has.
    """
    wanted = found.found.select("post_id").unique().collect()
    owners = _owners(landing, wanted)
    problems: list[Problem] = []
    for row in found.found.select("line", "post_id", "account_id").collect().iter_rows(named=True):
        own = owners.get(row["post_id"], {row["account_id"]})
        if row["account_id"] not in own and len(problems) < limits.MAX_PROBLEMS:
            reason = (
                f"This post was made by {', '.join(sorted(own))}, not by {row['account_id']}. "
                "Check post_id, platform and handle."
            )
            problems.append(Problem(row["line"], "post_id", shown(row["post_id"]), reason))
    unknown = wanted.height - len(owners)
    note = f"{unknown} of {wanted.height} posts are not known yet: what came of them counts once they are"
    return problems, (note,) if unknown else ()


def _owners(landing: Landing, wanted: pl.DataFrame) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = defaultdict(set)
    for source, entity in landing.schemas:
        files = sorted((landing.root / source / entity).glob("day=*/*.parquet")) if entity == "posts" else []
        if not files:
            continue
        name = "post_id" if source == "returns" else catalogue.source(source).KEYS["posts"]
        rows = pl.scan_parquet(files, missing_columns="insert").select(
            pl.col(name).alias("post_id"), "account_id"
        )
        for post_id, account_id in (
            rows.join(wanted.lazy(), on="post_id", how="semi").unique().collect().iter_rows()
        ):
            owners[post_id].add(account_id)
    return dict(owners)
