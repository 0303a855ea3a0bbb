"""Sending: to a webhook, by e-mail, and to the log.

Belongs here: the two channels and their failures. Does not belong here: what is said (message.py) or when
(orchestration/sensors.py).
"""

import logging
import smtplib
import ssl
from email.message import EmailMessage

import httpx

from pipelines.alerts.message import Message
from pipelines.settings import Settings

TIMEOUT_S = 15  # of each channel; Dagster gives a sensor a minute


class NotToldError(Exception):
    """No channel took the message. Never holds the webhook's address, which is its secret."""


def tell(settings: Settings, message: Message, log: logging.Logger) -> None:
    """Say it in the log, and on every channel that is set.

    A channel that fails is named in the log; what one took is told, and is not said again because of another.

    Raises:
        NotToldError: channels are set and none took it: try again later.
    """
    log.warning("%s", message.text)
    channels = [(settings.alert_webhook, _post), (settings.alert_email, _mail)]
    failures = []
    wanted = [send for is_set, send in channels if is_set]
    for send in wanted:
        try:
            send(settings, message, log)
        except NotToldError as error:
            failures.append(str(error))
            log.error("not told: %s", error)
    if wanted and len(failures) == len(wanted):
        raise NotToldError("; ".join(failures))


def _post(settings: Settings, message: Message, log: logging.Logger) -> None:
    assert settings.alert_webhook is not None
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes every address into the log
    try:
        url = settings.alert_webhook.get_secret_value()
        answer = httpx.post(url, json=message.payload, timeout=TIMEOUT_S)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotToldError(f"the webhook cannot be reached ({type(error).__name__})") from None
    if not answer.is_success:
        raise NotToldError(f"the webhook answered {answer.status_code}")


def _mail(settings: Settings, message: Message, log: logging.Logger) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = message.subject, settings.alert_sender
    mail["To"] = settings.alert_email
    mail.set_content(message.text)
    where = f"the mail server {settings.smtp_host}:{settings.smtp_port}"
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_S) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            elif settings.smtp_password:
                raise NotToldError(f"{where} offers no STARTTLS, and the password is not sent in clear")
            if settings.smtp_user and settings.smtp_password:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            refused = server.send_message(mail)
    except smtplib.SMTPResponseException as error:
        raise NotToldError(f"{where} answered {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotToldError(f"{where} did not take it ({type(error).__name__})") from None
    if refused:
        log.error("%s refused %s of the addresses; the others have it", where, len(refused))
