"""A force beside its peers: where the dots of a strip lie, and what is said where there is nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pipelines.settings import Settings
from portal.app import build_app
from portal.pages import sheet
from portal.pages.sheet import strip
from tests.release.small_release import OCTOBER, cell, publish_small

VALUES = st.floats(min_value=0, max_value=1e9)


def test_the_best_is_on_the_right() -> None:
    answered = strip(30.0, [10.0, 50.0], "higher_is_better")
    assert answered == {"left": 10.0, "right": 50.0, "own": 0.5, "peers": [0.0, 1.0]}
    waited = strip(30.0, [10.0, 50.0], "lower_is_better")
    assert waited == {"left": 50.0, "right": 10.0, "own": 0.5, "peers": [1.0, 0.0]}


def test_without_a_peer_there_is_no_strip_and_among_equals_all_lie_in_the_middle() -> None:
    assert strip(30.0, [], "none") is None
    assert strip(3.0, [3.0, 3.0], "none") == {"left": 3.0, "right": 3.0, "own": 0.5, "peers": [0.5, 0.5]}


@given(VALUES, st.lists(VALUES, min_size=1), st.sampled_from(["higher_is_better", "lower_is_better", "none"]))
def test_every_dot_lies_on_the_strip_in_the_order_of_the_values(
    own: float, peers: list[float], polarity: str
) -> None:
    drawn = strip(own, peers, polarity)
    assert drawn is not None
    places = [drawn["own"], *drawn["peers"]]
    assert all(0 <= place <= 1 for place in places)
    in_order = sorted(zip([own, *peers], places, strict=True), reverse=polarity == "lower_is_better")
    assert [place for _, place in in_order] == sorted(places)


def test_a_force_without_a_headline_figure_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("BEATBOOK_PUBLIC_PAGES", "force")
    settings = Settings()
    publish_small(settings, [cell("followers", "essex", OCTOBER, 7.25, n=12)])
    page = TestClient(build_app(settings)).get("/forces/essex/sheet?period=2026-10")
    assert page.status_code == 200
    assert "None of the headline indicators of Essex Police has a number in this period." in page.text


def test_a_force_without_peers_stands_beside_all_forces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("BEATBOOK_PUBLIC_PAGES", "force")
    monkeypatch.setattr(sheet, "HEADLINES", ("followers",))
    settings = Settings()
    values = {"kent": 3.0, "essex": 7.25, "surrey": 5.0}
    publish_small(settings, [cell("followers", force, OCTOBER, value) for force, value in values.items()])
    client = TestClient(build_app(settings))
    kent = client.get("/forces/kent/sheet?period=2026-10").text
    assert "<h1>Kent Police beside its peers" in kent
    assert "<li>Peers of Kent Police: " in kent
    assert 'aria-label="Kent Police and 2 peers from 3.00 to 7.25"' in kent
    surrey = client.get("/forces/surrey/sheet?period=2026-10").text
    assert "<h1>Surrey Police beside all forces" in surrey
    assert "<li>Surrey Police has no peers: " in surrey
    assert "Against peers" not in surrey
    assert "Against others" in surrey
