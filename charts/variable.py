"""Environment variables of containers, as values of charts."""

from kubestrata import JsonObject
from kubestrata.constructs import SecretKey


def secret_variable(name: str, key: SecretKey) -> JsonObject:
    """Return a variable with the value of a key."""
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": key.name, "key": key.key}}}
