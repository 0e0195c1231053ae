"""Reading of plain GitOps repositories into the trees that rules check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.gitops.committed import committed_objects
    from kubestrata.gitops.folder import from_folder

__all__ = ["committed_objects", "from_folder"]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "committed": "committed_objects",
        "folder": "from_folder",
    },
)
