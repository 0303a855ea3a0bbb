"""What stands above and below a benchmark table: how final it is, what its columns mean, what made it.

Belongs here: sentences. Does not belong here: which rows a table has (reader.py).
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from pipelines.release.published import Release


def by_chance(rows: list[dict[str, Any]]) -> list[str]:
    """What to make of the verdicts: METHOD 1 asks for it beside every table."""
    count = max((row["compared_of"] or 0 for row in rows), default=0)
    if not count:
        return []
    by_chance = max(1, round(count / 20))
    return [
        f"Against others: each force and the {count - 1} others together, by how much forces differ at all. "
        f"Of {count} forces that do not differ, about {by_chance} would be called otherwise by chance."
    ]


#: Why, of what the register knows and of all platforms together.
_NOT_JUDGED = {
    "neighbourhoods": "each force draws its own neighbourhoods",
    "register": "being on more platforms is neither better nor worse",
}


def pooled(rows: list[dict[str, Any]], definitions: list[dict[str, Any]]) -> Iterator[str]:
    """Of all platforms together: why nobody is compared, and what compares them instead."""
    by_id = {row["indicator_id"]: row for row in definitions}
    own = by_id[rows[0]["indicator_id"]]
    if rows[0]["platform"] != "all" or own.get("is_standardised"):
        return
    if own.get("known_by") in _NOT_JUDGED:
        yield f"Nobody is ranked or judged, as {_NOT_JUDGED[own['known_by']]}."
        return
    instead = [indicator_id for indicator_id, row in by_id.items() if row.get("is_standardised")]
    yield (
        "All platforms: nobody is ranked or judged, as not all forces have the same ones"
        + f"; {' and '.join(instead)} compares like with like" * bool(instead)
        + "."
    )


def explained(rows: list[dict[str, Any]]) -> Iterator[str]:
    """What the columns say that not every table has."""
    if any(row["rank95_low"] is not None for row in rows):
        yield (
            "Rank: in brackets, between which ranks the force's true one lies with 95% probability; it is "
            "drawn towards the middle where it rests on few."
        )
    if any(row["rank"] and row["rank95_low"] is None for row in rows):
        yield "Rank without brackets: nothing says how sure it is. Followers are counted and not sampled."
    forces = [row for row in rows if row["area_type"] == "force" and row["value"] is not None]
    is_of_one = len({row["indicator_id"] for row in rows}) == 1
    if is_of_one and any(row["rank"] for row in forces) and not all(row["rank"] for row in forces):
        yield (
            "A figure without a rank rests on fewer than 30 (n) or ten independent ones, can still change, "
            "or is of a period in which accounts were merged."
        )
    if any(row["shrunk_value"] is not None for row in rows):
        yield (
            "Shrunk: the value drawn towards all forces' by as much as chance moves it, which is most where "
            "there are few."
        )
    if any(row["change"] is not None for row in rows):
        yield "Change: since the period before, with its 95% interval where the values have one."


def no_account(scope: str, name: str) -> str:
    """Why a cell is empty that has neither a value nor a reason."""
    if scope == "all":
        return "No account was open in this period."
    return f"No {lower(name)} were open in this period."


def lower(name: str) -> str:
    """A name in the middle of a sentence."""
    return name[0].lower() + name[1:]


def finality(rows: list[dict[str, Any]]) -> str:
    """How final the figures of a table are."""
    forces = [row for row in rows if row["area_type"] == "force"]
    if all(row["value"] is None for row in forces):
        return "There is no number; the notes say why."
    provisional = sum(row["is_provisional"] for row in forces)
    if not provisional:
        return "Final: the figures change only by a late return or a correction."
    what = "forces' figures" if len({row["area_id"] for row in forces}) > 1 else "figures"
    if provisional == len(forces):
        return f"Provisional: all {what} can still change."
    return f"Provisional: {provisional} of {len(forces)} {what} can still change; each says so."


def definition(row: Mapping[str, Any]) -> Iterator[str]:
    """An indicator's definition in lines."""
    yield f"{row['name']} ({row['indicator_id']}, version {row['indicator_version']}; {row['unit']})"
    yield f"  Numerator: {row['numerator'].rstrip('.')}."
    yield f"  Denominator: {row['denominator'].rstrip('.')}."
    is_clustered = row.get("variance_measure") not in {None, "post_variance"}
    alike = "; in brackets as how many independent ones" if is_clustered else ""
    yield f"  n counts {counted(row['n_measure'])}{alike}."
    yield f"  Caveats: {row['caveats']}"


def reasons(rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Of rows without a number: the indicator, its platforms and why, those of one reason together."""
    found = []
    empty = (row for row in rows if row["value"] is None)
    for name, of_indicator in groupby(empty, lambda row: str(row["indicator_name"])):
        platforms: dict[str, list[str]] = {}
        for row in of_indicator:
            platforms.setdefault(row["note"] or "", []).append(row["platform_name"])
        found += [(name, ", ".join(on), note) for note, on in platforms.items()]
    return found


_COUNTED = {
    "open_day_count": "days of open accounts",
    "messages_due_day_count": "account-days on which messages are due",
    "asked_hour_count": "hours of the week with three conversations or more",
    "written_count": "posts and replies",
    "settled_account_count": "open accounts of which thirty days are known",
    "kept_account_count": "accounts with a count at both ends and no merger between",
    "view_valued_1h_count": "posts with a count of views after an hour",
    "engagement_valued_1h_count": "posts with a count of engagements after an hour",
    "view_valued_24h_count": "posts with a count of views after a day",
    "engagement_valued_24h_count": "posts with a count of engagements after a day",
    "like_valued_count": "posts with a count of each sort of reaction at seven days",
    "night_conversation_count": "conversations that came at night",
    "day_conversation_count": "conversations that came by day",
    "weekend_conversation_count": "conversations that came at weekends or on bank holidays",
    "weekday_conversation_count": "conversations that came on weekdays",
    "neighbourhood_count": "neighbourhoods in the register",
    "paired_valued_count": "posts with counts of views and engagements at seven days",
    "used_platform_count": "platforms with an open account",
    "staffed_conversation_count": "conversations that were followed for an hour of staffed time",
}
_WHEN = {"valued": "at seven days", "exported": "when they were exported"}


def counted(measure: str) -> str:
    """What a measure counts, in words: its name says it."""
    if measure in _COUNTED:
        return _COUNTED[measure]
    of, _, how = measure.removesuffix("_count").rpartition("_")
    if how in _WHEN:
        return f"posts with a count of {of if of == 'reach' else of + 's'} {_WHEN[how]}"
    return measure.removesuffix("_count").replace("_", " ") + "s"


def kept_as(release: Release) -> str:
    """What a reader may rely on."""
    if release.label == Release.label:
        return "figures of one day, which can still change"
    return "frozen, and revised only by an official release that follows"


def made_from(release: Release) -> str:
    """Which release it is of, and what has to be said of that."""
    although = "".join(f" Published although {line}." for line in release.overridden)
    return f"{which(release)}. {release.note}{although}"


def which(release: Release) -> str:
    """`Working release 20261212T0530-8c1fe402aa, data as of 2026-12-12 05:30 UTC`."""
    return f"{release.label} {release.release_id}, data as of {as_of(release)}"


def as_of(release: Release) -> str:
    """`2026-12-12 05:30 UTC`."""
    return release.data_as_of_utc.replace("T", " ").removesuffix("Z").removesuffix(":00") + " UTC"
