"""FluxInstances, as objects or as values of the flux-instance chart: what they synchronize."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubestrata.core.json_value import Manifest, mapping
from kubestrata.rules.api_group import HELM, KUSTOMIZE, SOURCE

_GROUP = "fluxcd.controlplane.io"
_CHART = "flux-instance"


@dataclass(frozen=True, slots=True)
class Sync:
    """The source and the Kustomization that the Flux Operator makes for an instance."""

    name: str
    namespace: str
    kind: str
    url: str
    path: str

    def manifests(self) -> tuple[Manifest, Manifest]:
        """Return the source and the Kustomization."""
        metadata = {"name": self.name, "namespace": self.namespace}
        source = {
            "apiVersion": f"{SOURCE}/v1",
            "kind": self.kind,
            "metadata": metadata,
            "spec": {"interval": "1m", "url": self.url},
        }
        reference = {"kind": self.kind, "name": self.name}
        kustomization = {
            "apiVersion": f"{KUSTOMIZE}/v1",
            "kind": "Kustomization",
            "metadata": metadata,
            "spec": {
                "interval": "10m",
                "path": self.path,
                "prune": True,
                "sourceRef": reference,
            },
        }
        return source, kustomization


def sync_of(manifest: Mapping[str, Any]) -> Sync | None:
    """Return what a FluxInstance, or a release of its chart, synchronizes; None without a sync."""
    version, kind = str(manifest.get("apiVersion")), manifest.get("kind")
    metadata, spec = mapping(manifest.get("metadata")), mapping(manifest.get("spec"))
    space = str(metadata.get("namespace") or "flux-system")
    if version.startswith(f"{_GROUP}/") and kind == "FluxInstance":
        sync = mapping(spec.get("sync"))
    elif version.startswith(f"{HELM}/") and kind == "HelmRelease" and _is_instance(spec, metadata):
        sync = mapping(mapping(mapping(spec.get("values")).get("instance")).get("sync"))
    else:
        return None
    if not sync.get("path") or not sync.get("url"):
        return None
    return Sync(
        str(sync.get("name") or space),
        space,
        str(sync.get("kind") or "GitRepository"),
        str(sync["url"]),
        str(sync["path"]),
    )


def _is_instance(spec: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    chart = mapping(mapping(spec.get("chart")).get("spec")).get("chart")
    reference = mapping(spec.get("chartRef")).get("name")
    return _CHART in (chart, reference, metadata.get("name"))
