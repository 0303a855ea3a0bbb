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
        LabelsError: no such file, no CSV in UTF-8, a column is missing, a row is longer or shorter than the
            header, a text is empty, a label is no purpose, or there is no row. No cell is in the message: it
            may be a text.
    """
    line, pairs = 1, []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            for name in ("text", "label"):
                if list(reader.fieldnames or ()).count(name) != 1:
                    raise LabelsError(f"{path.name}, line 1: the header needs the column {name}, once")
            for row in reader:
                line = reader.line_num
                pairs.append(_pair(row))
    except OSError as error:
        raise LabelsError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LabelsError(f"{path.name} is no text in UTF-8: save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise LabelsError(f"{path.name}, after line {line}: {error}") from error
    except ValueError as error:
        raise LabelsError(f"{path.name}, line {line}: {error}") from error
    if not pairs:
        raise LabelsError(f"{path.name} has no row below its header")
    return pairs


def _pair(row: dict[str | None, str | list[str] | None]) -> tuple[str, str]:
    text, label = row["text"], row["label"]
    if None in row:
        raise ValueError('more cells than the header; a text with a comma stands in "quotes"')
    if not isinstance(text, str) or not isinstance(label, str):
        raise ValueError("fewer cells than the header")
    if not text.strip():
        raise ValueError("the column text is empty")
    if label not in PURPOSES:
        raise ValueError(f"the column label has none of {', '.join(PURPOSES)}")
    return text, label
