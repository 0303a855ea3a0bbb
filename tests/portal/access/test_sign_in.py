"""A sign-in begins with the right password alone, and ends on time, on request, and with the user."""

import threading
from datetime import timedelta

import anyio
import httpx
import pytest
from starlette.applications import Starlette

from pipelines.settings import Settings
from portal.access import grants, users
from portal.access.attempts import LIMITS, WITHIN
from tests.portal.access.conftest import HOST, PASSWORD, Browser, Clock

SESSION, FORM, KNOWN = (f"__Host-beatbook_{each}" for each in ("session", "form", "browser"))
NEW = "another horse entirely"  # pragma: allowlist secret


def with_cookie(app: Starlette, value: str) -> Browser:
    browser = Browser(app)
    browser.client.cookies.set(SESSION, value, domain="portal.example")
    return browser


def test_name_and_password_let_in_and_a_name_in_any_case(browser: Browser) -> None:
    assert not browser.is_signed_in()
    answer = browser.sign_in(" Kent ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/national").json() == {"user": "kent", "force_id": "kent"}
    assert browser.get("/sign-in?next=/national").headers["location"] == "/national"
    text = browser.get("/account").text
    assert '<a href="/account">kent</a>' in text
    assert "signed in as kent, with the role force of kent." in text


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("kent", "wrong horse battery"),
        ("kent", ""),
        ("lead", PASSWORD + "!"),
        ("", PASSWORD),
        ("kant", PASSWORD),
    ],
)
def test_anything_else_does_not(browser: Browser, name: str, password: str) -> None:
    answer = browser.sign_in(name, password)
    assert answer.status_code == 403
    assert "Name and password do not belong together." in answer.text
    assert SESSION not in browser.cookies
    assert not browser.is_signed_in()


def test_a_name_that_nobody_has_gets_the_same_answer_for_the_same_work(
    app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    verify = type(users.HASHER).verify

    def counted(self: object, hash_: str, password: str) -> bool:
        hashed.append(hash_.rpartition("$")[0].rpartition("$")[0])  # which parameters
        return verify(users.HASHER, hash_, password)

    monkeypatch.setattr(type(users.HASHER), "verify", counted)
    answers = []
    for name in ("kent", "nobody"):
        browser = Browser(app)
        token = browser.form_token("/sign-in")
        answers.append(browser.sign_in(name, "wrong horse battery").text.replace(token, ""))
    assert answers[0] == answers[1]
    assert len(hashed) == 2
    assert hashed[0] == hashed[1]


def test_a_sign_in_ends_after_a_working_day(browser: Browser, clock: Clock) -> None:
    browser.sign_in("lead")
    clock.forward(hours=11, minutes=59)
    assert browser.is_signed_in()
    clock.forward(minutes=1)
    assert not browser.is_signed_in()


def test_a_cookie_is_no_secret_that_somebody_made_up(app: Starlette) -> None:
    browser = Browser(app)
    browser.sign_in("lead")
    real = browser.cookies[SESSION]
    assert with_cookie(app, real).is_signed_in()
    made_up = [
        "x",
        real[:-1],
        real + "x",
        real.swapcase(),
        grants.grant_id(real),
        "../tokens/x",
        "a" * 5000,
    ]
    for value in made_up:
        assert not with_cookie(app, value).is_signed_in(), value
    raw = f"{SESSION}=".encode() + bytes(range(128, 256))
    assert Browser(app).get("/account", headers={"cookie": raw}).status_code == 303


def test_a_token_or_a_known_browser_is_no_session(app: Starlette) -> None:
    browser = Browser(app)
    browser.sign_in("lead")
    assert not with_cookie(app, browser.cookies[KNOWN]).is_signed_in()
    made = browser.send("/account/tokens", label="a script").text
    token = made.partition("<code>beatbook_")[2].partition("<")[0]
    assert not with_cookie(app, f"beatbook_{token}").is_signed_in()


def test_a_session_that_was_planted_is_not_taken_over(app: Starlette) -> None:
    victim = with_cookie(app, "planted")
    victim.sign_in("lead")
    assert SESSION in victim.cookies
    assert not with_cookie(app, "planted").is_signed_in()


def test_signing_in_again_ends_the_session_before(app: Starlette) -> None:
    attacker = Browser(app)
    attacker.sign_in("kent")
    known = attacker.cookies[SESSION]
    victim = with_cookie(app, known)
    # Kent is shown no form while signed in, so the form is another's: sent with the session that stands.
    answer = victim.client.post(
        "/sign-in",
        data={"form_token": victim.form_token("/account"), "name": "lead", "password": PASSWORD},
    )
    assert answer.status_code == 303
    assert victim.cookies[SESSION] != known
    assert not with_cookie(app, known).is_signed_in()


def test_signing_out_ends_copies_of_the_cookie_too(app: Starlette) -> None:
    browser = Browser(app)
    browser.sign_in("lead")
    copied = browser.cookies[SESSION]
    assert browser.send("/sign-out").status_code == 303
    assert SESSION not in browser.cookies
    assert not with_cookie(app, copied).is_signed_in()


def test_a_user_who_is_removed_is_out_at_once_and_stays_out_when_the_name_is_given_again(
    browser: Browser, settings: Settings
) -> None:
    browser.sign_in("lead")
    users.remove(settings, "lead")
    assert not browser.is_signed_in()
    users.add(settings, "lead", "lead", None, PASSWORD)
    assert not browser.is_signed_in()


def test_changing_the_password_ends_every_other_sign_in(app: Starlette) -> None:
    here, there = Browser(app), Browser(app)
    here.sign_in("lead")
    there.sign_in("lead")
    answer = here.send("/account/password", old=PASSWORD, new=NEW, again=NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert here.is_signed_in()
    assert not there.is_signed_in()
    assert there.sign_in("lead").status_code == 403
    assert there.sign_in("lead", NEW).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "status", "said"),
    [
        ("wrong horse battery", NEW, NEW, 403, "not your present password"),
        (PASSWORD, NEW, NEW + "!", 400, "differ"),
        (PASSWORD, "short", "short", 400, "A password has 12 characters or more"),
        (PASSWORD, "x" * 1001, "x" * 1001, 400, "1000 at most"),
    ],
)
def test_a_password_is_changed_by_who_knows_it_to_one_that_holds(
    browser: Browser, old: str, new: str, again: str, status: int, said: str
) -> None:
    browser.sign_in("lead")
    answer = browser.send("/account/password", old=old, new=new, again=again)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert Browser(browser.app).sign_in("lead").status_code == 303


