"""What is told of a message's text: whether it asks, whom it mentions, and which are the same."""

import pytest

from pipelines.sources.texts import first_mention, has_question_mark, without_tags, wording


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Is anybody there?", True),
        ("Thank you.", False),
        ("See https://example.org/?q=1", False),
        ("See https://example.org/?q=1 – is that so?", True),
        ("", False),
    ],
)
def test_a_question_mark_in_a_link_asks_nothing(text: str, asks: bool) -> None:
    assert has_question_mark(text) is asks


def test_html_is_read_as_its_text() -> None:
    html = '<p><a href="https://x/?y">@<span>who</span></a> Kent &amp; Essex &lt;3</p>'
    assert without_tags(html) == "@who Kent & Essex <3"
    assert not has_question_mark(without_tags(html))


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("@Resident-5 yes", "@resident-5"),
        ("  @who@example.org yes", "@who@example.org"),
        ("yes @who", None),
        ("", None),
    ],
)
def test_whom_a_message_begins_by_mentioning(text: str, handle: str | None) -> None:
    assert first_mention(text) == handle


def test_the_same_answer_to_two_people_is_one_wording() -> None:
    assert wording("@ann Please call  101") == wording("@bob@example.org please CALL 101") != wording("No")
    assert wording("@ann") == ""
