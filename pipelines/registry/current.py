"""The register of the profile that runs.

Belongs here: where it lies, and fetching it from the sandbox. Does not belong here: reading and checking
its rows (register.py).
"""

import ssl

import httpx

from pipelines.disk import write_whole
from pipelines.registry.corrections import FILE, NONE
from pipelines.registry.incidents import FILE as INCIDENTS
from pipelines.registry.neighbourhoods import FILE as NEIGHBOURHOODS
from pipelines.registry.rate_cards import FILE as RATE_CARDS
from pipelines.registry.register import Register, load
from pipelines.registry.staffed_hours import FILE as STAFFED_HOURS
from pipelines.settings import SEEDS, Settings


def load_register(settings: Settings) -> Register:
    """The register of this profile; in the sandbox fetched from it first, beside corrections that stay.

    Raises:
        httpx.HTTPError: the sandbox is not there.
        RegistryError: a row of it is wrong.
    """
    if settings.profile.uses_sandbox:
        settings.register.mkdir(parents=True, exist_ok=True)
        trusts_nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loopback: reading certificates takes longer
        declared = (INCIDENTS, STAFFED_HOURS, RATE_CARDS, NEIGHBOURHOODS)
        for name in ("accounts.csv", "account_events.csv", *declared):
            url = f"{settings.sandbox_url}/sandbox/register/{name}"
            answer = httpx.get(url, timeout=30, verify=trusts_nobody)
            beside = settings.register / f".{name}.tmp"
            beside.write_bytes(answer.raise_for_status().content)
            beside.replace(settings.register / name)
        corrections = settings.register / FILE
        if not corrections.exists():  # whoever tries them on invented accounts writes them here
            write_whole(corrections, NONE.encode())
    return load(settings.register, SEEDS)
