"""The worked example of docs/method.md: what it prints follows from what it says, by plain arithmetic."""

import re
from math import asin, sin, sqrt
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "method.md").read_text(encoding="utf-8")
Z = 1.959964
ASKED, ANSWERED = (6, 6, 6, 5, 3, 2, 2, 2, 1, 1, 1), (1, 1, 0, 2, 0, 0, 2, 0, 0, 0, 0)
OWN, OTHERS, TAU2 = 6 / 35, 438 / 1256, 0.0117238
SQUARES = sum((x - OWN * n) ** 2 for x, n in zip(ANSWERED, ASKED, strict=True))
POSTS = 35**2 / sum(n * n for n in ASKED)
VARIANCE = SQUARES * 11 / 10 * 34 / 35 * (2.37855 / 2.03224) ** 2
#: Published to four places.
EFFECT = round(VARIANCE / (6 * (1 - OWN)), 4)
N = 35 / EFFECT
S = 1 / (2 * sqrt(N))
DISTANCE, SPREAD = asin(sqrt(OWN)) - asin(sqrt(OTHERS)), sqrt(S * S + TAU2)


def printed() -> dict[str, list[float]]:
    """The figures in the last column, by the beginning of the step."""
    section = PAGE.partition("## Worked by hand")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    figures = {step: re.findall(r"[−]?\d+\.\d+", last) for step, *_, last in rows}
    return {
        step: [float(each.replace("−", "-")) for each in found] for step, found in figures.items() if found
    }


def wilson(sign: int) -> float:
    return 100 * (2 * N * OWN + Z * Z + sign * Z * sqrt(Z * Z + 4 * N * OWN * (1 - OWN))) / (2 * (N + Z * Z))


def funnel(sign: int) -> float:
    return 100 * sin(asin(sqrt(OTHERS)) + sign * Z * SPREAD) ** 2


EXPECTED = {
    "value": [100 * OWN],
    "clusters": [SQUARES],
    "posts in effect": [POSTS],
    "their variance": [VARIANCE],
    "design effect": [EFFECT],
    "effective n": [N],
    "Wilson": [wilson(-1), wilson(1)],
    "the 43 others": [100 * OTHERS],
    "the distance": [DISTANCE],
    "what chance does": [S],
    "z by chance": [DISTANCE / S],
    "z, with": [DISTANCE / SPREAD],
    "limits of the funnel": [funnel(-1), funnel(1)],
    "shrunk": [100 * (N * OWN + 10.398472 * 0.343919) / (N + 10.398472)],
}


def test_each_step_is_there_once() -> None:
    assert len(printed()) == len(EXPECTED)


@pytest.mark.parametrize("step", EXPECTED)
def test_a_step_is_what_it_says(step: str) -> None:
    (found,) = [figures for name, figures in printed().items() if name.startswith(step)]
    assert found == pytest.approx(EXPECTED[step], abs=0.00005)


def test_the_share_of_a_purpose_follows_from_its_posts() -> None:
    section = PAGE.partition("## What a post is for")[2].partition("\n## ")[0]
    [(made, gone, left)] = re.findall(r"(\d+) − (\d+) = (\d+)", section)
    [(appeals, told, share)] = re.findall(r"100 × (\d+) ÷ (\d+) = ([\d.]+)", section)
    assert int(made) - int(gone) == int(left) == int(told)
    assert round(100 * int(appeals) / int(told), 4) == float(share)
