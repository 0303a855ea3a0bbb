"""How `beatbook explain` writes a number that a model works out."""

from typing import Any

import pytest

from pipelines.release.explain import _formula, explain
from pipelines.release.reader import Asked, table
from pipelines.settings import PROFILES, Settings
from tests.release.small_release import FORCES, OCTOBER, cell, publish_small

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
        "n = 126, as in the denominator",
    ]


@pytest.mark.parametrize("cells", [{"value": 3.0}, {"numerator": None}, {"denominator": None}])
def test_what_is_no_division_is_not_written_as_one(cells: dict[str, Any]) -> None:
    lines = _formula(DEFINED, CELL | cells, {})
    assert f"no ratio: Appeals: {(CELL | cells)['value']:,.6g}" in lines
    assert not [line for line in lines if "÷" in line or "None" in line]


def test_the_least_n_that_is_said_is_the_one_that_is_applied() -> None:
    own = {"kind": "ratio", "minimum_n": 10}
    assert "n = 126 (post_count; at least 10)" in _formula(DEFINED | own, CELL, {})
    modelled = _formula(DEFINED | {"minimum_n": 1}, CELL, {})
    assert "n = 126, as in the denominator" in modelled
    assert "n = 7" in _formula(DEFINED, CELL | {"n": 7}, {})


@pytest.mark.parametrize("method", ["wilson", "byar"])
def test_a_design_effect_is_said_only_where_there_is_one(method: str) -> None:
    without = _formula(DEFINED, CELL | {"ci_method": method}, {})
    assert not any("design effect" in line for line in without)
    clustered = {"ci_method": method, "design_effect": 1.5, "effective_n": 84.0}
    assert any("design effect" in line for line in _formula(DEFINED, CELL | clustered, {}))


def test_what_is_explained_is_what_the_table_shows(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pipelines.release.explain._beside", lambda *_: []
    )  # the small release has no funnels
    cells = [cell("answered", area, OCTOBER, 1.0, platform="bluesky", ci_method="none") for area in FORCES]
    cells += [cell("answered", "kent", OCTOBER, 2.0, platform="all", ci_method="none")]
    publish_small(settings, cells)
    on_table = table(settings, Asked("answered"))
    found = explain(settings, Asked("answered", "kent"))
    assert on_table.title == "Answered within one hour: Bluesky, October 2026"
    assert found.title.startswith(
        "Kent Police: Answered within one hour, Bluesky (as `beatbook table` has it)"
    )
    assert found.made_from == on_table.below[-1]
    assert found.made_from.endswith(PROFILES["sandbox"].note)
    named = explain(settings, Asked("answered", "kent", platform="all"))
    assert named.title.startswith("Kent Police: Answered within one hour, All platforms, month")
