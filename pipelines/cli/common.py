"""What the commands share: exit codes, output formats, and getting a profile ready.

Belongs here: what two command files need. Does not belong here: commands.
"""

import json
import tempfile
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import httpx
import typer

from pipelines import disk
from pipelines.cli import display
from pipelines.landing.locks import BusyError
from pipelines.landing.manifest import DamagedError
from pipelines.registry.seed_rows import RegistryError
from pipelines.release.published import DamagedReleaseError
from pipelines.settings import Settings, SettingsError
from pipelines.warehouse.manifest import ManifestError
from sandbox.serve import start


class Exit(IntEnum):
    """The command's exit codes, which scripts rely on."""

    OK = 0
    BAD_INPUT = 1
    WRONG_CALL = 2
    GATE_FAILED = 3
    INCOMPLETE = 4
    INFRASTRUCTURE = 5


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class PeriodType(StrEnum):
    """The types of period of dim_period."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ROLLING_12_MONTHS = "rolling_12_months"


FormatOption = Annotated[Format, typer.Option("--format", help="table for people, csv or json for scripts.")]
ReleaseOption = Annotated[
    str | None,
    typer.Option(
        "--release", help="official, working or an id. Default: the newest official one, if there is any."
    ),
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Default: the profile's today.")]


def day_or_today(settings: Settings, day: datetime | None) -> date:
    """The day asked for, or the profile's today."""
    return day.date() if day else settings.profile.today()


@contextmanager
def ready(settings: Settings, *, needs_sandbox: bool = True) -> Iterator[None]:
    """Folders made, and in the sandbox profile a sandbox that answers: the one at BEATBOOK_SANDBOX_URL, or
    one started for as long as the command runs. What goes wrong inside becomes a message and an exit code."""
    with plainly(settings):
        if settings.profile.uses_sandbox and needs_sandbox and not _answers(settings.sandbox_url):
            with start() as url:
                settings.sandbox_url = url
                settings.prepare()
                yield
        else:
            settings.prepare()
            yield


#: Errors whose text is the sentence that a person needs.
SAID_PLAINLY = (SettingsError, ManifestError, DamagedError, DamagedReleaseError, OSError, httpx.HTTPError)


@contextmanager
def plainly(settings: Settings) -> Iterator[None]:
    """What goes wrong inside becomes a message and an exit code; nothing is prepared."""
    try:
        yield
    except RegistryError as error:
        fail(Exit.BAD_INPUT, str(error))
    except BusyError as error:
        fail(Exit.INFRASTRUCTURE, f"another command is at work: {error}; wait for it to end")
    except typer.Exit:
        raise
    except Exception as error:
        from pipelines.release.periods import NotFoundError

        if isinstance(error, NotFoundError):
            fail(Exit.BAD_INPUT, str(error))
        refuse_disk(settings, str(error))
        if isinstance(error, SAID_PLAINLY):
            fail(Exit.INFRASTRUCTURE, str(error))
        raise


def refuse_disk(settings: Settings, said: str) -> None:
    """Exit where an error is that of a disk that is full or cannot be written to; it may come from DuckDB,
    dbt or Dagster's SQLite, and be of any type."""
    refusal = disk.refusal(said, (settings.home, settings.dbt_target, Path(tempfile.gettempdir())))
    if refusal is not None:
        fail(Exit.INFRASTRUCTURE, refusal)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/sandbox/health", timeout=2).is_success
    except httpx.HTTPError:
        return False


def fail(code: Exit, message: str) -> NoReturn:
    """Say why on standard error and exit."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def check_forces(known: Container[str], *asked: str | None) -> None:
    """Exit where a force asked for is none: nothing about it would be said as of one that has nothing."""
    unknown = sorted(name for name in asked if name is not None and name not in known)
    if unknown:
        fail(Exit.BAD_INPUT, f"no such force: {', '.join(unknown)}; dbt/seeds/forces.csv has their ids")


def print_rows(rows: Sequence[dict[str, Any]], format_: Format, title: str, none: str | None = None) -> None:
    """Rows with the same keys, as asked. `none`: what people are told where there is no row."""
    if format_ == Format.JSON:
        typer.echo(as_json(rows))
    elif format_ == Format.TABLE:
        display.show_rows(rows, title, none)
    elif rows:
        import polars as pl

        from pipelines.release.files import defused

        typer.echo(defused(pl.DataFrame(rows, infer_schema_length=None)).write_csv(), nl=False)


def as_json(rows: Any) -> str:
    """Rows as JSON text; dates as ISO 8601."""
    return json.dumps(rows, indent=1, default=str, ensure_ascii=False)
