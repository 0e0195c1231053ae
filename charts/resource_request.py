"""Requests, limits and placement of pods, as values of charts."""

from collections.abc import Mapping

from kubestrata import JsonObject


def resources(cpu: str, memory: str, limit: str) -> JsonObject:
    """Return requests of a container, and its memory limit; CPU is not limited."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": limit}}


def bounded(cpu: str, memory: str, cpu_limit: str, memory_limit: str) -> JsonObject:
    """Return requests and limits of a container, in namespaces whose quota counts limits."""
    return {
        "requests": {"cpu": cpu, "memory": memory},
        "limits": {"cpu": cpu_limit, "memory": memory_limit},
    }


def apart(labels: Mapping[str, str]) -> JsonObject:
    """Return the affinity of pods that avoid nodes with others of `labels`."""
    term: JsonObject = {
        "topologyKey": "kubernetes.io/hostname",
        "labelSelector": {"matchLabels": dict(labels)},
    }
    weighted: JsonObject = {"weight": 100, "podAffinityTerm": term}
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [weighted]}}
