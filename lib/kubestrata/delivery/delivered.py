"""The delivered tree of a platform, derived once for rules, writer, diff and graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from kubestrata.core.cluster import Cluster
from kubestrata.core.frozen import Frozen, FrozenRecord
from kubestrata.core.json_value import Manifest
from kubestrata.core.written import Located, WrittenFile


class Reason(FrozenRecord):
    """The reason for an edge between two units, and the line that causes it."""

    text: str
    origin: Located

    def __str__(self) -> str:
        return f"{self.text} at {self.origin}"


class DeliveredUnit(Frozen):
    """A Flux Kustomization or an Argo CD Application, and the files that it applies.

    `applied_by` is its object, with the file of the ApplicationSet for one that a set makes.
    `files` leave out the kustomization.yaml, and are None if the folder is in another repository.
    An Application has a `wave`, and starts after those of lower ones.
    """

    applied_by: WrittenFile
    files: Sequence[WrittenFile] | None
    wave: tuple[int, ...] = ()


class DeliveredCluster(Frozen):
    """The delivered tree of one cluster.

    `entry` holds the objects that the root applies: sources, and the objects of the units. `root`
    is the root itself, None if it is created elsewhere. `needs[a][b]` is the reason why unit `a`
    waits for unit `b`, `depends_on` the transitive reduction. `files` are all files, with
    lists and files that nothing applies, and paths that begin with the cluster's name.
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


class Delivered(Frozen, dict=True):
    """The clusters of a platform, by name."""

    clusters: Sequence[DeliveredCluster]

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """The content of every file, by its path below the output folder."""
        return {file.path: file.content for each in self.clusters for file in each.files}

    @cached_property
    def manifests(self) -> dict[str, Manifest]:
        """The object in every file that has one, by the file's path below the output folder."""
        files = (file for each in self.clusters for file in each.files)
        return {file.path: file.manifest for file in files if file.manifest is not None}
