"""The definitions of the indicators, read from dbt/seeds and refused where a row cannot be what it says.

Belongs here: reading indicators.csv and indicator_versions.csv, and what must hold between them, the
catalogue and the measures of dbt_project.yml. Does not belong here: computing anything (dbt/models).
"""

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from pipelines.registry.register import Metric, load_platforms
from pipelines.registry.seed_rows import RegistryError, Row, Where, keyed, read_rows, refer

#: The columns that say what is computed. The others can be improved without a new version.
DEFINING = (
    *("kind", "numerator_measure", "denominator_measure", "n_measure", "multiplier", "known_by", "metrics"),
    *("metric_rule", "platforms", "is_pooled", "horizon", "interval_method", "minimum_n"),
)
#: The same, of columns that came later: where one is empty the definition is as it was before.
DEFINING_IF_SET = ("variance_measure",)
#: Those of dim_period.
PERIOD_TYPES = {"week", "month", "quarter", "year", "rolling_12_months"}
#: Parts of the conversations of a month: the first two add up to all of them, and so do the next two; staffed
#: are those of the accounts whose hours are declared.
PARTS = ("night", "day", "weekend", "weekday", "staffed")
_MEASURES = ("numerator_measure", "denominator_measure", "n_measure")


class Indicator(Row, frozen=True, kw_only=True):
    indicator_id: str
    version: Annotated[int, Meta(ge=1)]
    position: int
    name: str
    why_it_matters: str
    numerator: str
    denominator: str
    unit: str
    kind: Literal["ratio", "model"]
    numerator_measure: str | None = None
    denominator_measure: str | None = None
    n_measure: str
    multiplier: Annotated[int, Meta(ge=1)]
    polarity: Literal["higher_is_better", "lower_is_better", "none"]
    known_by: Literal[
        "register",
        "collection",
        "neighbourhoods",
        "followers",
        "followers_both",
        "posts",
        "values_1h",
        "values_24h",
        "values_7d",
        "values_export",
        "outcomes",
        "messages",
        "direct_messages",
    ]
    metrics: str
    metric_rule: Literal["all", "any"]
    platforms: str | None = None
    only_account_scope: str | None = None
    period_types: str | None = None
    part: Literal["night", "day", "weekend", "weekday", "staffed"] | None = None
    is_pooled: bool
    horizon: str | None = None
    interval_method: Literal["byar", "wilson", "kaplan_meier_log_log", "kaplan_meier_greenwood", "none"]
    variance_measure: str | None = None
    minimum_n: Annotated[int, Meta(ge=0)]
    caveats: str
    checked_by: str | None = None
    checked_on: date | None = None

    def digest(self) -> str:
        """SHA-256, in hex, of the columns that define the number."""
        later = [column for column in DEFINING_IF_SET if getattr(self, column) is not None]
        defined = [(column, getattr(self, column)) for column in (*DEFINING, *later)]
        return hashlib.sha256(msgspec.json.encode(defined)).hexdigest()


class IndicatorVersion(Row, frozen=True, kw_only=True):
    indicator_id: str
    version: int
    definition_sha256: str
    since_date: date


class _Scope(Row, frozen=True, kw_only=True):
    account_scope: str
    name: str
    account_type: str


class _Vars(msgspec.Struct):
    """What dbt_project.yml says of measures and waiting times."""

    day_measures: list[str]
    period_measures: list[str]
    standard_measures: list[str]
    variance_measures: list[str]
    horizons: dict[str, int]

    def measures(self) -> set[str]:
        return {*self.day_measures, *self.period_measures, *self.standard_measures}


def check_indicators(seeds_dir: Path) -> dict[str, Indicator]:
    """Every indicator by its id, in the order of the file. dbt_project.yml lies above `seeds_dir`.

    Raises:
        RegistryError: a cell is empty, outside its list or names what does not exist, an id is there twice,
            or a definition has changed under the same version.
    """
    rows = read_rows(seeds_dir / "indicators.csv", Indicator)
    indicators: dict[str, Indicator] = keyed(rows, "indicator_id")
    known = _vars(seeds_dir.parent / "dbt_project.yml")
    platforms = {platform.platform for platform in load_platforms(seeds_dir)}
    scopes = {scope.account_scope for _, scope in read_rows(seeds_dir / "account_scopes.csv", _Scope)}
    metrics = {metric.metric for _, metric in read_rows(seeds_dir / "platform_metrics.csv", Metric)}
    for where, row in rows:
        _check_measures(where, row, known.measures())
        _check_variance(where, row, known.variance_measures)
        _check_horizon(where, row, known.horizons)
        _check_part(where, row)
        _check_names(where, "metrics", row.metrics, metrics)
        if row.known_by == "neighbourhoods" or row.platforms == "all":
            _check_on_all(where, row)
        else:
            _check_names(where, "platforms", row.platforms, platforms)
        _check_names(where, "only_account_scope", row.only_account_scope, scopes)
        _check_names(where, "period_types", row.period_types, PERIOD_TYPES)
        is_of_messages = row.known_by in ("messages", "direct_messages")
        if row.is_pooled and not is_of_messages and row.platforms != "all":
            raise where.error(
                "is_pooled", "only messages are pooled over platforms, other counts do not compare"
            )
        if is_of_messages and row.minimum_n == 0:
            raise where.error("minimum_n", "at least 1: without messages there is nothing to divide by")
    versions = read_rows(seeds_dir / "indicator_versions.csv", IndicatorVersion)
    refer(versions, "indicator_id", indicators)
    by_version: dict[tuple[str, int], IndicatorVersion] = keyed(versions, "indicator_id", "version")
    for where, row in rows:
        _check_version(where, row, by_version.get((row.indicator_id, row.version)))
    return indicators


