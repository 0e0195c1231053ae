"""A record of the objects that a command reads, to keep their secrets out of its output.

Recording is off until a command starts it, so that using the library alone keeps no references.
"""

from __future__ import annotations

from kubestrata.core.json_value import is_mapping

_UNREAD = frozenset(
    {
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "PrometheusRule",
        "Role",
        "RoleBinding",
    }
)
"""Kinds without credentials, of which there are many or which are long."""
_seen: list[dict[str, object]] = []
_derived: list[str] = []
_recording = False


def start() -> None:
    """Start recording."""
    global _recording  # noqa: PLW0603  # one output for the whole process
    _recording = True


def is_recording() -> bool:
    """Return True if a command keeps secrets out of its output."""
    return _recording


def hide(text: str) -> None:
    """Record a text that was made of a secret; it is never shown, even as a name."""
    if _recording:
        _derived.append(text)


def remember(value: object) -> None:
    """Record an object, or a possible one; its values are read when something is printed."""
    if not _recording or not is_mapping(value) or value.get("kind") in _UNREAD:
        return
    if "kind" in value or "stringData" in value:
        _seen.append(value)


def taken() -> list[dict[str, object]]:
    """Return the objects recorded since the last call."""
    found = list(_seen)
    _seen.clear()
    return found


def taken_texts() -> list[str]:
    """Return the texts recorded since the last call."""
    found = list(_derived)
    _derived.clear()
    return found
