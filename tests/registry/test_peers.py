"""The official list of peers: a row that cannot be what it says is refused by file, line and column."""

import shutil
from pathlib import Path

import pytest

from pipelines.landing.store import open_landing
from pipelines.registry import RegistryError, check_peers
from pipelines.registry.peers import FILE, NONE
from pipelines.settings import SEEDS, Settings
from pipelines.warehouse import build as module
from pipelines.warehouse.build import NotBuiltError, build

GOOD = {"force_id": "kent", "peer_force_id": "essex", "source": "Most Similar Groups"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(SEEDS / "forces.csv", tmp_path)
    return tmp_path


def write(folder: Path, *rows: dict[str, str]) -> None:
    (folder / FILE).write_text(NONE + "".join(",".join((GOOD | row).values()) + "\n" for row in rows))


def test_the_seed_as_committed_has_no_list() -> None:
    assert (SEEDS / FILE).read_text() == NONE
    assert check_peers(SEEDS) == {}


def test_forces_have_lists_of_their_own_and_need_not_be_each_others_peers(folder: Path) -> None:
    write(folder, {}, {"peer_force_id": "surrey"}, {"force_id": "btp", "source": "another list"})
    assert list(check_peers(folder)) == [("kent", "essex"), ("kent", "surrey"), ("btp", "essex")]


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"force_id": "kant"}, "force_id", "'kant' is not in the register"),
        ({"force_id": ""}, "force_id", "empty"),
        ({"peer_force_id": "wessex"}, "peer_force_id", "'wessex' is not in the register"),
        ({"peer_force_id": ""}, "peer_force_id", "empty"),
        ({"peer_force_id": "kent"}, "peer_force_id", "'kent' is no peer of itself"),
        ({}, "peer_force_id", "('kent', 'essex') is there twice"),
        ({"peer_force_id": "surrey", "source": ""}, "source", "empty"),
        (
            {"peer_force_id": "surrey", "source": "another list"},
            "source",
            "'kent' has another above: 'Most Similar Groups'",
        ),
    ],
)
def test_a_wrong_cell_is_named(folder: Path, cells: dict[str, str], column: str, problem: str) -> None:
    write(folder, {}, cells)
    with pytest.raises(RegistryError) as refused:
        check_peers(folder)
    error = refused.value
    assert (error.file, error.line, error.column) == (FILE, 3, column)
    assert problem in error.problem


def test_a_wrong_list_stops_the_build(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    settings = Settings()
    settings.prepare()
    write(folder, {"peer_force_id": "kent"})
    monkeypatch.setattr(module, "SEEDS", folder)
    monkeypatch.setattr(module, "check_indicators", lambda _: {})
    with pytest.raises(NotBuiltError, match=r"peers.csv, line 2, column peer_force_id: 'kent' is no peer"):
        build(settings, open_landing(settings), "one")