def test_an_open_session_does_not_let_one_guess_the_password(browser: Browser) -> None:
    browser.sign_in("lead")
    Guesser(browser.app).tries("lead", LIMITS["name"])  # counts for signing in, and not for this
    tries = [
        browser.send("/account/password", old=f"wrong horse {n}", new=NEW, again=NEW).status_code
        for n in range(LIMITS["password"] + 1)
    ]
    assert tries == [403] * LIMITS["password"] + [429]
    assert browser.send("/account/password", old=PASSWORD, new=NEW, again=NEW).status_code == 429


@pytest.mark.parametrize(
    ("host", "prefix", "is_secure"),
    [
        (HOST, "__Host-", True),
        ("http://portal.example", "__Host-", True),  # behind a proxy that hides https
        ("https://127.0.0.1:8443", "__Host-", True),
        ("http://127.0.0.1:8000", "", False),
        ("http://localhost:8000", "", False),
        ("http://127.0.0.1.example", "__Host-", True),
    ],
)
def test_cookies_are_out_of_reach_of_scripts_other_sites_and_plain_http(
    app: Starlette, host: str, prefix: str, is_secure: bool
) -> None:
    browser = Browser(app, host)
    answers = [browser.get("/sign-in")]
    if host.startswith("https") or not is_secure:  # otherwise the browser sends no cookie back
        answers.append(browser.sign_in("lead"))
    for answer in answers:
        for cookie in answer.headers.get_list("set-cookie"):
            flags = {part.strip().lower() for part in cookie.split(";")[1:]}
            assert cookie.startswith(f"{prefix}beatbook_")
            assert {"httponly", "samesite=lax", "path=/"} <= flags
            assert ("secure" in flags) == is_secure
            assert not any(flag.startswith("domain") for flag in flags)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/a\\..\\..\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/\x00",
        "/" + "a" * 1000,
    ],
)
def test_signing_in_leads_to_no_other_host(browser: Browser, wanted: str) -> None:
    assert browser.sign_in("lead", wanted=wanted).headers["location"] == "/"
    answer = browser.get("/sign-in", params={"next": wanted})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


