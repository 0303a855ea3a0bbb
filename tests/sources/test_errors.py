"""Every reason that the log can hold is explained where its readers look."""

import re

from pipelines.settings import PROJECT
from pipelines.sources.errors import SourceError


def _kinds(kind: type[SourceError]) -> set[type[SourceError]]:
    return {kind}.union(*(_kinds(below) for below in kind.__subclasses__()))


def test_every_reason_stands_with_its_status_in_the_docs() -> None:
    text = (PROJECT / "docs" / "landing.md").read_text()
    listed = dict(re.findall(r"^\| (refused|throttled|failed) \| (.*) \|$", text, re.MULTILINE))
    said = {(status, reason) for status, row in listed.items() for reason in re.findall(r"`([a-z_]+)`", row)}
    assert said == {(kind.status, kind.reason) for kind in _kinds(SourceError)}
