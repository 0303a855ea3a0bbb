"""What a file is: which of its sheets, one of Beatbook's own kinds or a tool's export, and its header.

Here: finding and judging a header row. Not here: rows (check.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pipelines.returns import importers, limits
from pipelines.returns.importers.mapping import Mapping, header_name
from pipelines.returns.importers.rows import (
    Expanded,
    Field,
    Lacking,
    Pick,
    fields_of,
    figures_of,
    place_of,
)
from pipelines.returns.kinds import HEADER_ROWS, KINDS, Header, Kind, find_header, is_personal, no_header
from pipelines.returns.model import Problem, Raw, Reading, Refused, Row, Sheet, is_blank, shown

NEAR = 3  # a second sheet with this many known column names is taken for a return gone wrong
COVER = "cover"  # the sheet of our template that says what the return covers
NOT_TABLES = (COVER, "example")


@dataclass(frozen=True)
class Shape:
    """A header and what is done with its columns. With `problems`, rows can still be looked at."""

    sheet: Sheet
    kind: Kind
    line: int
    names: list[str]
    fields: list[Field]
    reading: Reading
    mapping: Mapping | None = None
    figures: tuple[Expanded, ...] = ()
    problems: tuple[str, ...] = ()
    above: str = ""  # what stands above the header, in one text
    texts: tuple[int, ...] = ()  # where a post's text stands, which is read for its purpose and goes

    @property
    def width(self) -> int:
        return len(self.names)


def find_shape(sheets: Sequence[Sheet]) -> Shape:
    """The one sheet that is a return or a tool's export.

    Raises:
        Refused: there is none, there are several, or a needed column is not there.
    """
    tables = [sheet for sheet in sheets if sheet.title.strip().casefold() not in NOT_TABLES]
    heads = {sheet.title: (sheet, list(_head(sheet))) for sheet in tables}
    of_tools = [found for sheet, rows in heads.values() if (found := _tool(sheet, rows))]
    named = [found for found in of_tools if found[1].sheet is None or _is_called(found)]
    of_tools = named or of_tools
    if len(of_tools) > 1:
        titles = _list([sheet.title for sheet, *_ in of_tools])
        raise Refused(f"More than one table of the file is an export: {titles}. Send one file for each.")
    if of_tools:
        return _of_tool(*of_tools[0])
    sheet, header, rows = _choose(heads)
    if header.kind is None:
        raise Refused(*header.problems, problems=sheet.problems(header.line))
    return _of_kind(sheet, header, header.kind, rows)


def _head(sheet: Sheet) -> Iterator[Row]:
    rows = (row for row in sheet.open() if not isinstance(row, Problem))
    return islice((row for row in rows if not all(map(is_blank, row[1]))), HEADER_ROWS)


def _is_called(found: tuple[Sheet, Mapping, int, list[Row]]) -> bool:
    return (found[1].sheet or "").casefold() == found[0].title.strip().casefold()


def _tool(sheet: Sheet, rows: list[Row]) -> tuple[Sheet, Mapping, int, list[Row]] | None:
    fits = [(fit[1], -at, fit[0]) for at, row in enumerate(rows) if (fit := importers.fitting(row[1]))]
    if not fits:
        return None
    _, at, mapping = max(fits, key=lambda each: each[:2])
    return sheet, mapping, -at, rows


def _of_tool(sheet: Sheet, mapping: Mapping, at: int, rows: list[Row]) -> Shape:
    line, cells = rows[at]
    names = _trimmed([header_name(cell) for cell in cells])
    _refuse_wide(names)
    as_written = {header_name(cell): shown(cell) for cell in cells}
    doubled = [as_written[name] for name, n in Counter(names).items() if n > 1 and name in mapping.taken]
    if doubled:
        raise Refused(
            f"The column {doubled[0]} appears more than once. Was the export changed? Export it again."
        )
    kind = next(kind for kind in KINDS if kind.name == mapping.kind)
    try:
        fields = fields_of(mapping, kind, names)
        figures = tuple(figures_of(mapping, names))
        if mapping.figures and not figures:
            raise Lacking(tuple(figure.column[0] for figure in mapping.figures.values()))
    except Lacking as lacking:
        raise Refused(
            f"This is an export of {mapping.title}, but it has no column {' or '.join(lacking.names)}, and "
            f"without it nothing can be taken. Export it anew with that column: {mapping.menu}."
        ) from None
    rest = [name for name in names if name and name not in mapping.taken]
    personal = [name for name in names if name and mapping.is_personal(name)]
    unused = [name for name in rest if name not in personal and mapping.is_unused(name)]
    unknown = [name for name in rest if name not in personal and name not in unused]
    notes = mapping.notes if mapping.is_tried else (*mapping.notes, _UNTRIED)
    reading = Reading(
        mapping.title,
        tuple(as_written[name] for name in personal),
        tuple(as_written[name] for name in unused),
        tuple(as_written[name] for name in unknown),
        notes=notes,
    )
    above = " ".join(str(cell) for _, row in rows[:at] for cell in row if not is_blank(cell))
    texts = tuple(place for text in mapping.texts if (place := place_of(names, [text])) is not None)
    return Shape(sheet, kind, line, names, fields, reading, mapping, figures, above=above[:2000], texts=texts)


_UNTRIED = (
    "This mapping has not been tried on a real export: the tool does not show its columns in public. Compare "
    "the preview with the tool's own screen before you send it."
)


def _of_kind(sheet: Sheet, header: Header, kind: Kind, rows: list[Row]) -> Shape:
    _refuse_wide(header.names)
    fields = [
        Field(column, column.name, _cell(header.names.index(column.name)))
        for column in kind.columns
        if column.name in header.names
    ]
    personal = tuple(shown(name) for name in kind.unknown(header.names) if is_personal(name))
    return Shape(
        sheet,
        kind,
        header.line,
        header.names,
        fields,
        Reading(personal=personal),
        problems=tuple(header.problems),
        texts=(header.names.index("text"),) if kind.is_of_posts and "text" in header.names else (),
    )


def _cell(place: int) -> Pick:
    def pick(row: Sequence[Raw]) -> Raw:
        return row[place]

    return pick


def _trimmed(names: list[str]) -> list[str]:
    while names and not names[-1]:
        names.pop()
    return names


def _refuse_wide(names: list[str]) -> None:
    if len(names) > limits.MAX_COLUMNS:
        raise Refused(f"The header has more than {limits.MAX_COLUMNS:,} columns. Keep those that are needed.")


def _choose(heads: dict[str, tuple[Sheet, list[Row]]]) -> tuple[Sheet, Header, list[Row]]:
    found = {title: header for title, (_, rows) in heads.items() if (header := find_header(rows))}
    exact = [title for title, header in found.items() if header.kind and not header.problems]
    near = [t for t, header in found.items() if t not in exact and header.known >= NEAR]
    if len(exact) > 1:
        raise Refused(
            f"More than one sheet is a return: {_list(exact)}. Send one file for each, or put the "
            "rows of one kind in one sheet."
        )
    if exact and near:
        raise Refused(
            f"The sheet {_list(exact)} is a return, but {_list(near)} looks like one too. "
            f"{' '.join(found[near[0]].problems)} Put it right and send it in a file of its own, "
            "or take the sheet out."
        )
    candidates = exact or near or list(found)
    if len(candidates) > 1:
        reasons = " ".join(f"{_list([t])}: {' '.join(found[t].problems)}" for t in candidates)
        raise Refused(f"No sheet has the columns of a return. {reasons}")
    if not candidates:
        filled = [rows for _, rows in heads.values() if rows]
        if not filled:
            raise Refused("The workbook is empty.")
        if len(filled) == 1:
            raise Refused(no_header())
        raise Refused(f"None of the sheets ({_list(list(heads))}) begins with a return's columns.")
    sheet, rows = heads[candidates[0]]
    return sheet, found[candidates[0]], rows


def _list(titles: Sequence[str]) -> str:
    return ", ".join(f"'{shown(title)}'" for title in titles)
