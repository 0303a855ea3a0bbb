"""Overrides of the release gate: by a named person, for a reason, until a day."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from pipelines.gates.overrides import RULES, Override, add, overrides, standing
from pipelines.settings import Settings, SettingsError

UNTIL = date(2026, 12, 1)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    return Settings()


def test_an_override_holds_until_its_day_is_over_and_the_latest_of_a_rule_stands(settings: Settings) -> None:
    first = Override("values_lost", "the data lead", "a platform closed", UNTIL)
    second = Override("values_lost", "the data lead", "for a week more", date(2026, 12, 8))
    other = Override("forces_lost", "the data lead", "merged", UNTIL)
    for override in (first, other, second):
        add(settings, override)
    found = overrides(settings)
    assert standing(found, UNTIL) == {"values_lost": second, "forces_lost": other}
    assert standing(found, date(2026, 12, 2)) == {"values_lost": second}
    assert standing(found, date(2026, 12, 9)) == {}


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (Override("dbt", "me", "because", UNTIL), "there is no rule dbt"),
        (Override("values_lost", " ", "because", UNTIL), "needs a name"),
        (Override("values_lost", "me", "", UNTIL), "needs a name and a reason"),
    ],
)
def test_what_is_not_deliberate_is_refused(settings: Settings, override: Override, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        add(settings, override)
    assert overrides(settings) == []


def test_a_damaged_list_is_said_and_overrides_nothing(settings: Settings) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "overrides.json").write_text("[{")
    with pytest.raises(SettingsError, match="no list of overrides"):
        overrides(settings)


def test_from_the_command_line(settings: Settings) -> None:
    who = ["--by", "the data lead", "--reason", "closed"]
    done = CliRunner().invoke(app, ["override", "add", RULES[0], "--until", "2999-12-31", *who])
    assert done.exit_code == 0, done.output
    (row,) = json.loads(CliRunner().invoke(app, ["override", "list", "--format", "json"]).stdout)
    assert (row["rule"], row["holds"], row["until_date"]) == (RULES[0], True, "2999-12-31")
    assert CliRunner().invoke(app, ["override", "add", "dbt", "--until", "2999-12-31", *who]).exit_code == 1
    assert (
        CliRunner().invoke(app, ["override", "add", RULES[0], "--until", "2020-01-01", *who]).exit_code == 2
    )
