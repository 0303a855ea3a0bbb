"""Every setting, typed, in one place. Each is an environment variable `BEATBOOK_<NAME>`.

Belongs here: settings, the paths that follow from them, and the two profiles. Does not belong here:
thresholds of checks (they stand beside the check, with their reason).
"""

import glob
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipelines.disk import write_whole

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PROJECT = Path(__file__).resolve().parent.parent
SEEDS = PROJECT / "dbt" / "seeds"
LONDON = ZoneInfo("Europe/London")
PULL_TIME = time(5, 30)  # Europe/London

#: Runs of the UI and the schedule queue up, one after the other; one whose process was killed is ended. How
#: long what a schedule or sensor did is remembered stands here; runs: orchestration/history.py.
DAGSTER_YAML = """telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days: 7
run_launcher:
  module: pipelines.orchestration.workers
  class: Launcher
compute_logs:
  module: pipelines.orchestration.compute_logs
  class: ComputeLogs
run_monitoring:
  enabled: true
  poll_interval_seconds: 10
"""


#: As long as what HMAC-SHA256 makes: a shorter key is what an attacker would try out.
MIN_HASH_KEY_BYTES = 32


class SettingsError(Exception):
    """A setting is missing or wrong; the message names the variable and why it is needed."""


@dataclass(frozen=True)
class Profile:
    """What differs between the invented register and the real one. Nothing else asks which of them runs."""

    name: str
    is_invented: bool  # the figures: forces and populations are real in both
    note: str  # stands with whatever is published
    uses_sandbox: bool  # platforms, data.police.uk and the register are the sandbox's, on loopback
    first_day: date | None  # where its story begins; None where only the present can be pulled
    last_day: date | None  # where its story ends; None where time goes on
    starts_schedule: bool  # whether schedule and sensors are on before anyone switches them on
    token: str | None  # what every platform takes; None where each has its own
    hash_key: bytes | None  # None where a known key would hide nobody

    @property
    def has_past(self) -> bool:
        """Whether a day that is over can be pulled; the platforms themselves show only the present."""
        return self.last_day is not None

    def today(self) -> date:
        """The day that a run without a day is for."""
        return self.last_day or self.clock_day()

    def days(self) -> tuple[date, date]:
        """The first and the last day that can be pulled now. A story can be pulled whatever the clock shows,
        and for a day more than it tells."""
        clock_day = self.clock_day()
        if self.first_day is None or self.last_day is None:
            return clock_day, clock_day
        return self.first_day, max(self.last_day + timedelta(days=1), clock_day)

    @staticmethod
    def clock_day() -> date:
        """The day that it is, in London."""
        return datetime.now(LONDON).date()

    def moment_of(self, day: date) -> datetime:
        """When a day's pull is taken to happen (UTC): 05:30 in London in the story, else now."""
        if self.has_past:
            return datetime.combine(day, PULL_TIME, LONDON).astimezone(UTC)
        return datetime.now(UTC)

    def now(self, moment: datetime) -> datetime:
        """The time while a pull of that moment goes on (UTC): in the story it stands still."""
        return moment.astimezone(UTC) if self.has_past else datetime.now(UTC)

    def present(self) -> datetime:
        """The moment that it is (UTC): in the story that at which its last day is pulled."""
        return self.now(self.moment_of(self.today()))

    def pulse_moment(self, at: datetime | None = None) -> datetime:
        """When a pulse is taken to happen (UTC): now; in the story `at`, or on its last day what the clock
        shows.

        Raises:
            SettingsError: `at` is on no day of the story, or there is only the present.
        """
        if at is None:
            clock = datetime.now(LONDON)
            return (
                datetime.combine(self.today(), clock.time(), LONDON) if self.has_past else clock
            ).astimezone(UTC)
        first, last = self.days()
        if not self.has_past:
            raise SettingsError(
                "a platform shows only the present: a pulse is of now, and of no other moment"
            )
        if not first <= at.astimezone(LONDON).date() <= last:
            raise SettingsError(f"{at} cannot be pulled: the days of the sandbox are {first} to {last}")
        return at.astimezone(UTC)

    def headers(self, moment: datetime) -> dict[str, str]:
        """What every request carries beside the platform's own headers: the sandbox is given the time."""
        return {"Sandbox-Now": moment.isoformat()} if self.uses_sandbox else {}


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            name="sandbox",
            is_invented=True,
            note="All figures are invented: made from the sandbox nation. Forces and populations are real.",
            uses_sandbox=True,
            first_day=date(2026, 9, 1),
            last_day=date(2026, 11, 9),
            starts_schedule=False,
            token="sandbox",  # noqa: S106
            hash_key=b"sandbox: invented authors need no secret",
        ),
        Profile(
            name="production",
            is_invented=False,
            note="Figures from the platforms and from forces' returns; each empty cell says why in "
            "value_note.",
            uses_sandbox=False,
            first_day=None,
            last_day=None,
            starts_schedule=True,
            token=None,
            hash_key=None,
        ),
    )
}


