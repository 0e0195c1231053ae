"""Requests and limits of containers, as values of charts."""

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
