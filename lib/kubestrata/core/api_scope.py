"""Which kinds belong to no namespace, and which groups need no CRD.

Built-in ones from `kubectl api-resources`; custom ones from the index of the bindings.
"""

from __future__ import annotations

from functools import cache

_CLUSTER_SCOPED = frozenset(
    {
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("certificates.k8s.io", "ClusterTrustBundle"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("networking.k8s.io", "IPAddress"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "ServiceCIDR"),
        ("node.k8s.io", "RuntimeClass"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("resource.k8s.io", "DeviceClass"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "CSINode"),
        ("storage.k8s.io", "StorageClass"),
        ("storage.k8s.io", "VolumeAttributesClass"),
    }
)
_BUILT_IN_GROUPS = frozenset(
    {"", "apps", "autoscaling", "batch", "events.k8s.io", "policy"}
    | {group for group, _ in _CLUSTER_SCOPED}
    | {"coordination.k8s.io", "discovery.k8s.io", "authentication.k8s.io", "authorization.k8s.io"}
    | {"internal.apiserver.k8s.io", "storagemigration.k8s.io"}
)


@cache
def _bound_cluster_scoped() -> frozenset[tuple[str, str]]:
    """Return the cluster-scoped kinds of the bindings; the first folder with a kind decides."""
    import json  # noqa: PLC0415  # every import of a kind would pay for what few need

    from kubestrata.core.bindings_path import binding_folders  # noqa: PLC0415  # same

    namespaced: dict[tuple[str, str], bool] = {}
    for folder in binding_folders():
        index = folder / "_index.json"
        for one in json.loads(index.read_text(encoding="utf-8")) if index.exists() else ():
            namespaced.setdefault((one["group"], one["kind"]), one["namespaced"])
    return frozenset(kind for kind, has_namespace in namespaced.items() if not has_namespace)


def is_cluster_scoped(group: str, kind: str) -> bool:
    """Whether a kind takes no namespace; one that nothing here knows is taken to have one."""
    known = (group, kind)
    return known in _CLUSTER_SCOPED or (not is_built_in(group) and known in _bound_cluster_scoped())


def is_built_in(group: str) -> bool:
    """Whether every Kubernetes serves the group without a CustomResourceDefinition."""
    return group in _BUILT_IN_GROUPS
