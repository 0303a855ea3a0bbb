"""How `beatbook explain` writes a number that a model works out."""

from typing import Any

import pytest

from pipelines.release.explain import _formula

DEFINED = {
    "kind": "model",
    "numerator": "Appeals",
    "denominator": "Posts",
    "numerator_measure": None,
    "denominator_measure": None,
    "n_measure": "post_count",
    "multiplier": 100,
    "minimum_n": 10,
}
CELL: dict[str, Any] = dict.fromkeys(
    ("population_vintage", "effective_n", "design_effect", "ci95_low", "ci95_high", "ci998_low", "ci998_high")
)
CELL |= {"numerator": 19.0, "denominator": 126.0, "n": 126, "value": 100 * 19 / 126, "ci_method": "none"}


def test_a_share_that_a_model_works_out_is_written_as_its_division() -> None:
    lines = _formula(DEFINED, CELL, {})
    assert lines[:4] == [
        "Appeals: 19",
        "Posts: 126",
        "100 × 19 ÷ 126 = 15.0794",
        "n = 126 (post_count; at least 10)",
    ]


@pytest.mark.parametrize("cells", [{"value": 3.0}, {"numerator": None}, {"denominator": None}])
def test_what_is_no_division_is_not_written_as_one(cells: dict[str, Any]) -> None:
    lines = _formula(DEFINED, CELL | cells, {})
    assert f"no ratio: Appeals: {(CELL | cells)['value']:,.6g}" in lines
    assert not [line for line in lines if "÷" in line or "None" in line]