def _vars(project: Path) -> _Vars:
    found: dict[str, Any] = msgspec.yaml.decode(project.read_bytes())
    try:
        return msgspec.convert(found["vars"], _Vars)
    except msgspec.ValidationError as error:
        raise RegistryError(project.name, 1, "vars", str(error)) from error


def _check_measures(where: Where, row: Indicator, measures: set[str]) -> None:
    for column in _MEASURES:
        measure = getattr(row, column)
        if measure is None and row.kind == "ratio":
            raise where.error(column, "empty, and a ratio needs it")
        if measure is not None and measure not in measures:
            raise where.error(column, f"{measure!r} is no measure of dbt_project.yml")
    if row.kind == "ratio" and row.interval_method.startswith("kaplan_meier"):
        raise where.error("interval_method", "a ratio has byar, wilson or none")


def _check_variance(where: Where, row: Indicator, variances: list[str]) -> None:
    """What clusters do to the limits of a curve is read off with it; of other indicators the row says it."""
    if row.variance_measure is None:
        return
    if row.variance_measure not in variances:
        raise where.error("variance_measure", f"{row.variance_measure!r} is not in dbt_project.yml")
    if row.interval_method not in ("byar", "wilson"):
        raise where.error("variance_measure", "without Byar's or Wilson's limits nothing is told by it")
    of_messages = {"messages": "", "direct_messages": "direct_"}.get(row.known_by, "post_")
    is_direct, is_of_posts = (row.variance_measure.startswith(prefix) for prefix in ("direct_", "post_"))
    if is_direct != (of_messages == "direct_") or is_of_posts != (of_messages == "post_"):
        raise where.error("variance_measure", f"{row.variance_measure!r} is not of {row.known_by}")


def _check_horizon(where: Where, row: Indicator, horizons: dict[str, int]) -> None:
    """While somebody was lost before the horizon a share is read off the curve: both are of one time."""
    if row.horizon is not None and row.horizon not in horizons:
        raise where.error("horizon", f"{row.horizon!r} is not among {', '.join(horizons)} (dbt_project.yml)")
    prefixes = ("direct_",) if row.known_by == "direct_messages" else ("", "comparable_")
    by_measure = {f"{prefix}answered_{horizon}_count": horizon for horizon in horizons for prefix in prefixes}
    if row.horizon != by_measure.get(row.numerator_measure or ""):
        raise where.error(
            "horizon", f"{row.horizon or 'empty'}, but the numerator is {row.numerator_measure}"
        )


def _check_part(where: Where, row: Indicator) -> None:
    """Parts add up to all: what is published of one tells of the other, which the attack must know of."""
    of_part = [part for part in PARTS if (row.denominator_measure or "").startswith(f"{part}_")]
    if row.part != (of_part[0] if of_part else None):
        raise where.error("part", f"{row.part or 'empty'}, but the denominator is {row.denominator_measure}")
    if row.part and (row.is_pooled or row.only_account_scope != "all"):
        raise where.error("part", "a part is of all accounts of one platform")
    if row.part == "staffed" and row.polarity != "none":
        raise where.error(
            "polarity", "staffed time rewards short hours: more of it is neither better nor worse"
        )
    if row.part and row.part != "staffed" and "week" in (row.period_types or "week"):
        raise where.error("period_types", "a part is of no week")


def _check_on_all(where: Where, row: Indicator) -> None:
    """Of all platforms alone are what the register counts of the force as a whole: its neighbourhoods, each
    without an account when it has none anywhere, and its platforms."""
    if row.known_by not in ("neighbourhoods", "register"):
        raise where.error("platforms", "what the register knows alone is of all platforms together")
    for column, only in (("platforms", "all"), ("is_pooled", True), ("only_account_scope", "all")):
        if getattr(row, column) != only:
            raise where.error(column, "what is of all platforms is of all accounts, and pooled")
    if row.polarity != "none":
        raise where.error("polarity", "forces differ in what they need: nobody is better by it")


def _check_names(where: Where, column: str, names: str | None, known: set[str]) -> None:
    for name in names.split("|") if names else ():
        if name not in known:
            raise where.error(column, f"{name!r} is not in the catalogue")


def _check_version(where: Where, row: Indicator, stated: IndicatorVersion | None) -> None:
    digest = row.digest()
    if stated is None:
        problem, version = "no digest of this version is known", row.version
    elif stated.definition_sha256 != digest:
        problem = f"the definition has changed under version {row.version}: give it the next version"
        version = row.version + 1
    else:
        return
    line = f"{row.indicator_id},{version},{digest},YYYY-MM-DD"
    raise where.error("version", f"{problem}; indicator_versions.csv needs the row {line}")
