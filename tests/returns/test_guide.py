"""docs/returns.md says what the code does: its examples land, and it names every column."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.returns import KINDS, read_return
from tests.returns.conftest import hash_author

GUIDE = (Path(__file__).parents[2] / "docs" / "returns.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Account:
    account_id: str
    force_id: str


def test_the_guides_examples_land(tmp_path):
    account = Account("one", "avon-and-somerset")
    kinds = []
    for example in re.findall(r"```csv\n(.*?)```", GUIDE, re.DOTALL):
        path = tmp_path / "example.csv"
        path.write_text(example, encoding="utf-8")
        result = read_return(
            path,
            lambda platform, handle: account if handle == "YourForce" else None,
            frozenset({account.force_id}),
            frozenset({"facebook"}),
            now=dt.datetime(2026, 7, 1, tzinfo=dt.UTC),
            hash_author=hash_author,
        )
        assert result.problems == []
        kinds.append(result.kind)
    assert kinds == [kind.name for kind in KINDS]


def test_the_guide_names_every_column_and_word():
    sections = re.split(r"^### ", GUIDE, flags=re.MULTILINE)[1:]
    for kind, section in zip(KINDS, sections, strict=True):
        assert section.startswith(f"{kind.name}:")
        for column in kind.columns:
            shared = kind.name != "profiles" and column.name in ("platform", "handle")
            assert shared or re.search(rf"^\| {column.name}\b", section, re.MULTILINE), column.name
            assert all(f"`{word}`" in section for word in column.choices)
