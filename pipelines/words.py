"""Words that every station needs to be read by people.

Belongs here: grammar that two places share. Does not belong here: how figures are written
(release/figures.py), or sentences about one thing, which stand beside it.
"""


def many(count: int, noun: str) -> str:
    """`1 release`, `1,204 releases`: a count and its noun, of which the plural ends in s."""
    return f"{count:,} {noun}{'s' * (count != 1)}"
