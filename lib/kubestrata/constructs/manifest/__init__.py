"""The YAML of others, with changes."""

from kubestrata.constructs.manifest.manifests import Manifests
from kubestrata.constructs.manifest.object_selector import ObjectSelector

__all__ = ["Manifests", "ObjectSelector"]
