"""Every setting, typed, in one place. Each is an environment variable `BEATBOOK_<NAME>`.

Belongs here: settings and the paths that follow from them. Does not belong here: thresholds of checks
(they stand beside the check, with their reason).
"""

import os
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent
SEEDS = PROJECT / "dbt" / "seeds"
LONDON = ZoneInfo("Europe/London")
PULL_TIME = time(5, 30)  # Europe/London

#: The sandbox nation's story ends here; `beatbook run` pulls up to this day unless told otherwise.
SANDBOX_UNTIL = date(2026, 11, 9)


#: Runs of the UI and the schedule queue up, one after the other.
DAGSTER_YAML = """telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
"""


class SettingsError(Exception):
    """A setting is missing; the message names the variable and why it is needed."""


class Settings(BaseSettings):
    """Read from the environment; see `docs/runbook.md` for what each is for."""

    model_config = SettingsConfigDict(env_prefix="BEATBOOK_", extra="ignore")

    profile: Literal["sandbox", "production"] = "sandbox"
    home_folder: Path | None = Field(default=None, validation_alias="BEATBOOK_HOME")
    sandbox_url: str = "http://127.0.0.1:8765"
    youtube_key: SecretStr | None = None
    hash_key: SecretStr | None = None
    max_requests_per_run: int = 50_000
    youtube_units_per_run: int = 10_000

    @cached_property
    def home(self) -> Path:
        """Where all data of this profile lies; the two profiles never share a folder."""
        return (self.home_folder or PROJECT / "data" / self.profile).resolve()

    @property
    def is_sandbox(self) -> bool:
        return self.profile == "sandbox"

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def register(self) -> Path:
        """The folder with accounts.csv and account_events.csv."""
        return self.home / "register" if self.is_sandbox else SEEDS

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def building(self) -> Path:
        """Where dbt writes the next warehouse before it is swapped in."""
        return self.home / "warehouse.building.duckdb"

    @property
    def failed_build(self) -> Path:
        """The newest warehouse that did not pass, for whoever looks into why."""
        return self.home / "warehouse.failed.duckdb"

    @property
    def reading(self) -> Path:
        """Links to the landing files that a build reads, while it reads them."""
        return self.home / "reading"

    @property
    def gates(self) -> Path:
        return self.home / "gates"

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def locks(self) -> Path:
        return self.home / "locks"

    @property
    def dbt_target(self) -> Path:
        """What dbt keeps of having read the project. By profile, because what a model reads differs."""
        return PROJECT / "dbt" / "target" / self.profile

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    def author_hash_key(self) -> bytes:
        """The key that authors' ids are hashed with.

        Raises:
            SettingsError: in production without BEATBOOK_HASH_KEY; a known key would hide nobody.
        """
        if self.hash_key is not None:
            return self.hash_key.get_secret_value().encode()
        if self.is_sandbox:
            return b"sandbox: invented authors need no secret"
        raise SettingsError("BEATBOOK_HASH_KEY is not set: authors' ids are hashed with it before they land")

    def token(self, platform: str) -> str | None:
        """The token or key for a platform, None where none is set. The sandbox takes any."""
        if self.is_sandbox:
            return "sandbox"
        key = {"youtube": self.youtube_key}.get(platform)
        return key.get_secret_value() if key else None

    def max_units(self, platform: str) -> int | None:
        """Quota units that one run may spend on a platform; None where it has no such quota."""
        return {"youtube": self.youtube_units_per_run}.get(platform)

    def moment_of(self, day: date) -> datetime:
        """When a day's pull is taken to happen: 05:30 in London in the sandbox, else now (UTC)."""
        if self.is_sandbox:
            return datetime.combine(day, PULL_TIME, LONDON).astimezone(UTC)
        return datetime.now(UTC)

    def today(self) -> date:
        """The day that a run without a day is for."""
        return SANDBOX_UNTIL if self.is_sandbox else datetime.now(LONDON).date()

    def environment(self) -> dict[str, str]:
        """What dbt and Dagster are started with: paths for dbt, and every telemetry off."""
        return {
            "BEATBOOK_PROFILE": self.profile,
            "BEATBOOK_HOME": str(self.home),
            "BEATBOOK_SANDBOX_URL": self.sandbox_url,
            "BEATBOOK_READ": str(self.reading),
            "BEATBOOK_REGISTER": str(self.register),
            "BEATBOOK_WAREHOUSE": str(self.building),
            "DBT_TARGET_PATH": str(self.dbt_target),  # where a run finds what is parsed already
            "DAGSTER_HOME": str(self.dagster_home),
            "DO_NOT_TRACK": "1",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "GX_ANALYTICS_ENABLED": "false",
        }

    def prepare(self) -> None:
        """Make the folders and put `environment()` into this process (dbt and Dagster read it there)."""
        for folder in (self.landing, self.gates, self.releases, self.dagster_home):
            folder.mkdir(parents=True, exist_ok=True)
        config = self.dagster_home / "dagster.yaml"
        if not config.exists() or config.read_text() != DAGSTER_YAML:
            config.write_text(DAGSTER_YAML)
        os.environ.update(self.environment())
