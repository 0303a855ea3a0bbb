"""What the UI says of every asset beside its description: whose it is, its station, its code, its freshness.

Belongs here: what follows from an asset's key. Does not belong here: what an asset does or says of a run of
it (landing.py, warehouse.py, release.py), or telling someone that it is stale (sensors.py).
"""

import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.alerts.troubles import LANDED_BY, RELEASE_AGE
from pipelines.settings import PROJECT, Settings

OWNER = "team:beatbook"
#: Of each station the code that does its work; of dbt's assets it is their own SQL or CSV (warehouse.py).
_CODE = {
    "landing/returns": "pipelines/returns/submit.py",
    "release": "pipelines/release/publish.py",
    "extracts": "pipelines/release/extracts.py",
}


def annotated(settings: Settings, spec: dg.AssetSpec) -> dg.AssetSpec:
    """The spec with an owner, tags, its code and, where time goes on, a freshness policy.

    The sandbox's story has fixed days: there everything would be stale for ever.
    """
    key = spec.key.to_user_string()
    is_pulled = key.startswith("landing/") and key not in _CODE
    figures = "invented" if settings.profile.is_invented else "real"
    spec = spec.merge_attributes(owners=[OWNER], tags={"beatbook/figures": figures})
    if is_pulled or key in _CODE:
        path = _CODE.get(key, f"pipelines/sources/{spec.key.path[-1]}.py")
        spec = spec.merge_attributes(metadata=code_reference(PROJECT / path))
    if settings.profile.has_past:
        return spec
    if is_pulled:
        return spec.replace_attributes(freshness_policy=_landed_today())
    if key == "release":
        return spec.replace_attributes(freshness_policy=dg.FreshnessPolicy.time_window(RELEASE_AGE))
    return spec


def code_reference(path: Path) -> dict[str, Any]:
    """Metadata by which the UI links to a file."""
    with warnings.catch_warnings():  # that these classes may change; tests/orchestration uses them
        warnings.simplefilter("ignore", dg.BetaWarning)
        reference = dg.LocalFileCodeReference(file_path=str(path), line_number=1)
        return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[reference])}


def _landed_today() -> dg.FreshnessPolicy:
    """Materialised since midnight in London, when the deadline of the morning has come."""
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"{LANDED_BY.minute} {LANDED_BY.hour} * * *",
        lower_bound_delta=timedelta(hours=LANDED_BY.hour, minutes=LANDED_BY.minute),
        timezone="Europe/London",
    )
