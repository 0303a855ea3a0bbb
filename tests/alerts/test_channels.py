"""Messages leave by a webhook and by e-mail, and a channel that fails neither hides nor repeats them."""

import logging
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from pipelines.alerts.channels import NotToldError, tell
from pipelines.alerts.message import Message
from pipelines.settings import Settings
from tests.alerts.servers import Mailbox, Webhook, serving

MESSAGE = Message("Beatbook: 1 new", "Something is wrong – look", {"text": "Something is wrong – look"})
LOG = logging.getLogger("test")


def test_both_channels_and_the_log_have_it(
    settings: Settings, webhook: Webhook, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tell(settings, MESSAGE, LOG)
    assert webhook.got == [MESSAGE.payload]
    (mail,) = mailbox.got
    assert (mail["Subject"], mail["From"]) == ("Beatbook: 1 new", "beatbook@localhost")
    assert mail["To"] == "on-call@example.org, desk@example.org"
    assert mail.get_content().strip() == MESSAGE.text
    assert MESSAGE.text in caplog.text
    assert "s3cret-path" not in caplog.text


def test_without_a_channel_it_is_in_the_log_alone(caplog: pytest.LogCaptureFixture, webhook: Webhook) -> None:
    tell(Settings(), MESSAGE, LOG)
    assert MESSAGE.text in caplog.text
    assert webhook.got == []


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_one_channel_took_is_told_and_the_other_is_named(
    settings: Settings, webhook: Webhook, mailbox: Mailbox, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    webhook.status = status
    tell(settings, MESSAGE, LOG)
    assert len(mailbox.got) == 1
    assert f"not told: the webhook answered {status}" in caplog.text


def test_what_nobody_took_is_raised_without_the_secret_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BEATBOOK_ALERT_WEBHOOK", "http://127.0.0.1:9/hooks/s3cret-path")
    monkeypatch.setenv("BEATBOOK_SMTP_PORT", "9")
    with pytest.raises(NotToldError) as refused:
        tell(Settings(), MESSAGE, LOG)
    assert "the webhook cannot be reached (ConnectError); the mail server 127.0.0.1:9" in str(refused.value)
    assert "s3cret-path" not in str(refused.value) + caplog.text + repr(Settings())


@pytest.mark.parametrize("address", ["no address", "http://[broken"])
def test_a_webhook_that_is_no_address_is_a_sentence(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("BEATBOOK_ALERT_WEBHOOK", address)
    with pytest.raises(NotToldError, match="the webhook cannot be reached"):
        tell(Settings(), MESSAGE, LOG)


def test_one_address_that_is_refused_does_not_keep_it_from_the_others(
    settings: Settings, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BEATBOOK_ALERT_EMAIL", "nobody@example.org, desk@example.org")
    tell(Settings(), MESSAGE, LOG)
    assert len(mailbox.got) == 1
    assert "refused 1 of the addresses" in caplog.text
    assert "nobody@example.org" not in caplog.text


def only_mail(monkeypatch: pytest.MonkeyPatch, server: Mailbox, password: str | None = None) -> Settings:
    monkeypatch.setenv("BEATBOOK_ALERT_EMAIL", "on-call@example.org")
    monkeypatch.setenv("BEATBOOK_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("BEATBOOK_SMTP_PORT", str(server.port))
    if password:
        monkeypatch.setenv("BEATBOOK_SMTP_USER", "beatbook")
        monkeypatch.setenv("BEATBOOK_SMTP_PASSWORD", password)
    return Settings()


def test_a_password_is_not_sent_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Mailbox(offers=("AUTH PLAIN",))) as server:
        with pytest.raises(NotToldError, match="offers no STARTTLS, and the password is not sent in clear"):
            tell(only_mail(monkeypatch, server, "hunter2"), MESSAGE, LOG)
        assert not [line for line in server.commands if line.startswith(("AUTH", "MAIL"))]


def test_where_starttls_is_offered_and_fails_nothing_is_sent_in_clear(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(Mailbox(offers=("STARTTLS",))) as server:
        with pytest.raises(NotToldError, match="answered 454"):
            tell(only_mail(monkeypatch, server), MESSAGE, LOG)
        assert "STARTTLS" in server.commands
        assert server.got == []


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's side, for 127.0.0.1."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([openssl, *words.split(), *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_mail_and_password_go_by_tls_and_only_to_whom_the_certificate_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = certificate(tmp_path)
    with serving(Mailbox(offers=("STARTTLS", "AUTH PLAIN"), tls=tls)) as server:
        settings = only_mail(monkeypatch, server, "hunter2")
        with pytest.raises(NotToldError, match="did not take it"):
            tell(settings, MESSAGE, LOG)  # nobody vouches for it yet
        assert server.got == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        tell(settings, MESSAGE, LOG)
        assert len(server.got) == 1
        assert [line.split()[0] for line in server.commands].index("STARTTLS") < [
            line.split()[0] for line in server.commands
        ].index("AUTH")
