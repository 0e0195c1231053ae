"""Reading of plain GitOps repositories into the trees that rules check."""

from kubestrata.gitops.committed import committed_objects
from kubestrata.gitops.from_folder import from_folder

__all__ = ["committed_objects", "from_folder"]
