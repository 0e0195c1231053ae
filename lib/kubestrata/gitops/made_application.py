"""Applications that charts make, followed to the folders of the repository that they apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kubestrata.gitops.chart_release import Scopes
from kubestrata.gitops.disk import below
from kubestrata.gitops.document import Repository
from kubestrata.gitops.folder_builder import FolderBuilder
from kubestrata.gitops.reader import ClusterReader
from kubestrata.gitops.source import Sources
from kubestrata.gitops.variables import Known
from kubestrata.rules.subject import ClusterTree, Subject


def with_folders(
    tree: ClusterTree, applications: Sequence[Subject], repository: Path, scopes: Scopes
) -> tuple[ClusterTree, Sequence[Subject]]:
    """Return the tree with what Applications apply from a repository, and the new objects."""
    render = FolderBuilder(Repository(repository))
    reader = ClusterReader(render, Sources(tree.by_identity, {}), Known(), scopes)
    reader.units = dict(tree.units)
    reader.by_identity = dict(tree.by_identity)
    reader.follow(applications, tree.own_repository)
    applied = {
        (each.identity.group, each.identity.kind, each.identity.name) for each in reader.subjects
    }
    made = replace(
        tree,
        subjects=[*tree.subjects, *reader.subjects],
        units=reader.units,
        listed=[*tree.listed, *reader.listed],
        faults=[*tree.faults, *reader.faults],
        unchecked=[*tree.unchecked, *reader.unchecked],
        unexpanded=[*tree.unexpanded, *reader.unexpanded],
        orphans=[each for each in tree.orphans if not _is_read(each.path, reader)],
        unapplied=tree.unapplied - applied,
    )
    return made, reader.subjects


def _is_read(path: str, reader: ClusterReader) -> bool:
    return path in reader.reached or any(below(path, each) for each in reader.followed)
