"""What all tests share: where the reference material lies, and retries that do not wait."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("BEATBOOK_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real input, specifications and oracles; what needs it is skipped without it."""
    if not SHARED.is_dir():
        pytest.skip(f"no {SHARED}")
    return SHARED


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Retries happen as often as in production, but at once."""
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test, and none of a test the next."""
    for name in [name for name in os.environ if name.startswith("BEATBOOK_") and name != "BEATBOOK_SHARED"]:
        monkeypatch.delenv(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: while one worker pulls the nation the other is at the rest, and neither waits."""

    def lacks(item: pytest.Item, mark: str) -> bool:
        return item.get_closest_marker(mark) is None

    items.sort(key=lambda item: (lacks(item, "e2e"), lacks(item, "dbt")))
