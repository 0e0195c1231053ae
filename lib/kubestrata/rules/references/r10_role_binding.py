"""R10: bindings name roles and service accounts that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.rules.references._reference import Charts, Reference, Target, judge_references
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding

_RBAC = "rbac.authorization.k8s.io"
_ROLE = Target(_RBAC, "Role")
# What Kubernetes, its distributions, and the bootstrap of Flux bring.
_BUILTIN = (
    *("admin", "cluster-admin", "edit", "view", "system:*"),
    *("eks:*", "gce:*", "kubeadm:*", "crd-controller-*", "flux-*"),
)
_CLUSTER_ROLE = Target(
    _RBAC,
    "ClusterRole",
    namespaced=False,
    charts=Charts.TOLD,
    builtin=_BUILTIN,
)
_ACCOUNT = Target("", "ServiceAccount", builtin=("default",))


def _is_account(subject: Mapping[str, Any]) -> bool:
    return subject.get("kind") == "ServiceAccount" and bool(subject.get("namespace"))


REFERENCES = (
    Reference(_RBAC, "RoleBinding", "roleRef", (_ROLE, _CLUSTER_ROLE), namespace=""),
    Reference(_RBAC, "ClusterRoleBinding", "roleRef", (_CLUSTER_ROLE,), namespace=""),
    Reference(_RBAC, "RoleBinding", "subjects[]", (_ACCOUNT,), when=_is_account),
    Reference(_RBAC, "ClusterRoleBinding", "subjects[]", (_ACCOUNT,), when=_is_account),
)


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    yield from judge_references(tree, REFERENCES)


RULE = Rule(
    "R10",
    "a binding names a role and service accounts that exist",
    "nobody has the permissions that it seems to give",
    _judge,
)
