"""The common shape of Flux objects."""

from __future__ import annotations

from kubestrata.core.json_value import Manifest
from kubestrata.core.source import ROOT_SOURCE

ROOT = ROOT_SOURCE
"""The name of the root GitRepository and Kustomization."""


def flux_object(namespace: str, group: str, kind: str, name: str, spec: Manifest) -> Manifest:
    """Return an object of `<group>.toolkit.fluxcd.io/v1`."""
    return {
        "apiVersion": f"{group}.toolkit.fluxcd.io/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }
