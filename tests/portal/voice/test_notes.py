"""Context notes: written by a force, on its page with a date, kept with their history, withdrawn by it."""

import pytest

from pipelines.settings import Settings
from portal.voice.said import MOST, lines, notes
from tests.portal.access.conftest import Browser
from tests.portal.test_app import text_of
from tests.portal.voice.conftest import browser_of

NOTES, PAGE = "/notes/essex", "/forces/essex?period=2026-11"


def write(browser: Browser, text: str, indicator: str = "") -> int:
    return int(browser.send(NOTES, NOTES, text=text, indicator=indicator).status_code)


def test_a_note_stands_on_the_forces_page_at_once_for_every_reader(
    settings: Settings, essex: Browser, lead: Browser
) -> None:
    before = lead.get(PAGE).text
    assert "What the force says" not in before
    assert write(essex, "A <i>campaign</i> ran\nall month.") == 200
    assert write(essex, "Two accounts were merged.", "followers") == 200
    after = lead.get(PAGE).text
    assert "A &lt;i&gt;campaign&lt;/i&gt; ran all month." in after
    assert "Followers per 1,000: Two accounts were merged." in text_of(after)
    assert "by the force" in after
    assert "campaign" not in lead.get("/forces/kent?period=2026-11").text
    assert "campaign" in lead.get("/forces/Essex Police?period=2026-11").text


def test_it_is_withdrawn_by_the_force_and_the_history_keeps_it(
    settings: Settings, essex: Browser, lead: Browser
) -> None:
    write(essex, "A campaign ran.")
    (note,) = notes(lines(settings), "essex")
    kent = browser_of(settings, "kent")
    assert kent.send("/notes/kent/withdraw", "/notes/kent", note_id=note.said.id).status_code == 404
    assert kent.client.post(f"{NOTES}/withdraw", data={"note_id": note.said.id}).status_code == 403
    assert "A campaign ran." in lead.get(PAGE).text
    for _ in range(2):  # twice is once
        assert essex.send(f"{NOTES}/withdraw", NOTES, note_id=note.said.id).status_code == 200
    assert "A campaign ran." not in lead.get(PAGE).text
    said = text_of(essex.get(NOTES).text)
    assert "A campaign ran. withdrawn on" in said
    assert [each.kind for each in lines(settings)] == ["note", "withdrawal"]


@pytest.mark.parametrize(
    ("text", "indicator"), [("", ""), ("x" * (MOST["note"] + 1), ""), ("A campaign ran.", "nothing")]
)
def test_what_cannot_be_a_note_is_refused(
    settings: Settings, essex: Browser, text: str, indicator: str
) -> None:
    assert write(essex, text, indicator) == 400
    assert lines(settings) == []


def test_so_many_notes_stand_and_no_more(
    settings: Settings, essex: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.voice.notes.MOST_NOTES", 1)
    assert (write(essex, "One."), write(essex, "Two.")) == (200, 400)
    (note,) = notes(lines(settings), "essex")
    essex.send(f"{NOTES}/withdraw", NOTES, note_id=note.said.id)
    assert write(essex, "Two.") == 200


def test_nobody_writes_for_another_force(settings: Settings, lead: Browser) -> None:
    kent = browser_of(settings, "kent")
    assert kent.get(NOTES).status_code == 403
    assert lead.get(NOTES).status_code == 403
    assert kent.send(NOTES, "/notes/kent", text="Of Essex.").status_code == 403
    assert lines(settings) == []
