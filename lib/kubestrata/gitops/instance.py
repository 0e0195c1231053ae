"""FluxInstances, as objects or as values of the flux-instance chart: what they synchronize."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_patch import PatchError
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.gitops.document import TreeDocument
from kubestrata.gitops.json_patch import patched
from kubestrata.gitops.patch_target import chooses
from kubestrata.rules.api_group import FLUX_OPERATOR, HELM, KUSTOMIZE, SOURCE
from kubestrata.rules.violation import Location

_CHART = "flux-instance"
_NOWHERE = Location("", 1)


class Sync(Frozen):
    """The source and the Kustomization that the Flux Operator makes for an instance.

    `unapplied` are the reasons why patches for them were not applied.
    """

    source: Manifest
    kustomization: Manifest
    unapplied: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Return the address of the source."""
        spec = mapping(self.source.get("spec"))
        return str(spec.get("url") or spec.get("endpoint") or "")

    @property
    def path(self) -> str:
        """Return the folder that the Kustomization applies."""
        return str(mapping(self.kustomization.get("spec")).get("path") or "")


def sync_of(manifest: Mapping[str, Any]) -> Sync | None:
    """Return what a FluxInstance, or a release of its chart, synchronizes; None without a sync."""
    version, kind = str(manifest.get("apiVersion")), manifest.get("kind")
    metadata, spec = mapping(manifest.get("metadata")), mapping(manifest.get("spec"))
    space = str(metadata.get("namespace") or "flux-system")
    if version.startswith(f"{FLUX_OPERATOR}/") and kind == "FluxInstance":
        instance = spec
    elif version.startswith(f"{HELM}/") and kind == "HelmRelease" and _is_instance(spec, metadata):
        instance = mapping(mapping(spec.get("values")).get("instance"))
    else:
        return None
    sync = mapping(instance.get("sync"))
    if not sync.get("path") or not sync.get("url"):
        return None
    patches = sequence(mapping(instance.get("kustomize")).get("patches"))
    return _patched(*_generated(sync, space), patches)


def _is_instance(spec: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    chart = mapping(mapping(spec.get("chart")).get("spec")).get("chart")
    reference = mapping(spec.get("chartRef")).get("name")
    return _CHART in (chart, reference, metadata.get("name"))


def _generated(sync: Mapping[str, Any], space: str) -> tuple[Manifest, Manifest]:
    """Return the source and the Kustomization, before they are patched."""
    kind = str(sync.get("kind") or "GitRepository")
    metadata = {"name": str(sync.get("name") or space), "namespace": space}
    spec: dict[str, Any] = {"interval": sync.get("interval") or "1m"}
    spec |= {"endpoint" if kind == "Bucket" else "url": str(sync["url"])}
    if ref := sync.get("ref"):
        spec |= {"bucketName": ref} if kind == "Bucket" else {"ref": {_REF.get(kind, "name"): ref}}
    if secret := sync.get("pullSecret"):
        spec["secretRef"] = {"name": secret}
    if provider := sync.get("provider"):
        spec["provider"] = provider
    source = {"apiVersion": f"{SOURCE}/v1", "kind": kind, "metadata": metadata, "spec": spec}
    kustomization = {
        "apiVersion": f"{KUSTOMIZE}/v1",
        "kind": "Kustomization",
        "metadata": metadata,
        "spec": {
            "interval": "10m0s",
            "path": str(sync["path"]),
            "prune": True,
            "sourceRef": {"kind": kind, "name": metadata["name"]},
        },
    }
    return source, kustomization


_REF = {"OCIRepository": "tag"}
"""The field of `ref` that is set, by kind of the source."""


def _patched(source: Manifest, kustomization: Manifest, patches: Sequence[Any]) -> Sync:
    made, unapplied = [source, kustomization], list[str]()
    for patch in map(mapping, patches):
        target, text = mapping(patch.get("target")), str(patch.get("patch") or "")
        for index, each in enumerate(made):
            if target and chooses(target, [TreeDocument(each, _NOWHERE)]):
                try:
                    made[index] = patched(each, text)
                except PatchError as error:
                    unapplied.append(str(error))
    return Sync(made[0], made[1], tuple(unapplied))