def _profile(name: str) -> Profile:
    if name not in PROFILES:
        raise ValueError(f"there is no profile {name!r}; there are: {', '.join(PROFILES)}")
    return PROFILES[name]


def _names(written: str) -> frozenset[str]:
    return frozenset(name.strip() for name in written.split(",") if name.strip())


class _Read(BaseSettings):
    """Settings whose wrong value is named by its variable, in place of pydantic's words."""

    def __init__(self, **given: Any) -> None:
        """Read them.

        Raises:
            SettingsError: a variable holds what it cannot.
        """
        try:
            super().__init__(**given)
        except ValidationError as error:
            prefix = given.get("_env_prefix") or self.model_config.get("env_prefix", "")
            raise SettingsError("; ".join(_fault(wrong, prefix) for wrong in error.errors())) from None


def _fault(wrong: "ErrorDetails", prefix: str) -> str:
    """The variable, what it holds and what it may hold. No secret can be wrong here: any text is one."""
    name = str(wrong["loc"][0]).upper().removeprefix(prefix)
    said = wrong["msg"].partition(",")[0].replace("Input should", "it should")
    why = wrong.get("ctx", {}).get("error") or said.replace("valid integer", "whole number")
    return f"{prefix}{name} is {str(wrong['input'])!r}: {why}"


class PlatformSettings(_Read):
    """What can be set for one platform: BEATBOOK_<PLATFORM>_KEY and BEATBOOK_<PLATFORM>_UNITS_PER_RUN."""

    key: SecretStr | None = None
    units_per_run: int | None = None


