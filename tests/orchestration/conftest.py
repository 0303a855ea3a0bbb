"""The sensors tell the same local servers as the channels do in their own tests."""

from tests.alerts.conftest import mailbox, settings, webhook

__all__ = ["mailbox", "settings", "webhook"]
