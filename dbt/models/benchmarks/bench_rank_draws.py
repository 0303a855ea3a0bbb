"""How sure ranks are (METHOD 1): a thousand draws of each force's true figure, ranked within its comparison.

Belongs here: drawing and ranking. Does not belong here: which cells are ranked and what is known of each
(bench_rank_cells), what the days held (bench_rank_days), what is published (bench_ranks).

A draw depends on its cell and its comparison alone: each has a generator of its own, seeded by the cell's key
and `draws_seed`, so that any order and splitting of builds gives the same figures.
"""

import hashlib
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

DRAWS = 1000
COMPARISON = ["period_type", "period_start", "indicator_id", "platform", "account_scope"]
KEY = [*COMPARISON, "area_id", "period_end", "drawn_from", "draws_seed"]
#: The ranks between which 952 of the thousand lie, counted from 0: at most 24 are left out at each end.
LOW, HIGH = 24, 975
Cell = dict[str, Any]


def model(dbt, session):
    """One row for each cell of bench_rank_cells, as an Arrow table."""
    dbt.config(materialized="table")
    cells = dbt.ref("bench_rank_cells").order(", ".join([*COMPARISON, "area_id"])).to_arrow_table()
    measures = sorted(
        {m for name in ("numerator_measure", "denominator_measure") for m in cells[name].to_pylist() if m}
    )
    columns = ["area_id", "platform", "account_scope", "activity_date", *measures]
    days = dbt.ref("bench_rank_days").select(", ".join(columns))
    found = intervals(cells.to_pylist(), Days(days.to_arrow_table(), measures) if measures else None)
    table = cells.select(KEY)
    for name, figures in found.items():
        table = table.append_column(name, pa.array(figures, pa.float64()))
    return table


class Days:
    """What each force, platform and account scope had on each day, of each measure; a day that is not known
    adds nothing, as in the sums over the period."""

    def __init__(self, table: pa.Table, measures: list[str]) -> None:
        table = table.sort_by(
            [(name, "ascending") for name in ("area_id", "platform", "account_scope", "activity_date")]
        )
        keys = list(
            zip(*(table[name].to_pylist() for name in ("area_id", "platform", "account_scope")), strict=True)
        )
        self._days = table["activity_date"].to_numpy().astype("datetime64[D]")
        self._figures = {name: np.nan_to_num(table[name].to_numpy()) for name in measures}
        self._rows, start = {}, 0
        for key, same in groupby(keys):
            end = start + sum(1 for _ in same)
            self._rows[key] = slice(start, end)
            start = end

    def of(self, cell: Cell, measure: str, day_count: int) -> np.ndarray:
        """A measure on each day of the cell's period: an array of `day_count` figures."""
        filled = np.zeros(day_count)
        rows = self._rows.get((cell["area_id"], cell["platform"], cell["account_scope"]), slice(0))
        place = (self._days[rows] - np.datetime64(cell["period_start"])).astype(int)
        inside = (place >= 0) & (place < day_count)
        filled[place[inside]] = self._figures[measure][rows][inside]
        return filled


