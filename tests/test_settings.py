"""Settings come from the environment by name, and the two profiles differ where they must."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from dagster._core.instance.config import dagster_instance_config

from pipelines.settings import PROFILES, SEEDS, Settings, SettingsError


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    return Settings()


def test_the_sandbox_is_the_default_and_the_environment_names_another(
    production: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert production.profile is PROFILES["production"]
    monkeypatch.delenv("BEATBOOK_PROFILE")
    assert Settings().profile is PROFILES["sandbox"]


def test_an_unknown_profile_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATBOOK_PROFILE", "prod")
    with pytest.raises(SettingsError) as refused:
        Settings()
    assert str(refused.value) == (
        "BEATBOOK_PROFILE is 'prod': there is no profile 'prod'; there are: sandbox, production"
    )


@pytest.mark.parametrize("minutes", ["0", "-1", "soon"])
def test_a_pull_without_time_is_refused(monkeypatch: pytest.MonkeyPatch, minutes: str) -> None:
    monkeypatch.setenv("BEATBOOK_MAX_MINUTES_PER_PULL", minutes)
    with pytest.raises(SettingsError, match=f"^BEATBOOK_MAX_MINUTES_PER_PULL is '{minutes}': it should be "):
        Settings()


def test_every_wrong_value_is_named_by_its_variable_also_that_of_a_platform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BEATBOOK_YOUTUBE_UNITS_PER_RUN", "some")
    with pytest.raises(SettingsError, match=r"^BEATBOOK_YOUTUBE_UNITS_PER_RUN is 'some': it should be "):
        Settings().max_units("youtube", None)
    monkeypatch.setenv("BEATBOOK_SMTP_PORT", "smtp")
    monkeypatch.setenv("BEATBOOK_MAX_REQUESTS_PER_RUN", "abc")
    with pytest.raises(SettingsError) as refused:
        Settings()
    both = str(refused.value).split("; ")
    assert [line.partition(":")[0] for line in both] == [
        "BEATBOOK_MAX_REQUESTS_PER_RUN is 'abc'",
        "BEATBOOK_SMTP_PORT is 'smtp'",
    ]


def test_the_two_never_share_a_folder(production: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATBOOK_PROFILE", "sandbox")
    for name in ("home", "landing", "register", "releases", "dbt_target"):
        assert getattr(Settings(), name) != getattr(production, name), name
    assert production.register == SEEDS


def test_the_sandbox_has_a_past_and_production_only_now(production: Settings) -> None:
    day = date(2026, 7, 1)
    story = PROFILES["sandbox"]
    assert (story.today(), story.has_past) == (date(2026, 11, 9), True)
    assert story.moment_of(day) == datetime(2026, 7, 1, 4, 30, tzinfo=UTC)  # 05:30 in summer time
    before = datetime.now(UTC)
    assert before <= production.profile.moment_of(day) <= datetime.now(UTC)
    assert not production.profile.has_past


def test_production_asks_the_platforms_and_nobody_tells_them_the_time(production: Settings) -> None:
    moment = datetime(2026, 11, 9, 5, 30, tzinfo=UTC)
    assert production.base_url("https://platform.example/api/", "/here") == "https://platform.example/api"
    assert production.profile.headers(moment) == {}
    assert Settings(profile="sandbox").base_url("https://platform.example", "/here").endswith(":8765/here")
    assert PROFILES["sandbox"].headers(moment) == {"Sandbox-Now": "2026-11-09T05:30:00+00:00"}


def test_a_platforms_key_and_budget_are_found_by_its_name(
    production: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (production.token("anything"), production.max_units("anything", None)) == (None, None)
    monkeypatch.setenv("BEATBOOK_ANYTHING_KEY", "s3cret")
    assert production.token("anything") == "s3cret"
    assert production.max_units("anything", 10_000) == 10_000
    monkeypatch.setenv("BEATBOOK_ANYTHING_UNITS_PER_RUN", "500")
    assert production.max_units("anything", 10_000) == 500


def test_authors_are_hashed_with_a_secret_in_production(
    production: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match="BEATBOOK_HASH_KEY"):
        production.author_hash_key()
    monkeypatch.setenv("BEATBOOK_HASH_KEY", "s3cret" * 6)
    settings = Settings()
    assert settings.author_hash_key() == b"s3cret" * 6
    assert "s3cret" not in repr(settings)


def test_dbt_is_given_the_profile_by_name_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BEATBOOK_HASH_KEY", "s3cret")
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path))
    environment = Settings().environment()
    assert environment["BEATBOOK_PROFILE"] == "sandbox"
    assert environment["BEATBOOK_WAREHOUSE"] == str(tmp_path / "warehouse.building.duckdb")
    assert "s3cret" not in "".join(environment.values())


@pytest.mark.parametrize("key", ["", "short", "x" * 31])
def test_a_hash_key_that_could_be_tried_out_is_refused(
    production: Settings, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("BEATBOOK_HASH_KEY", key)
    with pytest.raises(SettingsError, match=f"has {len(key)} bytes; 32 or more"):
        Settings().author_hash_key()
    monkeypatch.setenv("BEATBOOK_HASH_KEY", "x" * 32)
    assert Settings().author_hash_key() == b"x" * 32


def test_a_folder_belongs_to_the_profile_that_filled_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    Settings().prepare()
    mark = tmp_path / "home" / "profile"
    written = mark.stat().st_mtime_ns
    Settings().prepare()
    assert mark.stat().st_mtime_ns == written, "written again, and empty for whoever reads meanwhile"
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    with pytest.raises(SettingsError, match="holds the data of the sandbox profile"):
        Settings().prepare()


@pytest.mark.parametrize("name", ["plain", "it's a home", "a [b] home", "what? *home"])
def test_dagster_finds_its_settings_in_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / name))
    monkeypatch.setattr("pipelines.settings.PROJECT", tmp_path / "project")
    settings = Settings()
    for _ in range(2):  # the folder is prepared by every command
        settings.prepare()
        config, _ = dagster_instance_config(os.environ["DAGSTER_HOME"])
        assert config["telemetry"] == {"enabled": False}
        assert config["concurrency"]["runs"]["max_concurrent_runs"] == 1
        assert config["retention"]["sensor"]["purge_after_days"] == 7
    assert (Path(os.environ["DAGSTER_HOME"]) / "dagster.yaml").samefile(
        settings.dagster_home / "dagster.yaml"
    )
    assert (os.environ["DAGSTER_HOME"] == str(settings.dagster_home)) == (name in ("plain", "it's a home"))


def test_a_folder_with_a_comma_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "one, two"))
    with pytest.raises(SettingsError, match="has a comma in its name: set BEATBOOK_HOME"):
        Settings().prepare()
    assert list(tmp_path.iterdir()) == []