class Guesser:
    """Tries passwords for a name, each time with a browser that nobody has seen before."""

    def __init__(self, app: Starlette, address: str = "198.51.100.7") -> None:
        self.app, self.address = app, address

    def tries(self, name: str, count: int) -> list[int]:
        return [
            Browser(self.app, address=self.address).sign_in(name, "wrong horse battery").status_code
            for _ in range(count)
        ]


def test_after_five_failures_a_name_is_refused_and_after_a_quarter_of_an_hour_it_is_not(
    app: Starlette, clock: Clock
) -> None:
    limit = LIMITS["name"]
    assert Guesser(app).tries("kent", limit + 2) == [403] * limit + [429] * 2
    locked = Browser(app).sign_in("kent")
    assert (locked.status_code, SESSION in locked.headers.get("set-cookie", "")) == (429, False)
    assert Browser(app).sign_in("lead").status_code == 303
    clock.now += WITHIN - timedelta(seconds=1)
    assert Browser(app).sign_in("kent").status_code == 429, "what is refused makes it no longer"
    clock.forward(seconds=1)
    assert Browser(app).sign_in("kent").status_code == 303


def test_a_name_that_nobody_has_is_refused_likewise(app: Starlette) -> None:
    limit = LIMITS["name"]
    assert Guesser(app).tries("nobody", limit + 1) == [403] * limit + [429]


def test_an_address_is_refused_whatever_the_names(app: Starlette, clock: Clock) -> None:
    limit = LIMITS["address"]
    guesser = Guesser(app)
    assert [guesser.tries(f"name{n}", 1) for n in range(limit)] == [[403]] * limit
    assert guesser.tries("kent", 1) == [429]
    assert Browser(app, address="192.0.2.1").sign_in("kent").status_code == 303
    clock.now += WITHIN
    assert guesser.tries("kent", 1) == [403]


def test_having_one_password_does_not_help_to_guess_others(app: Starlette) -> None:
    tries = []
    for n in range(LIMITS["address"] + 1):
        assert Browser(app, address="198.51.100.7").sign_in("lead").status_code == (303 if n < 20 else 429)
        tries += Guesser(app).tries(f"name{n}", 1)
    assert tries[-1] == 429


def test_nobody_keeps_out_those_who_have_been_in_before(app: Starlette, clock: Clock) -> None:
    """Somebody goes on guessing for ever, from the user's own address: the user's browser still gets in."""
    browser = Browser(app)
    browser.sign_in("kent")
    browser.send("/sign-out")
    guesser = Guesser(app, browser.address)
    for _ in range(3):
        assert guesser.tries("kent", LIMITS["name"] + 1)[-1] == 429
        assert guesser.tries("lead", 1) in ([403], [429])
        assert browser.sign_in("kent").status_code == 303
        browser.send("/sign-out")
        clock.now += WITHIN


def test_a_known_browser_is_known_for_its_own_name_and_may_fail_as_often_as_a_name(app: Starlette) -> None:
    browser = Browser(app)
    browser.sign_in("kent")
    browser.send("/sign-out")
    limit = LIMITS["browser"]
    tries = [browser.sign_in("kent", "wrong horse battery").status_code for _ in range(limit + 1)]
    assert tries == [403] * limit + [429]
    Guesser(app).tries("lead", LIMITS["name"])
    assert browser.sign_in("lead").status_code == 429


def test_many_guesses_at_once_are_no_more_than_one_after_the_other(
    app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All have asked before the first is answered: the checking waits until the last has."""
    browser = Browser(app)
    fields = {"form_token": browser.form_token("/sign-in"), "name": "kent", "password": "wrong horse battery"}
    limit, gate = LIMITS["name"], threading.Event()
    check = users.check

    def slow(*arguments: object) -> object:
        assert gate.wait(30)
        return check(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(users, "check", slow)
    statuses: list[int] = []

    async def guess(client: httpx.AsyncClient) -> None:
        statuses.append((await client.post("/sign-in", data=fields)).status_code)
        if statuses.count(429) == 3 * limit:
            gate.set()

    async def all_at_once() -> None:
        transport = httpx.ASGITransport(app=app, client=("198.51.100.7", 1))
        async with (
            httpx.AsyncClient(
                transport=transport, base_url=HOST, cookies={FORM: browser.cookies[FORM]}
            ) as client,
            anyio.create_task_group() as group,
        ):
            for _ in range(4 * limit):
                group.start_soon(guess, client)

    anyio.run(all_at_once)
    assert sorted(statuses) == [403] * limit + [429] * 3 * limit
