"""The plan: what would be asked, what it would cost, and why something is not asked."""

from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest

from pipelines.landing.plan import Plan, plan
from pipelines.landing.store import Landing, open_landing
from pipelines.registry import Register, load
from pipelines.settings import SEEDS, Settings
from pipelines.sources.catalogue import source
from sandbox import register as invented
from tests.landing.landed import land

DAY = date(2026, 11, 1)
SEEN = datetime(2026, 11, 1, 5, 30)  # noqa: DTZ001


@pytest.fixture
def register(tmp_path: Path) -> Register:
    (tmp_path / "accounts.csv").write_text(invented.accounts_csv(7))
    (tmp_path / "account_events.csv").write_text(invented.account_events_csv(7))
    return load(tmp_path, SEEDS)


@pytest.fixture
def production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    return Settings()


def planned(settings: Settings, register: Register, day: date = DAY) -> dict[str, Plan]:
    return {row.platform: row for row in plan(settings, register, open_landing(settings), day)}


def log(landing: Landing, day: date, run_id: str, *requests: int) -> None:
    rows = [
        {
            "force_id": "kent",
            "account_id": f"bluesky:{n}",
            "pulled_at_utc": SEEN,
            "platform": "bluesky",
            "request_count": count,
        }
        for n, count in enumerate(requests)
    ]
    land(landing, "bluesky", day, run_id, {"requests": rows})


def test_every_platform_of_the_catalogue_has_a_row_in_its_order(
    production: Settings, register: Register
) -> None:
    assert list(planned(production, register)) == list(register.platforms)


def test_youtube_without_a_key_is_not_authorised_and_costs_nothing(
    production: Settings, register: Register
) -> None:
    assert planned(production, register)["youtube"] == Plan(
        "youtube", 45, 0, 50_000, 0, 10_000, "", "not authorised: set BEATBOOK_YOUTUBE_KEY"
    )


def test_with_a_key_youtube_is_asked_and_every_request_is_a_unit(
    production: Settings, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_YOUTUBE_KEY", "a-key")
    monkeypatch.setenv("BEATBOOK_YOUTUBE_UNITS_PER_RUN", "500")
    guess = 45 * source("youtube").REQUESTS_PER_ACCOUNT
    assert planned(Settings(), register)["youtube"] == Plan(
        "youtube", 45, guess, 50_000, guess, 500, "none stated", ""
    )


def test_the_sandbox_takes_any_key(
    production: Settings, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_PROFILE", "sandbox")
    assert planned(Settings(), register)["youtube"].why_not == ""


def test_what_forces_return_is_not_asked(production: Settings, register: Register) -> None:
    row = planned(production, register)["facebook"]
    assert (row.accounts, row.requests, row.units, row.why_not) == (48, 0, None, "returns from forces")


def test_only_accounts_that_are_to_be_pulled_are_counted(production: Settings, register: Register) -> None:
    """Those that were merged on 2 November are asked for 28 days more."""
    before, after = (planned(production, register, date(2026, 11, day)) for day in (29, 30))
    merged = sum(event.startswith("bluesky:") for event in register.events)
    assert merged > 0
    assert before["bluesky"].accounts - after["bluesky"].accounts == merged


def test_before_the_first_run_the_number_is_the_sources_own_guess(
    production: Settings, register: Register
) -> None:
    row = planned(production, register)["bluesky"]
    assert row.requests == row.accounts * source("bluesky").REQUESTS_PER_ACCOUNT
    assert (row.units, row.units_limit) == (None, None)


def test_with_a_log_the_number_is_what_the_newest_run_needed(
    production: Settings, register: Register
) -> None:
    landing = open_landing(production)
    log(landing, date(2026, 10, 31), "20261031-a", 100, 100)
    log(landing, date(2026, 10, 30), "20261101-b", 2, 3, 0)  # a day pulled again later; one was not asked
    row = planned(production, register)["bluesky"]
    assert row.requests == round(row.accounts * 2.5)


def test_the_plan_of_a_pulse_is_of_whom_the_newest_daily_run_found_and_has_its_own_budget(
    production: Settings, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forty-eighth of the day's: all 24 pulses together leave the daily run half of it."""
    monkeypatch.setenv("BEATBOOK_YOUTUBE_KEY", "a-key")
    settings, landing = Settings(), open_landing(production)

    def of_pulse(platform: str) -> Plan:
        rows = plan(settings, register, landing, DAY, of_pulse=True)
        return next(row for row in rows if row.platform == platform)

    assert of_pulse("facebook").why_not == "returns from forces"
    nobody = of_pulse("youtube")
    assert (nobody.accounts, nobody.requests) == (0, 0)
    assert nobody.why_not == "no daily run of 7 days has found an account"
    common = {"force_id": "kent", "account_id": "youtube:kent", "pulled_at_utc": SEEN}
    profile = {**common, "channel_id": "UC1"}
    land(landing, "youtube", DAY, "r00000001-a", {"profiles": [profile], "requests": [common]})
    guess = source("youtube").REQUESTS_PER_PULSE
    expected = Plan("youtube", 1, guess, 50_000 // 48, guess, 10_000 // 48, "none stated", "")
    assert of_pulse("youtube") == expected
    # What a pulse needed is what a pulse needs, and says nothing of a day.
    log(landing, DAY, "r00000002-a-pulse", 9)
    asked = common | {"platform": "youtube", "request_count": 7}
    land(landing, "youtube", DAY, "r00000003-a-pulse", {"requests": [asked]})
    assert of_pulse("youtube").requests == 7
    assert planned(settings, register)["youtube"].requests == 45 * source("youtube").REQUESTS_PER_ACCOUNT


def test_a_run_that_asked_nobody_teaches_nothing(production: Settings, register: Register) -> None:
    log(open_landing(production), date(2026, 10, 31), "20261031-a", 0)
    row = planned(production, register)["bluesky"]
    assert row.requests == row.accounts * source("bluesky").REQUESTS_PER_ACCOUNT


def test_where_the_catalogue_knows_a_price_it_is_told_in_pounds(
    production: Settings, register: Register
) -> None:
    priced = msgspec.structs.replace(register.platforms["bluesky"], price_gbp_per_1k_requests=4.0)
    platforms = {**register.platforms, "bluesky": priced}
    row = planned(production, msgspec.structs.replace(register, platforms=platforms))["bluesky"]
    assert row.price == f"£{row.requests * 0.004:,.2f}"
