"""The least and the greatest that a sum of counts can be, given other sums of them: linear programs.

Belongs here: bounds, with scipy's HiGHS. Does not belong here: what the sums are (disclosure.py).
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

Name = TypeVar("Name", bound=Hashable)

#: Rounds in which all cells of a block are pushed at once, before each is pushed alone.
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


def bounds(
    rows: list[Row], cells: Mapping[Name, list[int]], width: int, small: int
) -> Iterator[tuple[Name, float, float, list[str]]]:
    """Each cell (a sum of variables) that can be below `small` and is known to less than `width`.

    Yields its name, its least and greatest value, and the labels of the rows that hold its variables. Least
    is above greatest where the rows contradict each other.
    """
    block_of = _blocks(rows, cells)
    by_block: dict[int, tuple[list[Row], list[Name]]] = {}
    for row in rows:
        if row.variables:
            by_block.setdefault(block_of[row.variables[0]], ([], []))[0].append(row)
    for name, variables in cells.items():
        if variables:
            by_block.setdefault(block_of[variables[0]], ([], []))[1].append(name)
    for own_rows, names in by_block.values():
        capped = {variable for row in own_rows if row.high is not None for variable in row.variables}
        # What holds a variable that no sum bounds can be as large as it likes.
        held = {name: cells[name] for name in names if capped.issuperset(cells[name])}
        if held:
            yield from _block(own_rows, held, width, small)


def _blocks(rows: list[Row], cells: Mapping[Name, list[int]]) -> dict[int, int]:
    """Variable → a number that those have in common which any sum connects."""
    parent: dict[int, int] = {}

    def root(variable: int) -> int:
        parent.setdefault(variable, variable)
        while parent[variable] != variable:
            parent[variable] = parent[parent[variable]]
            variable = parent[variable]
        return variable

    for variables in (*(row.variables for row in rows), *cells.values()):
        for variable in variables:
            parent[root(variable)] = root(variables[0])
    return {variable: root(variable) for variable in parent}


def _block(
    rows: list[Row], cells: dict[Name, list[int]], width: int, small: int
) -> Iterator[tuple[Name, float, float, list[str]]]:
    solve = _program(rows, cells)
    names = list(cells)
    found = [solution for sign in (1, -1) if (solution := solve(dict.fromkeys(names, sign))) is not None]
    if not found:
        yield names[0], 1.0, 0.0, _labels(rows, cells[names[0]])
        return
    least, greatest = np.min(found, axis=0), np.max(found, axis=0)

    def is_open(nth: int) -> bool:
        return bool(least[nth] < small and greatest[nth] - least[nth] < width - NEAR)

    def push(objective: dict[Name, int]) -> None:
        nonlocal least, greatest
        solution = solve(objective)
        if solution is not None:
            least, greatest = np.minimum(least, solution), np.maximum(greatest, solution)

    dice = np.random.default_rng(0)
    for _ in range(ROUNDS):
        left = [nth for nth in range(len(names)) if is_open(nth)]
        if left:
            push(
                {
                    names[nth]: int(sign)
                    for nth, sign in zip(left, dice.choice([-1, 1], len(left)), strict=True)
                }
            )
    for nth, name in enumerate(names):
        for sign in (-1, 1):
            if is_open(nth):
                push({name: sign})
        if is_open(nth):
            yield name, float(least[nth]), float(greatest[nth]), _labels(rows, cells[name])


def _program(rows: list[Row], cells: dict[Name, list[int]]) -> Any:
    """A function: the values of all cells where the weighted sum of some is least, None if nothing fits."""
    # Half a second to import.
    from scipy.optimize import LinearConstraint, milp  # type: ignore[import-untyped]
    from scipy.sparse import csr_array  # type: ignore[import-untyped]

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
    places = {name: nth for nth, name in enumerate(cells)}

    def solve(weights: dict[Name, int]) -> Any:
        weight = np.zeros(len(cells))
        for name, sign in weights.items():
            weight[places[name]] = sign
        answer = milp(of_cells.T @ weight, constraints=constraint, bounds=(0, top))
        return None if answer.x is None else of_cells @ answer.x

    return solve


def _labels(rows: list[Row], variables: list[int]) -> list[str]:
    own = set(variables)
    return [row.label for row in rows if own.intersection(row.variables)]
