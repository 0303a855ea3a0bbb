"""How well the rules of purposes do on the sample: the floors hold, and docs/method.md says what is so."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from pipelines.registry import check_purpose_rules
from pipelines.settings import PROJECT, SEEDS
from pipelines.sources.purpose_score import LabelsError, Score, read_labels, score
from pipelines.sources.purposes import PURPOSES, Rule, Rules, compiled

SAMPLE = Path(__file__).parent / "purpose_sample.csv"
RULES = check_purpose_rules(SEEDS)
#: Of the texts that no rule was made with: precision and recall. What the rules miss, they call `other`.
FLOORS = {
    "set_aside": {
        "appeal": (0.8, 0.65),
        "missing_person": (0.9, 0.35),
        "warning": (0.85, 0.7),
        "prevention": (0.9, 0.7),
        "recruitment": (0.9, 0.8),
        "community": (0.6, 0.8),
        "outcome": (0.9, 0.7),
        "other": (0.3, 0.7),
        "all": (0.7, 0.7),
    },
    "another_hand": {
        "appeal": (0.7, 0.5),
        "missing_person": (0.8, 0.5),
        "warning": (0.85, 0.35),
        "prevention": (0.45, 0.4),
        "recruitment": (0.95, 0.35),
        "community": (0.5, 0.75),
        "outcome": (0.7, 0.7),
        "other": (0.15, 0.55),
        "all": (0.55, 0.55),
    },
}


def rows() -> list[dict[str, str]]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def scores(part: str) -> dict[str, Score]:
    return score(RULES, [(row["text"], row["label"]) for row in rows() if row["part"] == part])


def test_the_sample_is_large_enough_and_no_text_is_in_two_parts() -> None:
    parts = Counter(row["part"] for row in rows())
    assert parts == {"made_with": 180, "set_aside": 97, "another_hand": 200}
    assert len({row["text"] for row in rows()}) == len({row["id"] for row in rows()}) == sum(parts.values())
    for part in parts:
        labels = Counter(row["label"] for row in rows() if row["part"] == part)
        assert set(labels) == set(PURPOSES)
        assert min(labels.values()) >= 7


@pytest.mark.parametrize(("part", "purpose"), [(part, each) for part in FLOORS for each in FLOORS[part]])
def test_precision_and_recall_on_what_no_rule_was_made_with(part: str, purpose: str) -> None:
    precision, recall = FLOORS[part][purpose]
    found = scores(part)[purpose]
    assert (found.precision or 0) >= precision
    assert (found.recall or 0) >= recall


def test_what_the_rules_were_made_with_they_know() -> None:
    found = scores("made_with")["all"]
    assert found.right / found.labelled >= 0.98


def test_the_method_page_has_the_figures() -> None:
    page = (PROJECT / "docs" / "method.md").read_text(encoding="utf-8")
    section = page.partition("## What a post is for")[2].partition("\n## ")[0]
    printed = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|$", section, re.M)
    assert printed == [
        (purpose, str(s.labelled), str(s.found), str(s.right), f"{s.precision:.2f}", f"{s.recall:.2f}")
        for purpose, s in scores("another_hand").items()
    ]


def test_precision_and_recall_are_counted_as_they_are_defined() -> None:
    rules = Rules(1, (Rule("lost", "missing_person", compiled("lost")),))
    texts = [("lost", "missing_person"), ("lost", "appeal"), ("gone", "missing_person"), ("🚨", "warning")]
    found = score(rules, [*texts, ("hi", "other")])
    assert found["missing_person"] == Score(labelled=2, found=2, right=1)
    assert (found["missing_person"].precision, found["missing_person"].recall) == (0.5, 0.5)
    assert (found["appeal"].precision, found["appeal"].recall) == (None, 0)
    assert (found["community"].precision, found["community"].recall) == (None, None)
    assert found["other"] == Score(labelled=1, found=2, right=1)
    assert found["all"] == Score(labelled=5, found=4, right=2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the header needs the column text, once"),
        (b"id,text\n1,hello\n", "line 1: the header needs the column label, once"),
        (b"text,label,text\na,appeal,b\n", "line 1: the header needs the column text, once"),
        (b"text,label\n", "has no row below its header"),
        (b"text,label\nhello,gossip\n", "line 2: the column label has none of appeal, missing_person"),
        (b'text,label\n"a\nb",appeal\nJane, 14,appeal\n', "line 4: more cells than the header"),
        (b"text,label\nhello\n", "line 2: fewer cells than the header"),
        (b"text,label\n ,appeal\n", "line 2: the column text is empty"),
        (b'text,label\nhello,appeal\n"Jane,appeal\n', "after line 2: unexpected end of data"),
        (b"text,label\n\xff,appeal\n", "is no text in UTF-8: save it as CSV in UTF-8"),
        ("text,label\nhello,appeal\n".encode("utf-16"), "is no text in UTF-8"),
    ],
)
def test_labels_that_cannot_be_read_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "labels.csv").write_bytes(content)
    with pytest.raises(LabelsError, match=re.escape(said)) as caught:
        read_labels(tmp_path / "labels.csv")
    assert "Jane" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match=r"none\.csv: No such file or directory"):
        read_labels(tmp_path / "none.csv")
    with pytest.raises(LabelsError, match="Is a directory"):
        read_labels(tmp_path)
