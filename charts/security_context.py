"""Security contexts of the Pod Security level `restricted`, as values of charts."""

from kubestrata import JsonObject

WRITABLE_ROOT: JsonObject = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}
"""A container without privileges that writes to its own file system."""
HARDENED: JsonObject = {**WRITABLE_ROOT, "readOnlyRootFilesystem": True}
"""A container without privileges, whose file system is read-only."""


def restricted_pod(
    user: int | None = None, group: int | None = None, *, volume_group: int | None = None
) -> JsonObject:
    """Return the context of a pod that is not root; None are the ids of its image."""
    ids = {"runAsUser": user, "runAsGroup": group, "fsGroup": volume_group}
    return {
        "runAsNonRoot": True,
        **{name: number for name, number in ids.items() if number is not None},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
