"""Benchmark tables, one number's way and questions, as people read them in a terminal.

Belongs here: rich. Does not belong here: one cell's text (release/figures.py), or finding out what is shown.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.markup import escape

from pipelines.cli.display import WIDE, console, show_lines, show_rows, show_text
from pipelines.cli.fitted import fitted
from pipelines.release import figures
from pipelines.release.figures import amount

if TYPE_CHECKING:
    from pipelines.release.explain import Explanation
    from pipelines.release.reader import BenchmarkTable

#: Columns that stand only where a row has something in them.
_WHERE_ANY = ("Shrunk", "Change", "Peers", "Against peers")
_TEXT = ("Force", "Indicator", "Platform", "Against others", "Against peers", "Status", "Note")
#: How wide columns of words become at most; all others are figures, which stand in one line.
_WIDEST = {
    **{"Force": 40, "Indicator": 24, "Platform": 24, "Change": 30, "Against others": 20, "Note": 200},
    "Against peers": 14,
}


def show_table(table: "BenchmarkTable") -> None:
    """A benchmark table, with how final it is above it and what it means below."""
    usual = None if table.is_of_force else _usual_note(table)
    show_text([table.title], style="bold")
    show_text(table.above)
    console.print(_of_force(table) if table.is_of_force else _of_areas(table, usual), crop=False)
    show_text([f"Unless noted: {usual}"] * bool(usual) + table.below)


def _of_areas(table: "BenchmarkTable", usual: str | None) -> RenderableType:
    """An indicator: best first, then those without a number with their reasons, then groups of forces, or
    the peers of one."""
    unit = table.rows[0]["unit"]
    head = "Time" if unit == "seconds" else unit[0].upper() + unit[1:]
    lines, sections = [], []
    for row in table.rows:
        own = _ends(row, "" if unit == "%" else unit)  # the head has it
        own |= {"Note": ""} if own["Note"] == usual else {}
        own |= {"Against peers": ""} if row["area_id"] != table.peers_of else {}  # others have other peers
        value = amount(row["value"], "" if unit == "%" else unit)
        lines.append({"Rank": figures.rank(row), "Force": row["area_name"], head: value} | own)
        sections.append(row["area_type"])
    return _drawn(lines, sections, ["Force"])


def _of_force(table: "BenchmarkTable") -> RenderableType:
    """A force's indicators beside all forces and its peers; platforms without a number for one reason share a
    line."""
    lines, sections = [], []
    for name, rows in groupby(table.rows, lambda row: str(row["indicator_name"])):
        together: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in rows:
            alone = "" if row["value"] is None else row["platform"]
            together.setdefault((alone, row["note"] or ""), []).append(row)
        for alike in together.values():
            row = alike[0]
            own = {
                "Indicator": name,
                "Platform": ", ".join(each["platform_name"] for each in alike),
                "Value": amount(row["value"], row["unit"]),
                "95% interval": "",
                "Rank": figures.rank(row),
                "All forces": amount(row["all_forces_value"], row["unit"]) if len(alike) == 1 else "",
                "Peers": amount(row["peers_value"], row["unit"]) if len(alike) == 1 else "",
            }
            lines.append(own | _ends(row, row["unit"]))
            sections.append(name)
    return _drawn(lines, sections, ["Indicator", "Platform"])


def _ends(row: dict[str, Any], unit: str) -> dict[str, str]:
    """What every line ends with, by the head of its column."""
    return {
        "95% interval": figures.interval(row["ci95_low"], row["ci95_high"], unit),
        "Shrunk": amount(row["shrunk_value"], unit),
        "Change": figures.change(row),
        "n": figures.sample(row["n"], row["effective_n"]),
        "Against others": figures.verdict(row),
        "Against peers": figures.peers_verdict(row),
        "Status": "provisional" if row["is_provisional"] else "final" if row["value"] is not None else "",
        "Note": row["note"] or "",
    }


def _drawn(lines: Sequence[dict[str, str]], sections: Sequence[str], name: Sequence[str]) -> RenderableType:
    """Lines with the same heads, parted where the section changes."""
    heads = [head for head in lines[0] if head not in _WHERE_ANY or any(line[head] for line in lines)]
    whole = [head for head in heads if head not in _WIDEST or (head == "Force" and console.width >= WIDE)]
    return fitted(
        console,
        [{head: line[head] for head in heads} for line in lines],
        name=name,
        whole=whole,
        right=[head for head in heads if head not in _TEXT],
        widest=_WIDEST,
        sections=sections,
        unrepeated="Indicator",
    )


def _usual_note(table: "BenchmarkTable") -> str | None:
    """What most rows with a number say: once below the table, not in every line."""
    notes = Counter(row["note"] for row in table.rows if row["value"] is not None)
    if not notes:
        return None
    note, count = notes.most_common(1)[0]
    return note if note and count * 2 > notes.total() else None


def show_explanation(found: "Explanation") -> None:
    """The way of one number, section by section, with what each account adds."""
    console.print(f"[bold]{escape(found.title)}[/bold]")
    for nth, (heading, lines) in enumerate(found.sections):
        console.print(f"\n[bold]{heading}[/bold]")
        show_lines(lines)
        if nth == 0 and found.accounts:
            console.print()
            show_rows(found.accounts, "What each account adds")
    if found.no_accounts:
        console.print(f"\nWhat each account adds is not said: {found.no_accounts}", highlight=False)
    console.print()
    show_text([found.made_from])


def show_mergers(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Each merger's sentences, one for each outcome, and beside whom the force stands."""
    console.print(title, highlight=False, markup=False)
    for _, of_merger in groupby(rows, itemgetter("force_id", "platform", "event_date")):
        console.print()
        for row in of_merger:
            show_lines([row["sentence"]])
            if row["comparators"]:
                show_lines([f"    p = {row['p_value']:.3f}; beside {row['comparators']}"])


def show_questions(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Each claim with its question, the answer and what to mind with it."""
    console.print(title, highlight=False, markup=False)
    for row in rows:
        console.print(f"\n[bold]{row['position']}. {escape(row['claim'])}[/bold]", highlight=False)
        show_lines([line for line in (row["question"], row["sentence"], row["caveat"]) if line])
