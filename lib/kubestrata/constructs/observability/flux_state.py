"""The metric that tells how each Flux object fares, and how kube-state-metrics makes it.

Flux' controllers measure their own work only; the state of an object is in the object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubestrata.core.json_value import JsonObject

STATE = "gotk_resource_info"
"""Labels: name, exported_namespace, ready, stalled, suspended, reason, customresource_kind."""


@dataclass(frozen=True, slots=True)
class FluxKind:
    """A kind of Flux' own objects, as the API server lists it."""

    group: str
    version: str
    kind: str
    plural: str


_SOURCE = "source.toolkit.fluxcd.io"
HELM_KINDS = (
    FluxKind("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases"),
    FluxKind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations"),
    FluxKind(_SOURCE, "v1", "GitRepository", "gitrepositories"),
    FluxKind(_SOURCE, "v1", "HelmChart", "helmcharts"),
    FluxKind(_SOURCE, "v1", "HelmRepository", "helmrepositories"),
)
"""What every platform that installs charts has."""

OCI_REPOSITORY = FluxKind(_SOURCE, "v1", "OCIRepository", "ocirepositories")

_LABELS = {
    "name": ["metadata", "name"],
    "exported_namespace": ["metadata", "namespace"],
    "ready": ["status", "conditions", "[type=Ready]", "status"],
    "reason": ["status", "conditions", "[type=Ready]", "reason"],
    "stalled": ["status", "conditions", "[type=Stalled]", "status"],
    "suspended": ["spec", "suspend"],
}


def kube_state_metrics(kinds: Sequence[FluxKind] = HELM_KINDS) -> JsonObject:
    """Values of the kube-state-metrics chart that make the metric and allow reading for it."""
    return {
        "customResourceState": {
            "enabled": True,
            "config": {
                "kind": "CustomResourceStateMetrics",
                "spec": {"resources": [_resource(kind) for kind in kinds]},
            },
        },
        "rbac": {
            "extraRules": [
                {
                    "apiGroups": [kind.group],
                    "resources": [kind.plural],
                    "verbs": ["list", "watch"],
                }
                for kind in kinds
            ]
        },
    }


def _resource(kind: FluxKind) -> JsonObject:
    prefix, _, name = STATE.partition("_")
    return {
        "groupVersionKind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
        "metricNamePrefix": prefix,
        "metrics": [
            {
                "name": name,
                "help": "State of a Flux object.",
                "each": {"type": "Info", "info": {"labelsFromPath": _LABELS}},
            }
        ],
    }
