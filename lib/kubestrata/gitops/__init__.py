"""From what GitOps delivers, generated or plain, to the trees that rules judge."""

from kubestrata.gitops.committed import committed_objects
from kubestrata.gitops.from_folder import from_folder
from kubestrata.gitops.generated import from_files, from_platform

__all__ = ["committed_objects", "from_files", "from_folder", "from_platform"]