def generator(*key: object) -> np.random.Generator:
    """Random numbers for a key: always the same ones."""
    digest = hashlib.sha256("|".join(map(str, key)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def intervals(cells: list[Cell], days: Days | None) -> dict[str, list[float]]:
    """The limits of each cell's rank at 95%, and the probability that it is in the first and in the last
    quarter of its comparison (rounded down).

    `cells`: rows of bench_rank_cells in order of COMPARISON and area. `days`: None where no cell is drawn
    from them. Lists by column, in the order of the cells.
    """
    found = {
        "rank95_low": [],
        "rank95_high": [],
        "top_quarter_probability": [],
        "bottom_quarter_probability": [],
    }
    for _, of_period in groupby(cells, itemgetter(*COMPARISON[:2])):
        again = {}  # of each force, how often each draw takes each day: the same for all its indicators
        for _, of_comparison in groupby(of_period, itemgetter(*COMPARISON)):
            compared = list(of_comparison)
            ranks = np.sort(mean_ranks(drawn(compared, days, again)), axis=1)
            quarter = len(compared) // 4
            found["rank95_low"] += ranks[:, LOW].tolist()
            found["rank95_high"] += ranks[:, HIGH].tolist()
            found["top_quarter_probability"] += (ranks <= quarter).mean(axis=1).tolist()
            found["bottom_quarter_probability"] += (
                (ranks >= len(compared) + 1 - quarter).mean(axis=1).tolist()
            )
    return found


def mean_ranks(figures: np.ndarray) -> np.ndarray:
    """Ranks from the lowest within each column, ties at their mean. Cells × draws, as given."""
    figures = np.ascontiguousarray(figures.T)
    order = np.argsort(figures, axis=1)
    ordered = np.take_along_axis(figures, order, axis=1)
    differs = ordered[:, 1:] != ordered[:, :-1]
    place = np.broadcast_to(np.arange(1.0, figures.shape[1] + 1), figures.shape)
    if not differs.all():
        edge = np.ones((DRAWS, 1), bool)
        first = np.maximum.accumulate(np.where(np.hstack([edge, differs]), place, 0), axis=1)
        last = np.where(np.hstack([differs, edge]), place, np.inf)
        place = (first + np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1]) / 2
    ranks = np.empty_like(figures)
    np.put_along_axis(ranks, order, place, axis=1)
    return ranks.T


def drawn(cells: list[Cell], days: Days | None, again: dict[str, np.ndarray]) -> np.ndarray:
    """A thousand draws of each cell of a comparison, the best figure lowest. Cells × draws."""
    if cells[0]["drawn_from"] in ("beta", "gamma"):
        figures = np.stack([_of_counts(cell) for cell in cells])
    else:
        # Without a place: a measured zero, or a median that was not reached.
        nowhere = np.inf if cells[0]["drawn_from"] == "log" else -np.inf
        place = np.array([nowhere if cell["place"] is None else cell["place"] for cell in cells])
        if cells[0]["drawn_from"] == "log":
            moves = np.stack([cell["width"] * _random(cell).standard_normal(DRAWS) for cell in cells])
            width = np.array([cell["width"] for cell in cells])
        else:
            moves = np.stack([_of_days(cell, days, again) for cell in cells])
            width = moves.std(axis=1)
            # How far so few days move is itself uncertain, as in Student's t.
            freedom = (cells[0]["period_end"] - cells[0]["period_start"]).days
            moves *= np.stack([np.sqrt(freedom / _random(cell).chisquare(freedom, DRAWS)) for cell in cells])
        figures = shrunk(place, width, moves)
    return figures if cells[0]["is_lowest_first"] else -figures


def shrunk(place: np.ndarray, width: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Draws after shrinkage (METHOD 1), on the logarithm: true places are taken for normal round their mean m
    with variance t², by moments var(place) − mean(width²), and each is drawn from what is left of it then:
    m + b (place − m) + √b moves, b = t² / (t² + width²) (G. Casella, An introduction to empirical Bayes data
    analysis, The American Statistician 39, 1985). Where forces differ by no more than chance, t² is next to
    nothing and every order of them is as likely as any other. What is at an end of the scale stays there.

    `place` and `width`: a figure a cell; `moves`: cells × draws, round 0. Cells × draws.
    """
    some = np.isfinite(place)
    if some.sum() < 2:
        return place[:, None] + moves
    chance = np.mean(width[some] ** 2)
    between = max(np.var(place[some], ddof=1) - chance, 1e-9 * chance)
    total = between + width**2
    keeps = np.where(total > 0, between / np.where(total > 0, total, 1), 1)[:, None]
    middle = np.mean(place[some])
    near = np.where(some, place, middle)[:, None]
    return np.where(some[:, None], middle + keeps * (near - middle) + np.sqrt(keeps) * moves, place[:, None])


def _random(cell: Cell) -> np.random.Generator:
    return generator(*(cell[name] for name in ("draws_seed", *COMPARISON, "area_id")))


def _of_counts(cell: Cell) -> np.ndarray:
    """Of a share or a rate: its beta or gamma posterior, by `place` and `width`."""
    if cell["drawn_from"] == "beta":
        return _random(cell).beta(cell["place"], cell["width"], DRAWS)
    return _random(cell).standard_gamma(cell["place"], DRAWS) / cell["width"]


def _of_days(cell: Cell, days: Days | None, again: dict[str, np.ndarray]) -> np.ndarray:
    """How far the logarithm of a ratio of sums moves when the period's days are drawn again, with
    replacement: a bootstrap of blocks, as one day's posts are not independent. Of d days a draw spreads as
    d − 1 do; that is put right (A. C. Davison and D. V. Hinkley, Bootstrap Methods and their Application,
    1997). A draw with nothing to divide by says nothing and does not move."""
    day_count = (cell["period_end"] - cell["period_start"]).days + 1
    if cell["area_id"] not in again:
        key = (cell[name] for name in ("draws_seed", *COMPARISON[:2], "area_id"))
        taken = generator(*key).integers(0, day_count, (DRAWS, day_count))
        taken += day_count * np.arange(DRAWS)[:, None]
        counted = np.bincount(taken.ravel(), minlength=DRAWS * day_count)
        again[cell["area_id"]] = counted.reshape(DRAWS, day_count).astype(float)
    times = again[cell["area_id"]]
    events = days.of(cell, cell["numerator_measure"], day_count)
    moves = np.log(np.maximum(times @ events, 0.5) / max(events.sum(), 0.5))
    if cell["denominator_measure"]:
        parts = days.of(cell, cell["denominator_measure"], day_count)
        divided = times @ parts / max(parts.sum(), 1)
        moves = np.where(divided > 0, moves - np.log(np.where(divided > 0, divided, 1)), 0)
    return (moves - moves.mean()) * np.sqrt(day_count / (day_count - 1))
