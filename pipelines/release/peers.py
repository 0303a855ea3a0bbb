"""What a table says of a force's peers: who they are, and what they have together.

Belongs here: one row and one sentence. Does not belong here: which forces are peers (dbt, dim_peer), or their
figure (dbt, bench_peer_comparisons).
"""

from collections.abc import Mapping, Sequence
from typing import Any

_OF_THE_TABLE = (
    *("indicator_id", "indicator_name", "platform", "platform_name", "account_scope", "unit"),
    *("period_type", "period_start", "period_end", "all_forces_value", "release_id", "is_invented"),
)


def peers_named(force: str, peers: Sequence[Mapping[str, Any]], forces: Mapping[str, str]) -> str:
    """Who a force's peers are and why, or why it has none. `peers`: rows of dim_peer in their order."""
    if not peers:
        return (
            f"{force} has no peers: no official list names it, and for statistical neighbours its residents, "
            "their growth and its officers must be known (City of London has too few residents)."
        )
    names = ", ".join(forces[peer["peer_force_id"]] for peer in peers)
    order = "nearest first: " if all(peer["distance"] is not None for peer in peers) else ""
    return (
        f"Peers of {force}: {peers[0]['source']}; {order}{names}. Their figure is of those with a final "
        "number, and from five on the force is judged against it."
    )


def peers_together(own: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a force's peers below its own: their figure, and who is not in it."""
    note = "None of the peers has a final number that compares."
    if own["peers_value"] is not None:
        missing = f", without {own['peers_missing']}" if own["peers_missing"] else ""
        note = f"Peers with a final number: {own['peers_count']} of {own['peers_of']}{missing}."
    about = {
        "area_id": f"peers_of_{own['area_id']}",
        "area_name": f"Peers of {own['area_name']}",
        "area_type": "group",
        "value": own["peers_value"],
        "is_provisional": False,
        "note": note,
    }
    return dict.fromkeys(own) | {name: own[name] for name in _OF_THE_TABLE} | about
