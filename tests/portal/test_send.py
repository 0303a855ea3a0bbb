"""The door for returns: what is sent is seen before it lands, lands as by the command, and is one's own."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from pipelines.landing.store import open_landing
from pipelines.registry import load
from pipelines.registry.corrections import NONE
from pipelines.registry.incidents import NONE as NO_INCIDENT
from pipelines.registry.neighbourhoods import NONE as NO_NEIGHBOURHOOD
from pipelines.registry.rate_cards import NONE as NO_RATE_CARD
from pipelines.registry.staffed_hours import NONE as NO_HOURS
from pipelines.returns import submit as submission
from pipelines.returns.sent import sent
from pipelines.settings import SEEDS, Settings
from portal.access import demonstration
from portal.app import build_app
from sandbox import register
from sandbox.clock import ms
from sandbox.returns import write_return

AT = ms("2026-11-09T05:00:00Z")
SAID = {"period_from": "2026-10-10", "period_to": "2026-11-08", "exported_at": "2026-11-09T05:00:00Z"}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The sandbox profile in a folder of its own, its register read from disk and not over HTTP."""
    folder = tmp_path / "home" / "register"
    folder.mkdir(parents=True)
    (folder / "accounts.csv").write_text(register.accounts_csv(7))
    (folder / "account_events.csv").write_text(register.account_events_csv(7))
    (folder / "corrections.csv").write_text(NONE)
    (folder / "incidents.csv").write_text(NO_INCIDENT)
    (folder / "staffed_hours.csv").write_text(NO_HOURS)
    (folder / "rate_cards.csv").write_text(NO_RATE_CARD)
    (folder / "neighbourhoods.csv").write_text(NO_NEIGHBOURHOOD)
    found = load(folder, SEEDS)
    monkeypatch.setattr(submission, "load_register", lambda _: found)
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    return Settings()


class Sender:
    """Kent's browser."""

    def __init__(self, settings: Settings, name: str = "kent") -> None:
        self.client = TestClient(build_app(settings), base_url="http://127.0.0.1")
        words = demonstration(settings)
        done = self.post("/sign-in", "/sign-in", {"name": name, "password": words[name]})
        assert done.status_code == 200

    def post(
        self, path: str, form_on: str, fields: dict[str, str], file: tuple[str, bytes] | None = None
    ) -> httpx.Response:
        found = re.search(r'name="form_token" value="(\w+)"', self.client.get(form_on).text)
        assert found
        files: Any = {"file": file} if file else None
        return self.client.post(path, data={"form_token": found[1], **fields}, files=files)

    def preview(self, name: str, data: bytes, force: str = "kent", **fields: str) -> httpx.Response:
        return self.post(f"/send/{force}", "/send/kent", fields, (name, data))

    def land(self, preview: httpx.Response, **fields: str) -> httpx.Response:
        held = re.search(r'name="held" value="(\w+)"', preview.text)
        assert held, preview.text
        return self.post("/send/kent/land", "/send/kent", {"held": held[1], **fields})


def posts_of(force: str) -> bytes:
    return write_return(7, "posts", force, "facebook", AT).encode()


def landed(settings: Settings) -> int:
    return len(sent(open_landing(settings)))


def test_a_file_is_previewed_and_lands_when_its_sender_says_so(settings: Settings) -> None:
    kent = Sender(settings)
    assert "Nothing yet." in kent.client.get("/send/kent").text
    seen = kent.preview("posts.csv", posts_of("kent"))
    assert seen.status_code == 200
    assert "does not say all" in seen.text  # which period it covers
    assert "Land this" not in seen.text
    seen = kent.preview("posts.csv", posts_of("kent"), **SAID)
    assert "fills: posts" in seen.text
    assert landed(settings) == 0
    receipt = kent.land(seen, **SAID)
    assert receipt.status_code == 200
    [row] = sent(open_landing(settings), "kent")
    assert row.return_id in receipt.text
    assert "rows of posts landed" in receipt.text
    assert list((settings.portal / "uploads").iterdir()) != []  # the first preview, which nobody confirmed
    again = kent.land(kent.preview("posts.csv", posts_of("kent"), **SAID), **SAID)
    assert "landed before; nothing changed" in again.text
    assert landed(settings) == 1


