"""Assertions of Chainsaw that an object exists and is ready."""

from __future__ import annotations

from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import Json, JsonObject, Manifest
from kubestrata.knowledge import knowledge

_PER_PARENT = "gateway.networking.k8s.io"


def assertion(manifest: Manifest) -> JsonObject:
    """Return the object's kind and name, with the conditions of its status when it is ready."""
    identity = identity_of(manifest)
    metadata: JsonObject = {"name": identity.name}
    if identity.namespace:
        metadata = {**metadata, "namespace": identity.namespace}
    named: JsonObject = {
        "apiVersion": manifest["apiVersion"],
        "kind": identity.kind,
        "metadata": metadata,
    }
    status = _status(identity.group, identity.kind)
    return {**named, "status": status} if status else named


def _status(group: str, kind: str) -> JsonObject:
    if condition := knowledge().kind(group, kind).condition:
        accepted: list[Json] = [{"status": "True"}]
        return {f"(conditions[?type == '{condition}'])": accepted}
    if group == _PER_PARENT and kind.endswith("Route"):
        # One for each Gateway that the route attaches to.
        return {"(parents[].conditions[] | [?type == 'Accepted'].status)": ["True"]}
    return {}
