"""From what GitOps delivers, generated or plain, to the trees that rules judge."""

from kubestrata.gitops.from_folder import from_folder
from kubestrata.gitops.generated import from_files, from_platform

__all__ = ["from_files", "from_folder", "from_platform"]
