"""Rows on a terminal of any width: a table where all words fit, otherwise some lines for each row.

Belongs here: widths. Does not belong here: what the cells say (benchmark_display.py, display.py).
"""

import textwrap
from collections.abc import Collection, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console, JustifyMethod, RenderableType
from rich.console import Group as Lines
from rich.markup import escape
from rich.table import Table
from rich.text import Text

#: Stands for a space at which a line must not end.
_FIRM = "\N{NO-BREAK SPACE}"
#: What the lines of a table and their margins take beside each column.
_BESIDE = 3


def fitted(
    console: Console,
    rows: Sequence[Mapping[str, str]],
    *,
    name: Sequence[str],
    whole: Collection[str] = (),
    right: Collection[str] = (),
    widest: Mapping[str, int] = {},
    sections: Sequence[str] = (),
    unrepeated: str = "",
) -> RenderableType:
    """Rows with the same heads, as wide as the terminal; nothing in them is shortened.

    `name`: the heads that name a row. `whole`: cells that stand in one line. `right`: columns to the right.
    `widest`: how wide columns of text become at most. `sections`: of each row; a line parts them.
    `unrepeated`: a head that the table shows only where it is another than in the row above.
    """
    heads = list(rows[0]) if rows else []
    cells = {head: [head, *(row[head] for row in rows)] for head in heads}
    natural = {head: max(map(cell_len, cells[head])) for head in heads}
    word = {head: max(map(cell_len, " ".join(cells[head]).split())) for head in heads}
    least = {head: natural[head] if head in whole else word[head] for head in heads}
    most = {head: max(least[head], min(natural[head], widest.get(head, natural[head]))) for head in heads}
    room = console.width - 1 - _BESIDE * len(heads)
    if sum(least.values()) > room and console.is_terminal:
        return _in_lines(console, rows, name, sections)
    widths = _shared_out(least, most, room)
    # rich would narrow figures too; a file is as wide as it has to be.
    drawn = Table(width=console.width + sum(least.values()) - room if sum(least.values()) > room else None)
    for head in heads:
        side: JustifyMethod = "right" if head in right else "left"
        drawn.add_column(escape(head), justify=side, width=widths[head], overflow="fold")
    before: Mapping[str, str] = {}
    for nth, row in enumerate(rows):
        is_new = bool(sections) and nth > 0 and sections[nth] != sections[nth - 1]
        if is_new:
            drawn.add_section()
        blank = unrepeated if before.get(unrepeated) == row.get(unrepeated) else ""
        drawn.add_row(*("" if head == blank else escape(row[head]) for head in heads))
        before = row
    return drawn


def _shared_out(least: Mapping[str, int], most: Mapping[str, int], room: int) -> dict[str, int]:
    """How wide each column is: the narrow ones as they need it, and what is left for the wide ones alike."""
    widths = dict(least)
    for level in range(1, max(most.values(), default=0) + 1):
        wider = {head: max(least[head], min(level, most[head])) for head in least}
        if sum(wider.values()) > room:
            break
        widths = wider
    return widths


def _in_lines(
    console: Console, rows: Sequence[Mapping[str, str]], name: Sequence[str], sections: Sequence[str]
) -> RenderableType:
    """Each row's name and below it `heading: value`, as many as a line holds; what is empty is left out."""
    lines: list[Text] = []
    room = console.width - 2
    for nth, row in enumerate(rows):
        if sections and nth and sections[nth] != sections[nth - 1]:
            lines.append(Text("─" * min(room, 40)))
        lines.append(Text(", ".join(row[head] for head in name if row[head]), style="bold", overflow="fold"))
        said = [f"{head}: {cell}" for head, cell in row.items() if cell and head not in name]
        firm = [each if cell_len(each) > room else each.replace(" ", _FIRM) for each in said]
        wrapped = textwrap.wrap(f"{_FIRM}· ".join(firm), room, break_long_words=False, break_on_hyphens=False)
        # Without wrapping: a path that is longer than a line is the terminal's to break.
        lines += [Text("  " + line.replace(_FIRM, " "), no_wrap=True, overflow="ignore") for line in wrapped]
    return Lines(*lines)
