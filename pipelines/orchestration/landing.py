"""The landing assets, one a platform and day, and the landing gate as their blocking check.

Belongs here: run config, metadata, retries. Does not belong here: asking platforms (landing/pull.py) or what
is checked (gates/, expectations/).
"""

from collections.abc import Sequence
from dataclasses import asdict

import dagster as dg

from pipelines.gates.landing_gate import landing_gate
from pipelines.gates.records import record
from pipelines.landing.pull import pull_day
from pipelines.landing.store import new_run_id, open_landing
from pipelines.orchestration.partitions import day_of, days
from pipelines.orchestration.resources import Progress
from pipelines.registry import RegistryError, load
from pipelines.settings import SEEDS, Settings, SettingsError
from pipelines.sources.catalogue import pulled_platforms

#: For infrastructure only: an account that fails is logged and never raises.
RETRY = dg.RetryPolicy(max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


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
                new_run_id(context.run_id),
                forces=config.forces,
                on_start=lambda total: progress.accounts(platform, total),
                on_done=lambda _: progress.account_done(),
            )
        except (SettingsError, RegistryError) as error:  # trying again would change nothing
            raise dg.Failure(str(error), allow_retries=False) from error
        for line in pulled.missing:
            context.log.warning("did not land: %s", line)
        metadata = asdict(pulled) | {"day": day.isoformat(), "missing": _as_markdown(pulled.missing)}
        return dg.MaterializeResult(metadata=metadata)

    @dg.asset_check(
        asset=key,
        name="landing_gate",
        blocking=True,
        description="GX on what this run landed. A force that fails is quarantined alone; more than a "
        "quarter of all forces, and the whole run is quarantined and nothing is published.",
    )
    def gate(
        context: dg.AssetCheckExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.AssetCheckResult:
        landing = open_landing(settings)
        day = day_of(context.run)
        run = [r for r in landing.runs(platform) if day is None or r[0] == day][-1]
        register = load(settings.register, SEEDS)
        result = landing_gate(landing, platform, run[0], run[1], sorted(register.forces))
        record(settings.gates, result)
        return dg.AssetCheckResult(
            passed=result.passed,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={
                "run": run[1],
                "rows checked": sum(result.checked_rows.values()),
                "forces quarantined": len(result.quarantined),
                "quarantined": _as_markdown([f"{force}: {why}" for force, why in result.quarantined.items()]),
                "summary": "; ".join(result.failures[:3]) or "every expectation holds",
                "failures": _as_markdown(result.failures),
            },
        )

    return land, gate


def _as_markdown(lines: Sequence[str]) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md("\n".join(f"- {line}" for line in lines) or "none")


def build_assets(
    settings: Settings,
) -> tuple[list[dg.AssetsDefinition], list[dg.AssetChecksDefinition]]:
    """The landing asset of each platform that is pulled, and their gates."""
    daily = days(settings)
    built = [_build(platform, daily) for platform in pulled_platforms()]
    return [asset for asset, _ in built], [check for _, check in built]


#: Files that forces send: landed by `beatbook returns submit`, not by a run.
returns = dg.AssetSpec(
    ["landing", "returns"],
    group_name="landing",
    kinds={"parquet"},
    description="What forces sent in place of an API: `beatbook returns submit FILE`.",
)
