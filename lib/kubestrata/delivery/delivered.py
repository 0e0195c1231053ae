"""What a platform delivers, derived once: the value that rules, writer, diff and graph read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kubestrata.core.cluster import Cluster
from kubestrata.core.written import Located, WrittenFile


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one unit waits for another, and the line that causes it."""

    text: str
    origin: Located

    def __str__(self) -> str:
        return f"{self.text} at {self.origin}"


@dataclass(frozen=True, slots=True)
class DeliveredUnit:
    """A Flux Kustomization or an Argo CD Application, and the files that it applies.

    `applied_by` is its object. `files` are without their list, and None where the folder is in
    another repository.
    """

    applied_by: WrittenFile
    files: Sequence[WrittenFile] | None


@dataclass(frozen=True, slots=True)
class DeliveredCluster:
    """Everything that one cluster reconciles.

    `entry` are the objects that the root applies: sources, and the objects of the units; the root
    itself is the unit `root`, None where it is created elsewhere. `needs[a][b]` is the reason why
    unit `a` waits for unit `b`, `depends_on` its transitive reduction. `files` are all files, lists
    included, with paths that begin with the cluster's name.
    """

    cluster: Cluster
    entry: Sequence[WrittenFile]
    root: WrittenFile | None
    units: Sequence[DeliveredUnit]
    needs: Mapping[str, Mapping[str, Reason]]
    depends_on: Mapping[str, Sequence[str]]
    files: Sequence[WrittenFile]

    @property
    def name(self) -> str:
        """The cluster's name."""
        return self.cluster.name


@dataclass(frozen=True)
class Delivered:
    """The clusters of a platform, by name."""

    clusters: Sequence[DeliveredCluster]

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """The whole tree: path below the output folder -> content."""
        return {file.path: file.content for each in self.clusters for file in each.files}
