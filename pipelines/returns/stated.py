"""What a file says of its own period and export: a tool in the file's name or above the header, our template
on its cover sheet.

Here: finding those values. Not here: judging them (declare.py).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from pipelines.returns.kinds import normalise
from pipelines.returns.model import Problem, Raw, Sheet, is_blank
from pipelines.returns.shape import COVER, Shape


@dataclass(frozen=True)
class Stated:
    """The three values of a declaration, as far as they are said, as they are written."""

    period_from: Raw = None
    period_to: Raw = None
    exported_at: Raw = None

    def over(self, other: Stated) -> Stated:
        """This, and what it does not say from `other`."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(other, **{name: value for name, value in said.items() if not is_blank(value)})

    @property
    def lacking(self) -> list[str]:
        """The options that say what is not said yet."""
        options = {"--from": self.period_from, "--to": self.period_to, "--exported-at": self.exported_at}
        return [name for name, value in options.items() if is_blank(value)]


def stated_in(shape: Shape, name: str, sheets: Sequence[Sheet]) -> Stated:
    """What the file says of itself. `name`: the file's."""
    found = Stated()
    for stamp in shape.mapping.stamps if shape.mapping else ():
        match = re.search(stamp.pattern, name if stamp.where == "name" else shape.above)
        if match:
            found = found.over(_of_stamp(match.groupdict()))
    return found.over(_cover(sheets))


def _of_stamp(groups: dict[str, str]) -> Stated:
    if "epoch" in groups:
        moment = dt.datetime(1970, 1, 1) + dt.timedelta(milliseconds=int(groups["epoch"]))  # noqa: DTZ001
        return Stated(exported_at=f"{moment:%Y-%m-%dT%H:%M:%S}Z")
    return Stated(_day(groups.get("from")), _day(groups.get("to")), groups.get("exported"))


def _day(text: str | None) -> Raw:
    """A day as tools write it in names, where blanks are dashes."""
    return text.replace("-", " ") if text and text[0].isalpha() else text


def _cover(sheets: Sequence[Sheet]) -> Stated:
    cover = next((sheet for sheet in sheets if sheet.title.strip().casefold() == COVER), None)
    if cover is None:
        return Stated()
    rows = (row[1] for row in cover.open() if not isinstance(row, Problem))
    said = {normalise(row[0]): row[1] for row in rows if len(row) > 1}
    return Stated(*(said.get(each.name) for each in fields(Stated)))
