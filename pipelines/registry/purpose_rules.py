"""The rules by which a post is an appeal, a warning and so on, refused where a row cannot be what it says.

Belongs here: reading purpose_rules.csv and purpose_rule_versions.csv, and what must hold between them. Does
not belong here: applying a rule to a text (sources/purposes.py).
"""

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from pipelines.registry.seed_rows import RegistryError, Row, Rows, keyed, read_rows
from pipelines.sources.purposes import PatternError, Purpose, Rule, Rules, compiled
from pipelines.sources.texts import plain_words

FILE, VERSIONS = "purpose_rules.csv", "purpose_rule_versions.csv"


class PurposeRule(Row, frozen=True, kw_only=True):
    """`example`: an invented text that this rule decides, and no rule before it."""

    rule_id: Annotated[
        str, Meta(pattern=r"^[a-z0-9][a-z0-9_]*$", description="small letters, digits and underscores")
    ]
    position: int
    purpose: Purpose
    pattern: str
    why: str
    example: str


class PurposeRuleVersion(Row, frozen=True, kw_only=True):
    version: Annotated[int, Meta(ge=1)]
    rules_sha256: str
    since_date: date


def check_purpose_rules(seeds_dir: Path) -> Rules:
    """The rules, in the order in which they are asked, with their version.

    Raises:
        RegistryError: a cell is empty or wrong, a purpose unknown, a pattern none, an id, position or pattern
            there twice, an example decided by another rule, or the rules have changed under the same version.
    """
    rows = sorted(read_rows(seeds_dir / FILE, PurposeRule), key=lambda row: row[1].position)
    for column in ("rule_id", "position", "pattern"):
        keyed(rows, column)
    made = []
    for where, row in rows:
        try:
            made.append(Rule(row.rule_id, row.purpose, compiled(row.pattern)))
        except PatternError as error:
            raise where.error("pattern", str(error)) from error
    for where, row in rows:
        decided = Rules(0, tuple(made)).deciding(plain_words(row.example))
        if decided is None or decided.rule_id != row.rule_id:
            by = f"{decided.rule_id} decides it before" if decided else "the pattern is not in it"
            raise where.error("example", f"{by}: {row.example!r}")
    return Rules(_version(seeds_dir, rows), tuple(made))


def _version(seeds_dir: Path, rows: Rows[PurposeRule]) -> int:
    """The newest version, of which the digest must be that of the rules as they stand."""
    defined = [(row.rule_id, row.position, row.purpose, row.pattern) for _, row in rows]
    digest = hashlib.sha256(msgspec.json.encode(defined)).hexdigest()
    versions: dict[int, PurposeRuleVersion] = keyed(
        read_rows(seeds_dir / VERSIONS, PurposeRuleVersion), "version"
    )
    newest = max(versions, default=0)
    if not newest or versions[newest].rules_sha256 != digest:
        line = f"{newest + 1},{digest},YYYY-MM-DD"
        problem = f"the rules have changed under version {newest}" if newest else "no version is known"
        raise RegistryError(FILE, 1, "pattern", f"{problem}: {VERSIONS} needs the row {line}")
    return newest
