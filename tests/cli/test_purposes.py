"""`beatbook purposes` on labelled texts: the scores, and nothing of the texts."""

import json
from pathlib import Path

from typer.testing import CliRunner

from pipelines.cli.main import app


def test_labelled_texts_are_scored_and_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("text,label\nMissing person Xanthippe,missing_person\nMonday,community\n")
    done = CliRunner().invoke(app, ["purposes", str(path), "--format", "json"])
    assert done.exit_code == 0
    rows = {row.pop("purpose"): row for row in json.loads(done.stdout)}
    assert rows["missing_person"] == {"labelled": 1, "found": 1, "right": 1, "precision": 1.0, "recall": 1.0}
    assert rows["community"]["precision"] is None
    assert rows["all"]["recall"] == 0.5
    assert "Xanthippe" not in done.output


def test_labels_that_are_wrong_are_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("text,label\nMonday,gossip\n")
    done = CliRunner().invoke(app, ["purposes", str(path)])
    assert done.exit_code == 1
    assert "labels.csv, line 2: the column label has none of appeal, " in done.output
