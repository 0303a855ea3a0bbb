"""A profile that tells a webhook and a mail server, both here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import Settings
from tests.alerts.servers import Mailbox, Webhook, serving


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with serving(Webhook()) as server:
        yield server


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serving(Mailbox()) as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, webhook: Webhook, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    monkeypatch.setenv("BEATBOOK_ALERT_WEBHOOK", webhook.url)
    monkeypatch.setenv("BEATBOOK_ALERT_EMAIL", "on-call@example.org, desk@example.org")
    monkeypatch.setenv("BEATBOOK_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("BEATBOOK_SMTP_PORT", str(mailbox.port))
    monkeypatch.setenv("BEATBOOK_UI_URL", "https://dagster.example.org")
    return Settings()
