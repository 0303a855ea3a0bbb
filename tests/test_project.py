"""What someone who has just cloned the project types first."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


def make(*words: str) -> str:
    # Under `make test` an inner make says which folder it enters; a person's does not.
    inner = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    env = {name: value for name, value in os.environ.items() if name not in inner}
    done = subprocess.run(["make", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout


def test_make_alone_lists_every_target_and_does_nothing() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    [targets] = [line.removeprefix(".PHONY:").split() for line in lines if line.startswith(".PHONY:")]
    printed = make().splitlines()
    assert [line.split()[1] for line in printed] == targets
    assert all(len(line.split()) > 2 for line in printed)


def test_clean_removes_what_tools_left_behind_and_never_data() -> None:
    [command] = make("-n", "clean").splitlines()
    program, *removed = command.split()
    assert program == "rm"
    ignored = (ROOT / ".gitignore").read_text().split()
    folders = [word for word in removed if not word.startswith("-")]
    assert {f"{folder}/" for folder in folders} <= set(ignored) - {"data/", ".venv/"}


@pytest.mark.parametrize("name", ["ruff", "mypy", "sqlfluff", "detect-secrets"])
def test_what_is_checked_before_a_commit_is_what_lint_checks(name: str) -> None:
    [local] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    entries = [hook["entry"].split()[0] for hook in local["hooks"] if hook["id"] == name]
    assert local["repo"] == "local"
    assert entries
    assert entries[0].startswith(".venv/bin/")
    assert f"$(BIN)/{entries[0].removeprefix('.venv/bin/')}" in (ROOT / "Makefile").read_text()
