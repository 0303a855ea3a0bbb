"""The landing assets, one a platform and day, and what the landing gate said of each day as their check.

Belongs here: run config, metadata, retries. Does not belong here: asking platforms (landing/pull.py) or what
is checked (gates/, expectations/).
"""

import warnings
from collections.abc import Sequence
from dataclasses import asdict

import dagster as dg
import polars as pl

from pipelines.gates.data_docs import folder_of, of_landing
from pipelines.gates.landing_gate import judge_again
from pipelines.landing.manifest import DamagedError
from pipelines.landing.pull import pull_day
from pipelines.landing.quarantine import WHOLE, quarantined
from pipelines.landing.store import is_pulse, open_landing
from pipelines.orchestration.partitions import day_of, days
from pipelines.orchestration.resources import Progress
from pipelines.registry import RegistryError, load
from pipelines.settings import SEEDS, Settings, SettingsError
from pipelines.sources.catalogue import pulled_platforms

#: For infrastructure only: an account that fails is logged and never raises.
RETRY = dg.RetryPolicy(max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)

MAX_ROWS_SHOWN = 100


class PullConfig(dg.Config):
    """Launchpad: `forces: [derbyshire]` pulls these forces again; empty is every force."""

    forces: list[str] = []


def _build(
    platform: str, daily: dg.DailyPartitionsDefinition
) -> tuple[dg.AssetsDefinition, dg.AssetChecksDefinition]:
    """A platform's landing asset and its gate."""
    key = dg.AssetKey(["landing", platform])

    @dg.asset(
        key=key,
        partitions_def=daily,
        group_name="landing",
        retry_policy=RETRY,
        kinds={"parquet"},
        description=f"What {platform} said of every due account on a day. Columns: docs/landing.md.",
    )
    def land(
        context: dg.AssetExecutionContext,
        config: PullConfig,
        settings: dg.ResourceParam[Settings],
        progress: dg.ResourceParam[Progress],
    ) -> dg.MaterializeResult[None]:
        day = day_of(context.run) or settings.profile.today()
        try:
            pulled = pull_day(
                settings,
                platform,
                day,
                open_landing(settings).new_run_id(context.run.run_id),
                forces=config.forces,
                on_start=lambda total: progress.accounts(platform, total),
                on_done=lambda _: progress.account_done(),
            )
        except (SettingsError, RegistryError) as error:  # trying again would change nothing
            raise dg.Failure(str(error), allow_retries=False) from error
        for line in pulled.missing:
            context.log.warning("did not land: %s", line)
        for line in pulled.quarantined:
            context.log.warning("quarantined: %s", line)
        lists = {name: _as_markdown(getattr(pulled, name)) for name in ("missing", "quarantined")}
        rows = {"dagster/row_count": sum(pulled.row_counts.values())}
        metadata = asdict(pulled) | {"day": day.isoformat()} | lists | rows
        return dg.MaterializeResult(metadata=metadata)

    def gate(
        context: dg.AssetCheckExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.AssetCheckResult:
        day = day_of(context.run)
        if day is None:  # the UI asks for one; a script may forget it
            raise dg.Failure("choose the day that is to be judged", allow_retries=False)
        landing = open_landing(settings)
        runs = [run_id for _, run_id in landing.runs(platform, day, day)]
        pulses = [run_id for _, run_id in landing.runs(platform, day, day, pulses=True) if is_pulse(run_id)]
        register = load(settings.register, SEEDS)
        try:
            for run_id in (*runs, *pulses):
                judge_again(landing, platform, day, run_id, register.forces)
            # A pulse says nothing of the day, whatever became of it.
            refused = quarantined(landing, platform, day, day).filter(pl.col("run_id").is_in(runs))
        except DamagedError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        pages: dg.RawMetadataValue = f"`beatbook gates --day {day}` makes them"
        if not refused.is_empty():  # somebody will want to see why; on other days nobody waits for pages
            of_landing(settings, landing, platform, day, register.forces)
            pages = dg.MetadataValue.path(folder_of(settings, platform, day) / "index.html")
        return _verdict(runs, refused, pages)

    with warnings.catch_warnings():  # Dagster warns that checks by day are new; tests/orchestration runs one
        warnings.simplefilter("ignore", dg.PreviewWarning)
        check = dg.asset_check(
            asset=key,
            name="landing_gate",
            partitions_def=daily,
            description="Of all that landed on a day, whose rows count. An account whose rows are wrong is "
            "quarantined alone; more than a quarter of the platform's forces, and the platform is for that "
            "day. The rest is published and the gaps are named. Executing it judges the day again by today's "
            "expectations.",
        )
        return land, check(gate)


def _verdict(runs: Sequence[str], refused: pl.DataFrame, pages: "dg.RawMetadataValue") -> dg.AssetCheckResult:
    whole = refused.filter(pl.col("expectation") == WHOLE)["detail"].to_list()
    first = refused["detail"].to_list()
    columns = ["force_id", "account_id", "run_id", "expectation", "detail"]
    table = [dg.TableRecord(row) for row in refused.select(columns).head(MAX_ROWS_SHOWN).to_dicts()]
    schema = dg.TableSchema([dg.TableColumn(name) for name in columns])
    return dg.AssetCheckResult(
        passed=refused.is_empty() and bool(runs),
        severity=dg.AssetCheckSeverity.ERROR if whole else dg.AssetCheckSeverity.WARN,
        metadata={
            "runs": len(runs),
            "forces quarantined": refused["force_id"].n_unique(),
            "accounts quarantined": refused["account_id"].n_unique(),
            "quarantined": dg.MetadataValue.table(table, schema),
            "pages": pages,
            "summary": (whole or first or ["every expectation holds" if runs else "nothing landed"])[0],
        },
    )


def _as_markdown(lines: Sequence[str]) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md("\n".join(f"- {line}" for line in lines) or "none")


def build_assets(
    settings: Settings,
) -> tuple[list[dg.AssetsDefinition], list[dg.AssetChecksDefinition]]:
    """The landing asset of each platform that is pulled, and their gates."""
    daily = days(settings)
    built = [_build(platform, daily) for platform in pulled_platforms()]
    return [asset for asset, _ in built], [check for _, check in built]


#: Files that forces send: landed by `beatbook returns import`, not by a run.
returns = dg.AssetSpec(
    ["landing", "returns"],
    group_name="landing",
    kinds={"parquet"},
    description="What forces sent in place of an API: `beatbook returns import FILE`.",
)
