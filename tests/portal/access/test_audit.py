"""What is done is written down, by whom and when; nothing that lets anyone in is."""

import json
import os
import re

from starlette.applications import Starlette

from pipelines.settings import Settings
from tests.portal.access.conftest import PASSWORD, Browser, Clock
from tests.portal.access.test_tokens import make, read

NEW = "another horse entirely"  # pragma: allowlist secret


def lines(settings: Settings, day: str = "2026-11-09") -> list[dict[str, str | None]]:
    text = (settings.portal / "audit" / f"{day}.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_day_of_a_user_can_be_read_off(app: Starlette, settings: Settings, clock: Clock) -> None:
    kent = Browser(app)
    kent.sign_in("kent", "wrong horse battery")
    kent.sign_in("kent")
    kent.get("/forces/kent/extract")
    kent.get("/forces/surrey/extract")
    token = make(kent)
    read(app, token, "/forces/kent/extract")
    fields = {"form_token": kent.form_token("/account")}
    kent.client.post("/forces/kent/upload", data=fields, files={"file": ("may.csv", b"x")})
    kent.send(f"/account/tokens/{token_id(kent)}/revoke")
    kent.send("/account/password", old=PASSWORD, new=NEW, again=NEW)
    kent.send("/sign-out")
    found = [(line["what"], line["user"], line["detail"]) for line in lines(settings)]
    assert found == [
        ("sign_in_failed", "kent", None),
        ("signed_in", "kent", None),
        ("download", "kent", "posts.csv"),
        ("refused", "kent", "/forces/surrey/extract"),
        ("token_made", "kent", "the weekly report"),
        ("download", "kent", "posts.csv"),
        ("upload", "kent", "may.csv"),
        ("token_revoked", "kent", found[7][2]),
        ("password_changed", "kent", None),
        ("signed_in", "kent", None),
        ("signed_out", "kent", None),
    ]
    assert lines(settings)[2] == {
        "at_utc": "2026-11-09T09:00:00Z",
        "user": "kent",
        "role": "force",
        "address": "192.0.2.1",
        "what": "download",
        "release": "20261109T0530-8c1fe402aa",
        "detail": "posts.csv",
    }


def token_id(browser: Browser) -> str:
    found = re.search(r"/account/tokens/(\w+)/revoke", browser.get("/account").text)
    assert found
    return found[1]


def test_a_file_holds_a_day(browser: Browser, settings: Settings, clock: Clock) -> None:
    browser.sign_in("lead")
    clock.forward(hours=15)
    browser.sign_in("lead")
    assert [len(lines(settings, day)) for day in ("2026-11-09", "2026-11-10")] == [1, 1]


def test_a_password_in_the_wrong_field_is_not_written_down(
    app: Starlette, settings: Settings, clock: Clock
) -> None:
    for _ in range(6):
        Browser(app).sign_in(NEW, NEW)
    assert [(line["what"], line["user"]) for line in lines(settings)] == [
        *[("sign_in_failed", None)] * 5,
        ("sign_in_locked", None),
    ]


def test_nothing_in_the_folder_lets_anyone_in_and_others_of_the_machine_cannot_read_it(
    app: Starlette, settings: Settings
) -> None:
    before = os.umask(0o022)
    try:
        kent = Browser(app)
        kent.sign_in("kent", NEW)
        kent.sign_in("kent")
        token, form_token, cookies = make(kent), kent.form_token("/account"), list(kent.cookies.values())
        kent.send("/account/password", old=PASSWORD, new=NEW, again=NEW)
    finally:
        os.umask(before)
    files = [path for path in settings.portal.rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} == {"portal", "audit", "sessions", "tokens", "browsers"}
    for secret in (PASSWORD, NEW, token, form_token, *cookies, *kent.cookies.values()):
        assert [path for path in files if secret.encode() in path.read_bytes() or secret in path.name] == []
    assert {path.stat().st_mode & 0o077 for path in files} == {0}


def test_a_line_is_one_line_whatever_a_label_holds(browser: Browser, settings: Settings) -> None:
    browser.sign_in("lead")
    browser.send("/account/tokens", label='a\r\nb "c" \u2028')
    assert [line["what"] for line in lines(settings)] == ["signed_in", "token_made"]
