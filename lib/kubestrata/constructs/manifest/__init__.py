"""The YAML of others, with changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.manifest.manifests import Manifests
    from kubestrata.constructs.manifest.object_selector import ObjectSelector

__all__ = ["Manifests", "ObjectSelector"]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "manifests": "Manifests",
        "object_selector": "ObjectSelector",
    },
)