class Settings(_Read):
    """Read from the environment; see `docs/runbook.md` for what each is for."""

    model_config = SettingsConfigDict(env_prefix="BEATBOOK_", extra="ignore", validate_default=False)

    profile: Annotated[Profile, NoDecode, BeforeValidator(_profile)] = PROFILES["sandbox"]
    home_folder: Path | None = Field(default=None, validation_alias="BEATBOOK_HOME")
    sandbox_url: str = "http://127.0.0.1:8765"
    hash_key: SecretStr | None = None
    max_requests_per_run: int = 50_000
    ui_url: str = "http://127.0.0.1:3000"  # where an alert's links lead
    alert_webhook: SecretStr | None = None  # who knows the address can write there
    alert_email: str | None = None  # addresses, by commas
    alert_sender: str = "beatbook@localhost"
    smtp_host: str = "localhost"
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    contact: str | None = None  # whom the portal's readers ask
    public_pages: Annotated[frozenset[str], NoDecode, BeforeValidator(_names)] = frozenset()
    oidc_issuer: str | None = None  # whose directory signs people in; docs/access.md
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    max_minutes_per_pull: float = Field(default=30, gt=0)  # of a platform; other limits: sources/limits.py

    @cached_property
    def home(self) -> Path:
        """Where all data of this profile lies; the two profiles never share a folder."""
        return (self.home_folder or PROJECT / "data" / self.profile.name).resolve()

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def register(self) -> Path:
        """The folder of the register's files: accounts, events, neighbourhoods, what is declared."""
        return self.home / "register" if self.profile.uses_sandbox else SEEDS

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
    def build_failure(self) -> Path:
        """Why the newest build failed, where it did; its last change is when."""
        return self.home / "build.failed.json"

    @property
    def reading(self) -> Path:
        """Links to the landing files that a build reads, while it reads them."""
        return self.home / "reading"

    @property
    def replaying(self) -> Path:
        """Where a release is built a second time, while it is."""
        return self.home / "replaying"

    @property
    def gates(self) -> Path:
        return self.home / "gates"

    @property
    def gate_pages(self) -> Path:
        """Pages of what the gates found, made when they are wanted (gates/data_docs.py)."""
        return self.gates / "pages"

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def portal(self) -> Path:
        """Who may sign in to the portal, who has, and what they did there."""
        return self.home / "portal"

    @property
    def locks(self) -> Path:
        return self.home / "locks"

    @property
    def dbt_target(self) -> Path:
        """What dbt keeps of having read the project. By profile, because what a model reads differs."""
        return PROJECT / "dbt" / "target" / self.profile.name

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def dagster_link(self) -> Path:
        """What Dagster is given as DAGSTER_HOME. It takes `[`, `*` and `?` there for a pattern, misses its
        own dagster.yaml and goes on without (telemetry on, runs side by side): such a folder gets a link."""
        if not glob.has_magic(str(self.dagster_home)):
            return self.dagster_home
        return PROJECT / "data" / ".dagster" / hashlib.sha256(os.fsencode(self.dagster_home)).hexdigest()[:12]

    def elsewhere(self, home: Path) -> "Settings":
        """The same settings with another data folder."""
        return self.model_copy(update={"home_folder": home, "home": home})

    def author_hash_key(self) -> bytes:
        """The key that ids of the public are hashed with.

        Raises:
            SettingsError: in production without BEATBOOK_HASH_KEY, or with a short one; a key that is known,
                or can be tried out, would hide nobody.
        """
        if self.hash_key is not None:
            key = self.hash_key.get_secret_value().encode()
            if len(key) < MIN_HASH_KEY_BYTES:
                raise SettingsError(
                    f"BEATBOOK_HASH_KEY has {len(key)} bytes; {MIN_HASH_KEY_BYTES} or more are needed "
                    "(openssl rand -hex 32)"
                )
            return key
        if self.profile.hash_key is not None:
            return self.profile.hash_key
        raise SettingsError(
            "BEATBOOK_HASH_KEY is not set: the public's ids are hashed with it before they land"
        )

    def token(self, platform: str) -> str | None:
        """The token or key for a platform, None where none is set."""
        key = self._of(platform).key
        return self.profile.token or (key.get_secret_value() if key else None)

    def max_units(self, platform: str, quota: int | None) -> int | None:
        """Quota units that one run may spend on a platform: its quota, unless set otherwise."""
        return self._of(platform).units_per_run or quota

    def base_url(self, own: str, sandbox_path: str) -> str:
        """Where an interface is: at its own address, or at its path in the sandbox."""
        return self.sandbox_url + sandbox_path if self.profile.uses_sandbox else own.rstrip("/")

    def _of(self, platform: str) -> PlatformSettings:
        return PlatformSettings(_env_prefix=f"BEATBOOK_{platform.upper()}_")  # type: ignore[call-arg]

    def environment(self) -> dict[str, str]:
        """What dbt and Dagster are started with: paths for dbt, and every telemetry off."""
        return {
            "BEATBOOK_PROFILE": self.profile.name,
            "BEATBOOK_HOME": str(self.home),
            "BEATBOOK_SANDBOX_URL": self.sandbox_url,
            "BEATBOOK_READ": str(self.reading),
            "BEATBOOK_REGISTER": str(self.register),
            "BEATBOOK_WAREHOUSE": str(self.building),
            "DBT_TARGET_PATH": str(self.dbt_target),  # where a run finds what is parsed already
            "DAGSTER_HOME": str(self.dagster_link),
            "DO_NOT_TRACK": "1",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "GX_ANALYTICS_ENABLED": "false",
        }

    def check_dagster_home(self) -> None:
        """Refuse to be loaded by a Dagster that keeps its history elsewhere: its runs would work on this
        folder, and neither queue up behind others nor be seen by them.

        Raises:
            SettingsError: DAGSTER_HOME is not the data folder's own.
        """
        if os.environ.get("DAGSTER_HOME") != str(self.dagster_home):
            raise SettingsError(
                f"DAGSTER_HOME is {os.environ.get('DAGSTER_HOME') or 'not set'}: set it to "
                f"{self.dagster_home} for dagster or dg on this data, or call `beatbook up`, which does it"
            )

    def prepare(self) -> None:
        """Make the folders and put `environment()` into this process (dbt and Dagster read it there).

        Raises:
            SettingsError: the folder holds another profile's data; invented and real figures never meet. Or
                its name has a comma, at which DuckDB cuts `file_search_path`.
        """
        if "," in str(self.home):
            raise SettingsError(f"{self.home} has a comma in its name: set BEATBOOK_HOME to another folder")
        self.home.mkdir(parents=True, exist_ok=True)
        mark = self.home / "profile"
        if not mark.exists():  # others prepare the folder too, and this may be killed half-way
            write_whole(mark, f"{self.profile.name}\n".encode())
        of_profile = mark.read_text().strip()
        if of_profile != self.profile.name:
            raise SettingsError(
                f"{self.home} holds the data of the {of_profile} profile, and BEATBOOK_PROFILE is "
                f"{self.profile.name}: set BEATBOOK_HOME to another folder"
            )
        for folder in (self.landing, self.gates, self.releases, self.dagster_home):
            folder.mkdir(parents=True, exist_ok=True)
        config = self.dagster_home / "dagster.yaml"
        if not config.exists() or config.read_text() != DAGSTER_YAML:
            write_whole(config, DAGSTER_YAML.encode())
        link = self.dagster_link
        if link != self.dagster_home and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(self.dagster_home)
        os.environ.update(self.environment())
