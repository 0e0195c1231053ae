"""Requests, limits and placement of pods, as values of charts."""

from collections.abc import Mapping

from kubestrata import JsonObject

CONTROL_PLANE: list[JsonObject] = [
    {"key": f"node-role.kubernetes.io/{role}", "operator": "Exists", "effect": "NoSchedule"}
    for role in ("control-plane", "master")
]
"""Tolerations of pods that also run on nodes of the control plane, under both of its names."""


def resources(cpu: str, memory: str, limit: str) -> JsonObject:
    """Return requests of a container, and its memory limit; CPU is not limited."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": limit}}


def bounded(cpu: str, memory: str, cpu_limit: str, memory_limit: str) -> JsonObject:
    """Return requests and limits of a container, in namespaces whose quota counts limits."""
    return {
        "requests": {"cpu": cpu, "memory": memory},
        "limits": {"cpu": cpu_limit, "memory": memory_limit},
    }


def apart(labels: Mapping[str, str], topology: str = "kubernetes.io/hostname") -> JsonObject:
    """Return the affinity of pods that avoid nodes with others of `labels`.

    `topology` is a label of nodes, of which each value has one pod where possible.
    """
    term: JsonObject = {"topologyKey": topology, "labelSelector": {"matchLabels": dict(labels)}}
    weighted: JsonObject = {"weight": 100, "podAffinityTerm": term}
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [weighted]}}
