"""`beatbook purposes`: how well the rules tell what posts are for, on texts that somebody has labelled.

Belongs here: reading the file's name, printing. Does not belong here: the rules and the score
(pipelines/sources).
"""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import paths
from pipelines.cli.common import Exit, Format, FormatOption, fail, print_rows


def purposes(
    file: Annotated[Path, typer.Argument(help="A CSV with the columns text and label.", parser=paths.file)],
    format_: FormatOption = Format.TABLE,
) -> None:
    """Precision and recall of the rules of purposes on labelled texts.

    Texts of real posts stay where they are: nothing of the file is kept, logged or printed. How to label:
    docs/method.md.
    """
    from pipelines.registry import check_purpose_rules
    from pipelines.settings import SEEDS
    from pipelines.sources.purpose_score import LabelsError, read_labels, score

    rules = check_purpose_rules(SEEDS)
    try:
        scores = score(rules, read_labels(file))
    except LabelsError as error:
        fail(Exit.BAD_INPUT, str(error))
    rows = [
        {
            "purpose": purpose,
            "labelled": found.labelled,
            "found": found.found,
            "right": found.right,
            "precision": None if found.precision is None else round(found.precision, 2),
            "recall": None if found.recall is None else round(found.recall, 2),
        }
        for purpose, found in scores.items()
    ]
    print_rows(rows, format_, title=f"rules of purposes, version {rules.version}")
