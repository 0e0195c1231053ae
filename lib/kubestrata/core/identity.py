"""The identity of a Kubernetes object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kubestrata.core.json_value import mapping


class Identity(NamedTuple):
    """Group, kind, namespace ('' if cluster-scoped) and name; the version is ignored."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        kind = f"{self.kind}.{self.group}" if self.group else self.kind
        return f"{kind} {self.namespace}/{self.name}" if self.namespace else f"{kind} {self.name}"


def group_of(api_version: str) -> str:
    """Return the API group of an `apiVersion`, '' for core."""
    return api_version.rpartition("/")[0]


def _text(value: object) -> str:
    """Return a name as text, whatever it is written as."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def identity_of(manifest: Mapping[str, Any]) -> Identity:
    """Return the identity of a rendered object."""
    metadata = mapping(manifest.get("metadata"))
    return Identity(
        group_of(_text(manifest["apiVersion"])),
        _text(manifest["kind"]),
        _text(metadata.get("namespace")),
        _text(metadata.get("name")),
    )
