"""Grammar that several stations share."""

import pytest

from pipelines.words import many


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 cells"), (1, "1 cell"), (2, "2 cells"), (1204, "1,204 cells")]
)
def test_a_count_agrees_with_its_noun(count: int, said: str) -> None:
    assert many(count, "cell") == said
