"""The metric that tells how each Flux object fares, and how kube-state-metrics makes it.

Flux' controllers measure their own work only; the state of an object is in the object.
"""

from typing import NamedTuple

from kubestrata import JsonObject

STATE = "gotk_resource_info"
"""Labels: name, exported_namespace, ready, stalled, suspended, reason, customresource_kind."""


class _Kind(NamedTuple):
    group: str
    version: str
    kind: str
    plural: str


_KINDS = (
    _Kind("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases"),
    _Kind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations"),
    _Kind("source.toolkit.fluxcd.io", "v1", "GitRepository", "gitrepositories"),
    _Kind("source.toolkit.fluxcd.io", "v1", "HelmChart", "helmcharts"),
    _Kind("source.toolkit.fluxcd.io", "v1", "HelmRepository", "helmrepositories"),
)
_LABELS = {
    "name": ["metadata", "name"],
    "exported_namespace": ["metadata", "namespace"],
    "ready": ["status", "conditions", "[type=Ready]", "status"],
    "reason": ["status", "conditions", "[type=Ready]", "reason"],
    "stalled": ["status", "conditions", "[type=Stalled]", "status"],
    "suspended": ["spec", "suspend"],
}


def kube_state_metrics() -> JsonObject:
    """Values of the kube-state-metrics chart that make the metric and allow reading for it."""
    return {
        "customResourceState": {
            "enabled": True,
            "config": {
                "kind": "CustomResourceStateMetrics",
                "spec": {"resources": [_resource(kind) for kind in _KINDS]},
            },
        },
        "rbac": {
            "extraRules": [
                {
                    "apiGroups": [kind.group],
                    "resources": [kind.plural],
                    "verbs": ["list", "watch"],
                }
                for kind in _KINDS
            ]
        },
    }


def _resource(kind: _Kind) -> JsonObject:
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
