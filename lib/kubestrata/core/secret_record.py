"""The objects seen by a command, so that the secrets in them can be kept out of its output.

Recording is off until a command starts it: a library that is only imported keeps nothing alive.
"""

from __future__ import annotations

from kubestrata.core.json_value import is_mapping

_UNREAD = frozenset({"CustomResourceDefinition"})
_seen: list[dict[str, object]] = []
_recording = False


def start() -> None:
    """Keep what is remembered from now on."""
    global _recording  # noqa: PLW0603  # one output for the whole process
    _recording = True


def remember(value: object) -> None:
    """Note an object, or what may be one; its values are looked at when something is printed."""
    if not _recording or not is_mapping(value) or value.get("kind") in _UNREAD:
        return
    if "kind" in value or "stringData" in value:
        _seen.append(value)


def taken() -> list[dict[str, object]]:
    """Return what was remembered since the last call."""
    found = list(_seen)
    _seen.clear()
    return found
