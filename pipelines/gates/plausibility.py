"""What a run's figures are beside those of the days before: the frames of expectations/plausible_*.json.

Belongs here: ratios to the recent past. Does not belong here: which of them pass (expectations/), or what
follows (landing_gate.py).

Only what passed is the past: a wrong level never becomes the usual one before somebody lets it in. `CHANCE`
is added on both sides of a ratio, because small numbers double by chance and large ones do not.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from pipelines.landing.quarantine import passed
from pipelines.landing.store import Landing
from pipelines.sources import catalogue
from pipelines.sources.account_pull import COUNT

Frames = Mapping[str, pl.DataFrame]

#: How long a platform can be down before what it then says is taken for the first that it ever said.
PAST = timedelta(days=7)
CHANCE = 100
#: A post lands at every pull until it is so old (landing/rule.py): younger ones must be there again.
LANDS_UNTIL = timedelta(hours=216)
#: After two days a post has most of what it will ever get: from then on its figures do not multiply.
SETTLED = timedelta(hours=48)
#: A platform's level is a median over accounts with so large a figure before, and so many of them: of fewer
#: or smaller ones it is one force's, or chance.
LEVEL_FROM, LEVEL_ACCOUNTS = 20, 10
#: An account whose figures come to so much together gains or loses one within a day.
LIVELY_FROM = 1000


def frames_of(landing: Landing, source: str, day: date, frames: Frames) -> dict[str, pl.DataFrame]:
    """By the name of its suite, each frame of figures; empty frames where there is no past.

    - plausible_profiles, plausible_posts: a row for each account and counter with `level_ratio`, the figure
      (of settled posts the sum) to the one before, and `fall_ratio`, that of the post that fell the most;
    - plausible_accounts: a row for each account with `is_same`, 1 where the platform's id is the one before,
      `kept_ratio`, of the posts that must be there again those that are, and `twin_share`, of its posts those
      with another of the same moment;
    - plausible_platform: for each counter `median_ratio` over the accounts and `null_share_rise`, and of all
      counters together `unchanged_share` of the lively accounts.
    """
    past = _past(landing, source, day, frames["requests"])
    pairs = {entity: _pairs(landing, source, entity, frames, past[entity]) for entity in past}
    # The first fault of an account is its reason: the platform's, then the account's, then a figure's.
    return {
        "plausible_platform": _platform(pl.concat(pairs.values())),
        "plausible_accounts": _accounts(landing, source, frames, past),
        "plausible_profiles": _levels(pairs["profiles"]),
        "plausible_posts": _levels(pairs["posts"]),
    }


def _past(landing: Landing, source: str, day: date, log: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The last row that passed of each profile and post, of the days before: minutes ago nothing had moved.

    Days are read backwards until every account that answers now has answered in one: mostly yesterday alone.
    """
    module = catalogue.source(source)
    keys = {"profiles": ["account_id"], "posts": ["account_id", module.KEYS["posts"]]}
    found, read = {}, {}
    for entity in keys:
        schema = landing.schemas[source, entity]
        counters = [name for name, kind in schema.items() if kind == COUNT]
        own = ["account_id", module.KEYS[entity], module.TIMES[entity], "pulled_at_utc", "run_id"]
        read[entity] = list(dict.fromkeys([*own, *counters]))
        found[entity] = [pl.DataFrame(schema=schema).select(read[entity])]
    missing = _answered(log)
    for back in range(1, PAST.days + 1):
        if not missing:
            break
        then = day - timedelta(days=back)
        for entity, frames in found.items():
            frames.append(passed(landing, source, entity, then, then, read[entity]))
        log = passed(landing, source, "requests", then, then, ["account_id", "entity", "status"])
        missing -= _answered(log)
    return {
        entity: pl.concat(frames, how="diagonal")
        .sort("run_id")
        .unique(keys[entity], keep="last", maintain_order=True)
        for entity, frames in found.items()
    }


def _answered(log: pl.DataFrame) -> set[tuple[str, str]]:
    """Account and entity of what was answered."""
    answered = log.filter(
        pl.col("status").is_in(["landed", "empty"]), pl.col("entity").is_in(["profiles", "posts"])
    )
    return set(answered.select("account_id", "entity").iter_rows())


