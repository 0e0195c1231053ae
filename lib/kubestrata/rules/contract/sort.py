"""The sorts of needs, in the order in which they are listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kubestrata.rules.api_group import NETWORKING


class Sort(NamedTuple):
    """The title of a sort, and the meaning of the properties and the source of its entries."""

    title: str
    properties: str = ""
    source: str = ""


STORE_KEY, PUSHED_KEY, VARIABLE = "store-key", "pushed-key", "variable"
SECRET, CONFIG_MAP, OBJECT, CRDS = "secret", "config-map", "object", "crds"
IMAGE, GIT, HELM = "image", "git-repository", "helm-repository"
SORTS: Mapping[str, Sort] = {
    STORE_KEY: Sort("Keys of secret stores", "properties", "store"),
    PUSHED_KEY: Sort("Keys that the cluster writes into secret stores", "properties", "store"),
    VARIABLE: Sort("Substitution variables", source="ConfigMap or Secret"),
    "identity": Sort("IAM roles and other cloud identities"),
    "policy": Sort("IAM policies"),
    "resource-tag": Sort("Resource tags that selectors look up", "values"),
    "cloud-resource": Sort("Cloud resources by name or id"),
    "bucket": Sort("Buckets", source="endpoint"),
    "dns-zone": Sort("DNS zones"),
    "host": Sort("Host names"),
    "oidc-issuer": Sort("OIDC issuers"),
    "oidc-client": Sort("OIDC clients", source="issuer"),
    "service-url": Sort("Servers"),
    "nfs-export": Sort("NFS servers", "exports"),
    IMAGE: Sort("Image repositories", "tags and digests"),
    "oci-artifact": Sort("OCI artifacts", "references"),
    HELM: Sort("Helm repositories", "charts with versions"),
    GIT: Sort("Git repositories", "references"),
    SECRET: Sort("Secrets that nothing in the tree creates", "keys"),
    CONFIG_MAP: Sort("ConfigMaps that nothing in the tree creates", "keys"),
    "storage-class": Sort("StorageClasses"),
    "ingress-class": Sort("IngressClasses"),
    "gateway-class": Sort("GatewayClasses"),
    "priority-class": Sort("PriorityClasses"),
    "runtime-class": Sort("RuntimeClasses"),
    CRDS: Sort("API groups whose CRDs exist before the delivery"),
    OBJECT: Sort("Other objects that are declared to exist"),
}
CLASSES: Mapping[tuple[str, str], str] = {
    ("storage.k8s.io", "StorageClass"): "storage-class",
    (NETWORKING, "IngressClass"): "ingress-class",
    ("gateway.networking.k8s.io", "GatewayClass"): "gateway-class",
    ("scheduling.k8s.io", "PriorityClass"): "priority-class",
    ("node.k8s.io", "RuntimeClass"): "runtime-class",
}
"""Kinds of classes, with their sort."""
DEFAULT = "(default)"
"""The name of the class that is the cluster's default."""