def test_what_the_file_does_not_say_is_asked_for_without_sending_it_again(settings: Settings) -> None:
    kent = Sender(settings)
    seen = kent.preview("posts.csv", posts_of("kent"))
    held = re.search(r'name="held" value="(\w+)"', seen.text)
    assert held
    again = kent.post("/send/kent", "/send/kent", {"held": held[1], **SAID})
    assert "Land this" in again.text
    assert "rows of posts landed" in kent.land(again, **SAID).text


def test_a_bad_row_is_shown_with_its_line_and_nothing_is_kept(settings: Settings) -> None:
    data = posts_of("kent").replace(b"facebook", b"facebok", 1)
    answer = Sender(settings).preview("posts.csv", data, **SAID)
    assert answer.status_code == 422
    assert "cannot land" in answer.text
    assert "facebok" in answer.text
    assert landed(settings) == 0
    assert list((settings.portal / "uploads").iterdir()) == []


def test_rows_of_another_force_are_refused(settings: Settings) -> None:
    outcomes = b"force_id,platform,handle,post_id,outcome,outcome_date\n"
    outcomes += b"essex,facebook,essex_sandbox,p1,located,2026-11-01\n"
    for data in (posts_of("essex"), outcomes):
        answer = Sender(settings).preview("file.csv", data, **SAID)
        assert answer.status_code in {400, 422}
        assert "essex" in answer.text
    assert landed(settings) == 0


@pytest.mark.parametrize("name", ["lead", "engineer", "kent"])
def test_nobody_sends_for_another_force(settings: Settings, name: str) -> None:
    sender = Sender(settings, name)
    assert sender.client.get("/send/essex").status_code == 403
    token = re.search(r'name="form_token" value="(\w+)"', sender.client.get("/account").text)
    assert token
    for path in ("/send/essex", "/send/essex/land", "/send/essex/withdraw"):
        answer = sender.client.post(path, data={"form_token": token[1], "held": "0" * 32})
        assert answer.status_code == 403, path


def test_what_is_held_belongs_to_whoever_knows_its_name_and_no_other_path_is_read(settings: Settings) -> None:
    kent = Sender(settings)
    for held in ("", "..", "../audit", "0" * 32, "0" * 31 + "/", "/etc/passwd"):
        answer = kent.post("/send/kent/land", "/send/kent", {"held": held, **SAID})
        assert answer.status_code == 410, held


@pytest.mark.parametrize(
    "name", ["../../x.csv", "/etc/passwd", "a\x00b.csv", "=cmd.csv", "<b>.csv", "." * 300, "x" * 300 + ".csv"]
)
def test_any_file_name_stays_in_its_folder(settings: Settings, name: str) -> None:
    before = {path for path in settings.home.parent.rglob("*") if "uploads" not in path.parts}
    answer = Sender(settings).preview(name, posts_of("kent"), **SAID)
    assert answer.status_code in {200, 400, 422}
    assert "<b>" not in answer.text
    outside = {path for path in settings.home.parent.rglob("*") if "uploads" not in path.parts} - before
    assert not [path for path in outside if path.suffix == ".csv" or path.name == "passwd"]


def test_a_return_is_withdrawn_by_its_sender_with_a_reason(settings: Settings) -> None:
    kent = Sender(settings)
    kent.land(kent.preview("posts.csv", posts_of("kent"), **SAID), **SAID)
    [row] = sent(open_landing(settings))
    without = kent.post("/send/kent/withdraw", "/send/kent", {"return_id": row.return_id, "reason": " "})
    assert (without.status_code, "Say why" in without.text) == (400, True)
    unknown = kent.post("/send/kent/withdraw", "/send/kent", {"return_id": "r00000999", "reason": "x"})
    assert unknown.status_code == 404
    done = kent.post("/send/kent/withdraw", "/send/kent", {"return_id": row.return_id, "reason": "too early"})
    assert "counts no more" in done.text
    [row] = sent(open_landing(settings))
    assert (row.state, "too early" in row.why) == ("withdrawn", True)
    again = kent.post("/send/kent/withdraw", "/send/kent", {"return_id": row.return_id, "reason": "x"})
    assert again.status_code == 409
    written = "".join(path.read_text() for path in (settings.portal / "audit").iterdir())
    assert '"what":"upload"' in written
    assert f"withdrew {row.return_id}" in written


def test_before_anything_was_pulled_the_door_says_so(settings: Settings) -> None:
    """Whoever starts the sandbox and signs in at once: its register comes with the first pull."""
    kent = Sender(settings)
    for path in settings.register.iterdir():
        path.unlink()
    answer = kent.client.get("/send/kent")
    assert answer.status_code == 503
    assert "The register cannot be read" in answer.text