def _pairs(landing: Landing, source: str, entity: str, frames: Frames, past: pl.DataFrame) -> pl.DataFrame:
    """Each counter of each profile or post now and before: account_id, force_id, counter, now, before,
    is_settled."""
    module, schema = catalogue.source(source), landing.schemas[source, entity]
    key, time = module.KEYS[entity], module.TIMES[entity]
    counters = [name for name, kind in schema.items() if kind == COUNT]
    by = ["account_id"] if entity == "profiles" else ["account_id", key]
    settled = pl.lit(True) if entity == "profiles" else pl.col("pulled_at_utc") - pl.col(time) >= SETTLED
    before = past.select(*by, *counters, is_settled=settled)
    now = frames[entity] if entity in frames else pl.DataFrame(schema=schema)
    both = now.select(*by, "force_id", *counters).join(before, by, suffix="_before")
    shape = {"account_id": pl.String, "force_id": pl.String, "is_settled": pl.Boolean}
    empty = pl.DataFrame(schema=shape | {"counter": pl.String, "now": pl.Int64, "before": pl.Int64})
    each = (
        both.select(*shape, counter=pl.lit(f"{entity}.{name}"), now=name, before=f"{name}_before")
        for name in counters
    )
    return pl.concat([empty, *each])


def _levels(pairs: pl.DataFrame) -> pl.DataFrame:
    now, before = (pl.col(name).filter(pl.col("is_settled")).sum() for name in ("now", "before"))
    known = pairs.drop_nulls(["now", "before"])
    return known.group_by("account_id", "force_id", "counter", maintain_order=True).agg(
        level_ratio=(now + CHANCE) / (before + CHANCE),
        fall_ratio=((pl.col("now") + CHANCE) / (pl.col("before") + CHANCE)).min(),
    )


def _accounts(landing: Landing, source: str, frames: Frames, past: Frames) -> pl.DataFrame:
    """Of each account whose posts were answered; its profile may have failed, and then `is_same` is null."""
    module = catalogue.source(source)
    native, post, time = module.KEYS["profiles"], module.KEYS["posts"], module.TIMES["posts"]
    log = frames["requests"]
    answered = log.filter(pl.col("entity") == "posts", pl.col("status").is_in(["landed", "empty"]))
    now = {
        entity: frames.get(entity, pl.DataFrame(schema=landing.schemas[source, entity])) for entity in past
    }
    same = now["profiles"].join(past["profiles"], on="account_id", suffix="_before")
    same = same.select("account_id", is_same=(pl.col(native) == pl.col(f"{native}_before")).cast(pl.Int64))
    due = past["posts"].join(answered.select("account_id", asked_at="pulled_at_utc"), on="account_id")
    due = due.filter(pl.col("asked_at") - pl.col(time) < LANDS_UNTIL)
    seen = now["posts"].select("account_id", post, is_kept=pl.lit(1))
    kept = due.join(seen, on=["account_id", post], how="left").group_by("account_id")
    # Two posts, more or less, are chance.
    kept_ratio = kept.agg(kept_ratio=(pl.col("is_kept").sum() + 2) / (pl.len() + 2))
    twins = now["posts"].with_columns(is_twin=pl.len().over("account_id", time) > 1).group_by("account_id")
    twin_share = twins.agg(twin_share=pl.col("is_twin").sum() / (pl.len() + 2))
    found = answered.select("account_id", "force_id").unique(maintain_order=True)
    for frame in (same, kept_ratio, twin_share):
        found = found.join(frame, on="account_id", how="left")
    return found


def _platform(pairs: pl.DataFrame) -> pl.DataFrame:
    settled = pairs.drop_nulls(["now", "before"]).filter("is_settled")
    sums = settled.group_by("counter", "account_id").agg(pl.col("now", "before").sum())
    large = sums.filter(pl.col("before") >= LEVEL_FROM).group_by("counter")
    levels = large.agg(median_ratio=(pl.col("now") / pl.col("before")).median(), of=pl.len())
    nulls = pairs.group_by("counter").agg(
        null_share_rise=pl.col("now").is_null().mean() - pl.col("before").is_null().mean(), of=pl.len()
    )
    # Of an account every figure: some are rounded, and stand still for weeks.
    moved = pairs.group_by("account_id").agg(
        pl.col("before").sum(), is_unchanged=(pl.col("now") == pl.col("before")).all()
    )
    lively = moved.filter(pl.col("before") >= LIVELY_FROM)
    still = lively.select(counter=pl.lit("all"), unchanged_share=pl.col("is_unchanged").mean(), of=pl.len())
    known = [frame.filter(pl.col("of") >= LEVEL_ACCOUNTS).drop("of") for frame in (levels, nulls, still)]
    return pl.concat(known, how="diagonal").unique(maintain_order=True)
