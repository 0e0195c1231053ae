"""The service accounts of pods: their names, tokens and permissions."""

from __future__ import annotations

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import RBAC
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.workload.pod import Pod


def account_of(pod: Pod) -> str:
    """Return the name of a pod's service account."""
    return str(pod.spec.get("serviceAccountName") or pod.spec.get("serviceAccount") or "default")


def bound_accounts(tree: ClusterTree) -> frozenset[tuple[str, str]]:
    """Return the accounts, as namespace and name, that bindings grant permissions; `*` for all."""
    return tree.once(_bound)


def _bound(tree: ClusterTree) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for binding in tree.of_kind(RBAC, "RoleBinding", "ClusterRoleBinding"):
        for each in sequence(binding.manifest.get("subjects")):
            subject = mapping(each)
            namespace = str(subject.get("namespace") or binding.namespace)
            if subject.get("kind") == "ServiceAccount":
                found.add((namespace, str(subject.get("name"))))
            elif subject.get("kind") == "Group":
                group = str(subject.get("name"))
                found.add((group.removeprefix("system:serviceaccounts").removeprefix(":"), "*"))
    return frozenset(found)


def has_permissions(tree: ClusterTree, pod: Pod) -> bool:
    """Return True if a binding grants a pod's account permissions."""
    bound = bound_accounts(tree)
    holders = ((pod.namespace, account_of(pod)), (pod.namespace, "*"), ("", "*"))
    return any(each in bound for each in holders)


def has_token(tree: ClusterTree, pod: Pod) -> bool:
    """Return True if the token of its account is mounted in a pod."""
    said = pod.spec.get("automountServiceAccountToken")
    if said is None:
        account = tree.get("", "ServiceAccount", pod.namespace, account_of(pod))
        said = account.manifest.get("automountServiceAccountToken") if account else None
    return said is not False
