"""The least and the greatest that a sum of counts can be, given other sums of them: linear programs.

Belongs here: bounds, with scipy's HiGHS. Does not belong here: what the sums are (disclosure.py).
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

Name = TypeVar("Name", bound=Hashable)

#: Rounds in which all cells of all blocks are pushed at once, before each is pushed alone.
ROUNDS = 6
#: A count that nothing bounds can be this much more than the largest that is known.
ROOM = 100
#: The solver's tolerance, of counts that are whole numbers.
NEAR = 1e-6


@dataclass(frozen=True)
class Row:
    """A sum of variables that are at least 0: at least `low` and at most `high`, None for no bound."""

    variables: list[int]
    low: int
    high: int | None
    label: str


@dataclass(frozen=True)
class Block(Generic[Name]):
    """Rows that any variable connects, and the cells that are sums of their variables."""

    rows: list[Row]
    cells: dict[Name, list[int]]


def bounds(
    rows: list[Row], cells: Mapping[Name, list[int]], width: int, small: int
) -> Iterator[tuple[Name, float, float, list[str]]]:
    """Each cell (a sum of variables) that can be below `small` and is known to less than `width`.

    Yields its name, its least and greatest value, and the labels of the rows that hold its variables. Least
    is above greatest where the rows contradict each other.
    """
    block_of = _blocks(rows, cells)
    by_block: dict[int, Block[Name]] = {}
    for row in rows:
        if row.variables:
            by_block.setdefault(block_of[row.variables[0]], Block([], {})).rows.append(row)
    for name, variables in cells.items():
        if variables:
            by_block.setdefault(block_of[variables[0]], Block([], {})).cells[name] = variables
    for block in by_block.values():
        capped = {variable for row in block.rows if row.high is not None for variable in row.variables}
        # What holds a variable that no sum bounds can be as large as it likes.
        for name in [name for name, variables in block.cells.items() if not capped.issuperset(variables)]:
            del block.cells[name]
    yield from _together([block for block in by_block.values() if block.cells], width, small)


def _blocks(rows: list[Row], cells: Mapping[Name, list[int]]) -> list[int]:
    """Of each variable a number that those have in common which any sum connects."""
    from scipy.sparse import csr_array  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

    sums = [variables for variables in (*(row.variables for row in rows), *cells.values()) if variables]
    pairs = [(variables[0], variable) for variables in sums for variable in variables]
    if not pairs:
        return []
    ones, count = np.ones(len(pairs)), max(map(max, pairs)) + 1
    graph = csr_array((ones, np.array(pairs).T), shape=(count, count))
    block_of: list[int] = connected_components(graph, directed=False)[1].tolist()
    return block_of


def _together(
    blocks: list[Block[Name]], width: int, small: int
) -> Iterator[tuple[Name, float, float, list[str]]]:
    """Blocks have nothing in common, so one program solves all: each is at its own best in the answer."""
    if not blocks:
        return
    solve = _program(blocks)
    names = [name for block in blocks for name in block.cells]
    found = [values for sign in (1, -1) if (values := solve(dict.fromkeys(names, sign)))]
    if len(blocks) > 1 and len(found) < 2:  # one of them contradicts itself: which, the halves tell
        middle = len(blocks) // 2
        yield from _together(blocks[:middle], width, small)
        yield from _together(blocks[middle:], width, small)
        return
    if not found:
        yield names[0], 1.0, 0.0, _labels(blocks, names[0])
        return
    least = {name: min(values[name] for values in found) for name in names}
    greatest = {name: max(values[name] for values in found) for name in names}

    def is_open(name: Name) -> bool:
        return least[name] < small and greatest[name] - least[name] < width - NEAR

    def push(objective: dict[Name, int]) -> None:
        for name, value in solve(objective).items() if objective else ():
            least[name], greatest[name] = min(least[name], value), max(greatest[name], value)

    dice = np.random.default_rng(0)
    for _ in range(ROUNDS):
        left = list(filter(is_open, names))
        push(dict(zip(left, dice.choice([-1, 1], len(left)).tolist(), strict=True)))
    # Then alone: one cell of each block at a time.
    blocks = [block for block in blocks if any(map(is_open, block.cells))]
    solve = _program(blocks)
    waiting = [iter(block.cells) for block in blocks]
    while alone := [name for each in waiting if (name := next(filter(is_open, each), None)) is not None]:
        for sign in (-1, 1):
            push(dict.fromkeys(filter(is_open, alone), sign))
        for name in filter(is_open, alone):
            yield name, least[name], greatest[name], _labels(blocks, name)


def _program(blocks: list[Block[Name]]) -> Callable[[Mapping[Name, int]], dict[Name, float]]:
    """A function: the value of each cell where the weighted sum of some is least, nothing if nothing fits."""
    # Half a second to import.
    from scipy.optimize import LinearConstraint, milp  # type: ignore[import-untyped]
    from scipy.sparse import csr_array

    rows = [row for block in blocks for row in block.rows]
    cells = {name: variables for block in blocks for name, variables in block.cells.items()}
    numbers: dict[int, int] = {}
    for variables in (*(row.variables for row in rows), *cells.values()):
        for variable in variables:
            numbers.setdefault(variable, len(numbers))

    def matrix(sums: list[list[int]]) -> Any:
        at = [(nth, numbers[variable]) for nth, variables in enumerate(sums) for variable in variables]
        across, down = [column for _, column in at], [row for row, _ in at]
        return csr_array((np.ones(len(at)), (down, across)), shape=(len(sums), len(numbers)))

    top = ROOM + max([row.high or row.low for row in rows], default=0)
    constraint = LinearConstraint(
        matrix([row.variables for row in rows]),
        np.array([row.low for row in rows], dtype=float),
        np.array([np.inf if row.high is None else row.high for row in rows], dtype=float),
    )
    of_cells = matrix(list(cells.values()))

    def solve(weights: Mapping[Name, int]) -> dict[Name, float]:
        weight = np.array([weights.get(name, 0) for name in cells])
        answer = milp(of_cells.T @ weight, constraints=constraint, bounds=(0, top))
        values = [] if answer.x is None else (of_cells @ answer.x).tolist()
        return dict(zip(cells, values, strict=False))

    return solve


def _labels(blocks: list[Block[Name]], name: Name) -> list[str]:
    (block,) = (block for block in blocks if name in block.cells)
    own = set(block.cells[name])
    return [row.label for row in block.rows if own.intersection(row.variables)]
