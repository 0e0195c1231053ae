"""Parts of a Talos machine configuration that are derived from a cluster's components."""

from kubestrata.constructs.talos.extra_manifest import ExtraManifest
from kubestrata.constructs.talos.talos_manifests import TalosManifests

__all__ = ["ExtraManifest", "TalosManifests"]
