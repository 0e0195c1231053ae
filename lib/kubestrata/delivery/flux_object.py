"""The shape that all of Flux' own objects share."""

from __future__ import annotations

from kubestrata.core.json_value import Manifest

ROOT = "flux-system"
"""The name of the source and the Kustomization that everything hangs on."""


def flux_object(namespace: str, group: str, kind: str, name: str, spec: Manifest) -> Manifest:
    """An object of `<group>.toolkit.fluxcd.io/v1`."""
    return {
        "apiVersion": f"{group}.toolkit.fluxcd.io/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }
