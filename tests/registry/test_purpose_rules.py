"""The rules of purposes: a row that cannot be what it says is refused by file, line and column."""

from pathlib import Path

import msgspec
import pytest

from pipelines.registry import RegistryError, check_indicators, check_purpose_rules
from pipelines.registry.purpose_rules import FILE, VERSIONS, PurposeRule
from pipelines.settings import SEEDS
from pipelines.sources.purposes import PURPOSES

MISSING = {
    "rule_id": "missing",
    "position": "10",
    "purpose": "missing_person",
    "pattern": "missing person",
    "why": "the words",
    "example": "A missing person.",
}
LOCK = MISSING | {"rule_id": "lock", "position": "20", "purpose": "prevention", "pattern": "lock your"}
LOCK |= {"example": "Lock your shed."}
VERSION = "version,rules_sha256,since_date\n"


def refused(folder: Path, *rows: dict[str, str], versions: str = VERSION) -> RegistryError:
    lines = [",".join(PurposeRule.__struct_fields__), *(",".join(row.values()) for row in rows)]
    (folder / FILE).write_text("\n".join(lines) + "\n")
    (folder / VERSIONS).write_text(versions)
    with pytest.raises(RegistryError) as found:
        check_purpose_rules(folder)
    return found.value


def row_needed(error: RegistryError) -> str:
    """The row of the versions that the refusal names, with a day."""
    return error.problem.rpartition(" ")[2].replace("YYYY-MM-DD", "2026-11-22") + "\n"


def test_the_seed_as_committed_has_rules_for_every_purpose_but_other() -> None:
    rules = check_purpose_rules(SEEDS)
    assert {rule.purpose for rule in rules.rules} == {*PURPOSES} - {"other"}
    assert rules.version == 1


def test_every_purpose_but_other_has_a_share() -> None:
    project = msgspec.yaml.decode((SEEDS.parent / "dbt_project.yml").read_bytes())
    assert (*project["vars"]["purposes"], "other") == PURPOSES
    assert {f"{purpose}_posts_pct" for purpose in project["vars"]["purposes"]} <= set(check_indicators(SEEDS))


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"rule_id": "Lock It"}, "rule_id", "small letters, digits and underscores"),
        ({"rule_id": "missing"}, "rule_id", "'missing' is there twice"),
        ({"position": "10"}, "position", "10 is there twice"),
        ({"position": "first"}, "position", "should hold a whole number"),
        ({"purpose": "gossip"}, "purpose", "gossip"),
        ({"why": ""}, "why", "empty"),
        ({"pattern": "missing person"}, "pattern", "'missing person' is there twice"),
        ({"pattern": "(a+)+"}, "pattern", "'(a+)+' is no word in lower case"),
        ({"pattern": "Lock your"}, "pattern", "'Lock' is no word in lower case"),
        ({"pattern": "lock/ your"}, "pattern", "'' is no word in lower case"),
        ({"pattern": "lock ..."}, "pattern", "begins and ends with a word"),
        ({"pattern": "lock your + "}, "pattern", "space at an end"),
        ({"example": "Mark your tools."}, "example", "the pattern is not in it"),
        ({"example": "Lock your missing person."}, "example", "missing decides it before"),
    ],
)
def test_a_wrong_cell_is_refused_by_line_and_column(
    tmp_path: Path, cells: dict[str, str], column: str, problem: str
) -> None:
    error = refused(tmp_path, MISSING, LOCK | cells)
    assert (error.file, error.line, error.column) == (FILE, 3, column)
    assert problem in error.problem


def test_rules_need_a_version_and_changed_rules_the_next(tmp_path: Path) -> None:
    first = refused(tmp_path, MISSING)
    assert first.problem.startswith("no version is known")
    versions = VERSION + row_needed(first)
    (tmp_path / VERSIONS).write_text(versions)
    assert check_purpose_rules(tmp_path).version == 1

    changed = refused(tmp_path, MISSING, LOCK, versions=versions)
    assert changed.problem.startswith("the rules have changed under version 1")
    (tmp_path / VERSIONS).write_text(versions + row_needed(changed))
    assert check_purpose_rules(tmp_path).version == 2

    again = refused(tmp_path, MISSING, versions=versions + row_needed(changed))
    assert "needs the row 3," in again.problem, "rules that come back are a version of their own"


def test_better_words_need_no_new_version(tmp_path: Path) -> None:
    versions = VERSION + row_needed(refused(tmp_path, MISSING))
    refused(tmp_path, MISSING, LOCK)
    (tmp_path / VERSIONS).write_text(versions)
    text = ",".join((MISSING | {"why": "they say so", "example": "One missing person"}).values())
    (tmp_path / FILE).write_text(",".join(MISSING) + "\n" + text + "\n")
    assert check_purpose_rules(tmp_path).version == 1


def test_a_version_is_there_once(tmp_path: Path) -> None:
    versions = VERSION + row_needed(refused(tmp_path, MISSING)) * 2
    assert "1 is there twice" in str(refused(tmp_path, MISSING, versions=versions))
