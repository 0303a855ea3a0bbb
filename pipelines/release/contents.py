"""What a release holds: the models that the exposures of the dbt project name, as dbt's manifest has them.

Belongs here: reading that from the manifest, so that exposures and releases cannot disagree. Does not belong
here: writing it (publish.py, extracts.py), or which models those are (dbt/models/exposures.yml).
"""

from dataclasses import dataclass, field

import msgspec

from pipelines.settings import Settings
from pipelines.warehouse.manifest import manifest


@dataclass(frozen=True)
class Model:
    """A model that is published, with the description of each of its columns, and its type where the model's
    contract says it."""

    name: str
    descriptions: dict[str, str]
    types: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """`tables`: what stands in every release. `extracts`: what is cut into a file for each force."""

    tables: list[Model]
    extracts: list[Model]


class _Column(msgspec.Struct):
    description: str
    data_type: str | None = None


class _Node(msgspec.Struct):
    name: str
    columns: dict[str, _Column]


class _Dependencies(msgspec.Struct):
    nodes: list[str]


class _Exposure(msgspec.Struct):
    name: str
    depends_on: _Dependencies


class _Manifest(msgspec.Struct):
    nodes: dict[str, _Node]
    exposures: dict[str, _Exposure]


def contents(settings: Settings) -> Contents:
    """The models behind the exposures `release` and `extracts`, in the order in which they are named there.

    Raises:
        ManifestError: dbt cannot read the project.
        KeyError: one of the two exposures is missing.
    """
    parsed = msgspec.json.decode(manifest(settings).read_bytes(), type=_Manifest)
    depends_on = {exposure.name: exposure.depends_on.nodes for exposure in parsed.exposures.values()}
    models = {
        unique_id: Model(
            node.name,
            {name: column.description for name, column in node.columns.items()},
            {name: column.data_type for name, column in node.columns.items() if column.data_type},
        )
        for unique_id, node in parsed.nodes.items()
    }
    tables, extracts = ([models[node] for node in depends_on[name]] for name in ("release", "extracts"))
    return Contents(tables, extracts)
