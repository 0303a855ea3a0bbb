"""How well the rules of purposes do on texts that a person has labelled.

Belongs here: precision and recall of each purpose and of all. Does not belong here: the rules, or any text:
labelled posts stay with whoever labelled them.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.sources.purposes import PURPOSES, Rules


class LabelsError(Exception):
    """A file of labelled texts cannot be read. Says the line and why."""


@dataclass(frozen=True)
class Score:
    """Of one purpose: texts labelled so, found so, and both."""

    labelled: int
    found: int
    right: int

    @property
    def precision(self) -> float | None:
        """Of the texts found so, the share that is; None where none was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Of the texts labelled so, the share that was found; None where there is none."""
        return self.right / self.labelled if self.labelled else None


def score(rules: Rules, texts: Iterable[tuple[str, str]]) -> dict[str, Score]:
    """The score of each purpose, and of `all`, on pairs of text and label. A text without a word is
    told nothing and counts as not found."""
    labelled, found, right = Counter[str](), Counter[str](), Counter[str]()
    for text, label in texts:
        purpose = rules.purpose_of(text)
        for key in (label, "all"):
            labelled[key] += 1
            right[key] += purpose == label
        for key in (purpose, "all") if purpose else ():
            found[key] += 1
    return {key: Score(labelled[key], found[key], right[key]) for key in (*PURPOSES, "all")}


def read_labels(path: Path) -> list[tuple[str, str]]:
    """Pairs of text and label from a CSV with the columns `text` and `label`; others are left alone.

    Raises:
        LabelsError: no such file, no CSV in UTF-8, a column is missing, or a label is no purpose.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelsError(f"{path.name} cannot be read: {type(error).__name__}") from error
    pairs = []
    for line, row in enumerate(rows, start=1):
        text, label = row.get("text"), row.get("label")
        if text is None or label is None:
            raise LabelsError(f"{path.name}: the columns text and label are needed")
        if label not in PURPOSES:
            raise LabelsError(f"{path.name}, text {line}: {label!r} is none of {', '.join(PURPOSES)}")
        pairs.append((text, label))
    return pairs
