"""The official list of peers, refused where a row cannot be what it says.

Belongs here: reading peers.csv, and what must hold in it. Does not belong here: statistical neighbours, which
forces without a list have (dbt/models/marts/dim_peer), or writing the list (people do, in a review).
"""

from pathlib import Path

from pipelines.registry.register import Force
from pipelines.registry.seed_rows import Row, keyed, read_rows, refer

FILE = "peers.csv"


class Peer(Row, frozen=True, kw_only=True):
    force_id: str
    peer_force_id: str
    source: str


#: The file without a peer.
NONE = ",".join(Peer.__struct_fields__) + "\n"


def check_peers(seeds_dir: Path) -> dict[tuple[str, str], Peer]:
    """Every row of the list by force and peer, in the order of the file.

    Raises:
        RegistryError: a cell is empty or names no force, a force is its own peer, a pair is there twice, or
            the peers of one force come from two lists.
    """
    rows = read_rows(seeds_dir / FILE, Peer)
    forces = keyed(read_rows(seeds_dir / "forces.csv", Force), "force_id")
    for column in ("force_id", "peer_force_id"):
        refer(rows, column, forces)
    first: dict[str, Peer] = {}
    for where, row in rows:
        if row.peer_force_id == row.force_id:
            raise where.error("peer_force_id", f"{row.force_id!r} is no peer of itself")
        before = first.setdefault(row.force_id, row)
        if row.source != before.source:
            raise where.error("source", f"{row.force_id!r} has another above: {before.source!r}")
    return keyed(rows, "force_id", "peer_force_id")
