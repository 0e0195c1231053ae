"""The clusters in a folder of plain YAML, as the commands read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kubestrata.core.errors import ConfigError
from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree


def trees_in(folder: Path, roots: Sequence[str], command: str) -> list[ClusterTree]:
    """Return the trees of a folder; raises ConfigError if nothing in it is applied."""
    if not folder.is_dir():
        raise ConfigError(command, str(folder), "is not a folder")
    trees = from_folder(folder, roots)
    if not any(tree.subjects or tree.faults for tree in trees):
        what = f"{folder} from {', '.join(roots)}" if roots else str(folder)
        why = "Flux and Argo CD apply nothing in it, so there is nothing to check"
        fix = "name the folder where a cluster begins with --root"
        raise ConfigError(command, what, why, fix)
    return trees
