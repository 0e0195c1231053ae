"""Requests and limits of containers, as values of charts."""

from kubestrata import JsonObject


def resources(cpu: str, memory: str, limit: str) -> JsonObject:
    """Return requests of a container, and its memory limit; CPU is not limited."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": limit}}
