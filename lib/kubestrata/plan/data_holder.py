"""Objects whose deletion deletes data, and the data that is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import is_mapping, is_sequence, mapping, sequence
from kubestrata.knowledge import knowledge

_VOLUMES = "its volumes, depending on their reclaim policies"


def data_lost(manifest: Mapping[str, Any], composites: frozenset[tuple[str, str]]) -> str:
    """Return what is deleted with an object beside itself, '' if it holds no data.

    `composites` are the groups and kinds that Crossplane's definitions declare.
    """
    identity = identity_of(manifest)
    kind = (identity.group, identity.kind)
    spec = mapping(manifest.get("spec"))
    if known := knowledge().kind(*kind).data:
        return known
    if kind in composites:
        return "the resources created by its composition"
    if is_mapping(spec.get("forProvider")):
        return "" if _is_kept_in_the_cloud(spec) else "the resource managed by the provider"
    if kind == ("apps", "StatefulSet"):
        return _of_stateful_set(spec)
    if not _has_claim(spec):
        return ""
    return (
        "the data of its pods, unless the chart keeps it" if kind[1] == "HelmRelease" else _VOLUMES
    )


def _is_kept_in_the_cloud(spec: Mapping[str, Any]) -> bool:
    policies = sequence(spec.get("managementPolicies"))
    forbids = bool(policies) and not {"*", "Delete"} & {str(each) for each in policies}
    return forbids or spec.get("deletionPolicy") == "Orphan"


def _of_stateful_set(spec: Mapping[str, Any]) -> str:
    if not spec.get("volumeClaimTemplates"):
        return ""
    policy = mapping(spec.get("persistentVolumeClaimRetentionPolicy")).get("whenDeleted")
    if policy == "Delete":
        return _VOLUMES
    return "its pods; its PersistentVolumeClaims stay and need the same name to be used again"


def _has_claim(value: Any) -> bool:
    """Return True if a value holds the spec of a PersistentVolumeClaim that outlives a pod."""
    if is_mapping(value):
        requests = mapping(mapping(value.get("resources")).get("requests"))
        if "storage" in requests or mapping(value.get("persistence")).get("enabled") is True:
            return True
        return any(_has_claim(each) for key, each in value.items() if key != "ephemeral")
    return is_sequence(value) and any(map(_has_claim, value))
