"""Declared incidents: a row that cannot be what it says is refused by file, line and column."""

from pathlib import Path

import pytest

from pipelines.registry import RegistryError, check_incidents
from pipelines.registry.incidents import FILE, NONE
from pipelines.settings import SEEDS
from sandbox.register import incidents_csv

GOOD = {
    "incident_id": "dam",
    "incident_name": "Dam in danger",
    "incident_type": "emergency",
    "force_id": "derbyshire",
    "from_date": "2026-10-28",
    "until_date": "2026-10-30",
    "declared_by": "Communications",
    "declared_date": "2026-11-01",
    "source": "press release",
}


def write(folder: Path, *rows: dict[str, str]) -> None:
    (folder / FILE).write_text(NONE + "".join(",".join((GOOD | row).values()) + "\n" for row in rows))


def test_the_seed_as_committed_declares_nothing() -> None:
    assert (SEEDS / FILE).read_text() == NONE
    assert check_incidents(SEEDS, SEEDS) == {}


def test_those_of_the_sandbox_are_what_a_register_may_hold(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(incidents_csv())
    assert list(check_incidents(tmp_path, SEEDS)) == [("dam", "derbyshire"), ("disorder", "cleveland")]


def test_one_incident_concerns_several_forces_each_with_its_days(tmp_path: Path) -> None:
    write(tmp_path, {}, {"force_id": "cheshire", "from_date": "2026-10-29"})
    found = check_incidents(tmp_path, SEEDS)
    assert [incident.from_date.day for incident in found.values()] == [28, 29]


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"incident_id": ""}, "incident_id", "empty"),
        ({"incident_id": "The dam"}, "incident_id", "should hold small letters, digits and hyphens"),
        ({"incident_type": "parade"}, "incident_type", "one of: campaign, disorder, emergency, event"),
        ({"force_id": "derby"}, "force_id", "'derby' is not in the register"),
        ({"from_date": "28 October"}, "from_date", "date"),
        ({"until_date": "2026-10-27"}, "until_date", "2026-10-27 is before from_date, 2026-10-28"),
        ({"declared_by": ""}, "declared_by", "empty"),
        ({"source": ""}, "source", "empty"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, cells: dict[str, str], column: str, problem: str) -> None:
    write(tmp_path, {"incident_id": "fair"}, cells)
    with pytest.raises(RegistryError) as refused:
        check_incidents(tmp_path, SEEDS)
    assert (refused.value.line, refused.value.column) == (3, column)
    assert problem in refused.value.problem


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({}, "force_id", "there twice"),
        ({"force_id": "kent", "incident_name": "Dam"}, "incident_name", "has another above: 'Dam in danger'"),
        ({"force_id": "kent", "incident_type": "event"}, "incident_type", "has another above: 'emergency'"),
    ],
)
def test_rows_of_one_incident_agree(tmp_path: Path, cells: dict[str, str], column: str, problem: str) -> None:
    write(tmp_path, {}, cells)
    with pytest.raises(RegistryError) as refused:
        check_incidents(tmp_path, SEEDS)
    assert (refused.value.line, refused.value.column) == (3, column)
    assert problem in refused.value.problem
