"""Discoveries against the register: what is proposed, and that nothing is written."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.discovery.police_uk import EngagementMethod, Found, parse_contact_details, parse_methods
from pipelines.discovery.proposals import Proposal, propose, read_dump
from pipelines.registry import Register, load
from pipelines.sources.errors import WrongShape

SEEDS = Path(__file__).parents[2] / "dbt" / "seeds"
ACCOUNTS = """\
account_id,force_id,platform,handle,platform_account_id,account_type,url,source,source_date,note
facebook:one,kent,facebook,One,77,corporate,,data.police.uk,2026-01-01,
x:one,kent,x,One,,corporate,,data.police.uk,2026-01-01,
x:shut,durham,x,Shut,,corporate,,data.police.uk,2026-01-01,
youtube:one,kent,youtube,One,,corporate,,elsewhere,2026-01-01,
x:team,kent,x,Team,,neighbourhood,,data.police.uk,2026-01-01,
"""
EVENTS = """\
account_id,event_type,event_date,new_handle,into_account_id,source,note
x:shut,closed,2026-02-01,,,invented,
"""


@pytest.fixture
def register(tmp_path: Path) -> Register:
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "account_events.csv").write_text(EVENTS)
    return load(tmp_path, SEEDS)


def found(force_id: str, *urls: str) -> list[Found]:
    return parse_methods(force_id, [EngagementMethod(url=url, type="web") for url in urls])


def kinds(proposals: list[Proposal]) -> list[tuple[str, str, str | None]]:
    return [(p.platform, p.kind, p.account_id) for p in proposals]


def test_what_agrees_and_what_is_new(register: Register) -> None:
    urls = "https://www.facebook.com/ONE", "https://x.com/one", "https://www.instagram.com/one"
    assert kinds(propose(found("kent", *urls), register)) == [
        ("facebook", "agrees", "facebook:one"),
        ("instagram", "new_account", None),
        ("x", "agrees", "x:one"),
    ]


def test_a_native_id_agrees_whatever_the_name(register: Register) -> None:
    claims = found("kent", "https://www.facebook.com/pages/Old/77", "https://x.com/one")
    assert kinds(propose(claims, register))[0] == ("facebook", "agrees", "facebook:one")


def test_another_handle_is_a_change_and_not_a_loss(register: Register) -> None:
    claims = found("kent", "https://www.facebook.com/one", "https://x.com/NewOne")
    proposals = propose(claims, register)
    assert kinds(proposals)[1:] == [("x", "changed_handle", "x:one")]
    assert "One" in proposals[1].because


def test_a_second_account_beside_a_known_one_is_new(register: Register) -> None:
    claims = found("kent", "https://x.com/second", "https://x.com/one", "https://fb.com/one")
    assert sorted(kinds(propose(claims, register))[1:]) == [
        ("x", "agrees", "x:one"),
        ("x", "new_account", None),
    ]


def test_gone_only_when_the_force_answered_and_the_source_is_the_same(register: Register) -> None:
    gone = [("facebook", "gone", "facebook:one"), ("x", "gone", "x:one")]
    assert kinds(propose([], register, answered=["kent"])) == gone
    assert kinds(propose(found("kent", "https://www.kent.police.uk"), register)) == gone
    assert propose([], register) == []
    assert propose([], register, answered=["surrey"]) == []


def test_a_closed_account_is_not_missed_but_noticed_when_still_listed(register: Register) -> None:
    assert propose([], register, answered=["durham"]) == []
    (still,) = propose(found("durham", "https://x.com/shut"), register)
    assert (still.kind, still.because) == ("agrees", "the register has it as closed")
    before = propose([], register, answered=["durham"], day=date(2026, 1, 31))
    assert kinds(before) == [("x", "gone", "x:shut")]


def test_an_account_of_another_force_is_not_taken_over(register: Register) -> None:
    (other,) = propose(found("durham", "https://x.com/one"), register)
    assert (other.kind, other.force_id, other.account_id) == ("other_force", "durham", "x:one")


def test_a_neighbourhood_account_never_stands_for_the_forces_own(register: Register) -> None:
    claims = parse_contact_details("kent", "N1", {"twitter": "https://x.com/StreetTeam"})
    claims += parse_contact_details("kent", "N2", {"twitter": "https://x.com/team"})
    on_x = [p for p in propose(claims, register) if p.platform == "x" and p.kind != "gone"]
    assert [(p.neighbourhood_id, p.kind) for p in on_x] == [("N2", "agrees"), ("N1", "new_account")]


def test_what_is_not_measured_is_said(register: Register) -> None:
    claims = found("durham", "https://www.flickr.com/photos/a", "", "https://durham.police.uk")
    assert kinds(propose(claims, register)) == [("flickr", "not_in_register", None)]


def test_a_stored_discovery_is_read(tmp_path: Path) -> None:
    stored = tmp_path / "dump.json"
    stored.write_text(
        '{"fetched_at": "2026-03-09T20:17:41", "forces": [{"id": "kent", "name": "Kent Police",'
        ' "engagement_methods": [{"type": null, "title": null, "url": "https://x.com/a"}]},'
        ' {"id": "durham", "engagement_methods": []}]}'
    )
    taken, discovery = read_dump(stored)
    assert taken.date() == date(2026, 3, 9)
    assert discovery.answered == ("kent", "durham")
    assert [one.handle for one in discovery.found] == ["a"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ('{"forces": []}', "fetched_at"),
        ('{"fetched_at": "2026-03-09T20:17:41", "forces": [{"id": 7}]}', r"forces\[0\]\.id"),
    ],
)
def test_a_stored_discovery_of_another_shape_is_refused(tmp_path: Path, text: str, says: str) -> None:
    stored = tmp_path / "dump.json"
    stored.write_text(text)
    with pytest.raises(WrongShape, match=says):
        read_dump(stored)
