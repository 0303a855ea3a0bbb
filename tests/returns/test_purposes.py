"""The text of a returned post: read for what the post is for, and then gone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.registry import check_purpose_rules
from pipelines.returns import Return, read_return
from pipelines.returns.importers import mappings
from pipelines.returns.importers.mapping import Mapping
from pipelines.settings import SEEDS
from pipelines.sources.purposes import Rules
from tests.returns.conftest import FORCES, NOW, PLATFORMS, find_account, hash_author

RULES = check_purpose_rules(SEEDS)
HEAD = "force_id,platform,handle,post_id,created_at,observed_at,kind,like_count,text\n"
ROW = "kent,facebook,ForceA,{n},2026-05-01T10:00:00Z,2026-05-02T10:00:00Z,{kind},5,{text}\n"
TEXT = "We are appealing for witnesses"


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., Return]:
    def read(text: str, rules: Rules | None = RULES) -> Return:
        path = tmp_path / "posts.csv"
        path.write_text(text)
        more = {"hash_author": hash_author, "now": NOW, "purpose_rules": rules}
        return read_return(path, find_account, FORCES, PLATFORMS, **more)

    return read


def test_a_text_becomes_a_purpose_and_is_nowhere_afterwards(told: Callable[..., Return]) -> None:
    cells = [("post", TEXT), ("reply", TEXT), ("repost", TEXT), ("post", ""), ("post", "Monday")]
    rows = "".join(ROW.format(n=n, kind=kind, text=text) for n, (kind, text) in enumerate(cells, start=1))
    found = told(HEAD + rows)
    assert found.problems == []
    assert found.rows["purpose"].to_list() == ["appeal", None, None, None, "other"]
    assert found.rows["purpose_rules_version"].to_list() == [1, None, None, None, 1]
    assert "appealing" not in str(found.rows.rows())
    assert found.reading is not None
    assert found.reading.personal == ("text",)


def test_without_the_column_or_without_rules_no_post_has_a_purpose(told: Callable[..., Return]) -> None:
    row = ROW.format(n=1, kind="post", text=TEXT)
    assert told(HEAD + row, None).rows["purpose"].to_list() == [None]
    bare = (HEAD + row).replace(",text", "").replace(f",{TEXT}", "")
    assert told(bare).rows["purpose"].to_list() == [None]


def test_a_text_is_in_no_problem_of_its_row(told: Callable[..., Return]) -> None:
    found = told(HEAD + ROW.format(n=1, kind="post", text=TEXT).replace(",5,", ",many,"))
    assert len(found.problems) == 1
    assert "appealing" not in str(found.problems)


@pytest.mark.parametrize("mapping", mappings(), ids=lambda each: each.id)
def test_what_a_tool_calls_a_text_is_personal_and_of_posts(mapping: Mapping) -> None:
    assert set(mapping.texts) <= set(mapping.personal)
    assert bool(mapping.texts) == (mapping.kind == "posts")
