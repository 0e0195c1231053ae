"""P60-P66: permissions in the API server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import RBAC
from kubestrata.rules.field import values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_ANYBODY = ("system:anonymous", "system:unauthenticated", "system:authenticated")
_HARMLESS = ("system:basic-user", "system:discovery", "system:public-info-viewer")
_MAKERS = ("pods", "deployments", "statefulsets", "replicasets", "cronjobs", "jobs", "daemonsets")
_Grant: TypeAlias = Mapping[str, Any]


def _grants(tree: ClusterTree) -> Iterator[tuple[Subject, str, _Grant]]:
    for role in tree.of_kind(RBAC, "ClusterRole", "Role"):
        for path, each in values(role.manifest, "rules[]"):
            yield role, path, mapping(each)


def _words(grant: _Grant, field: str) -> list[str]:
    return [str(each) for each in sequence(grant.get(field))]


def _granted(grant: _Grant, group: str, resources: tuple[str, ...]) -> list[str]:
    """Return the resources of a group that a grant names; wildcards have their own rule."""
    if group not in _words(grant, "apiGroups"):
        return []
    return [each for each in _words(grant, "resources") if each in resources]


def _verbs(grant: _Grant, *verbs: str) -> list[str]:
    return [each for each in _words(grant, "verbs") if each in (*verbs, "*")]


def _admins(tree: ClusterTree) -> Iterator[Finding]:
    everything = {role.identity for role, _, grant in _grants(tree) if _is_everything(grant)}
    for binding in tree.of_kind(RBAC, "ClusterRoleBinding", "RoleBinding"):
        role = mapping(binding.manifest.get("roleRef"))
        kind, name = str(role.get("kind")), str(role.get("name"))
        namespace = binding.namespace if kind == "Role" else ""
        if name == "cluster-admin" or Identity(RBAC, kind, namespace, name) in everything:
            names = (mapping(each).get("name") for each in sequence(_subjects(binding)))
            said = f"{', '.join(map(str, names)) or 'no subject'} has all permissions"
            yield binding.finding("roleRef.name", said)


def _subjects(binding: Subject) -> object:
    return binding.manifest.get("subjects")


def _is_everything(grant: _Grant) -> bool:
    return all("*" in _words(grant, field) for field in ("apiGroups", "resources", "verbs"))


def _wildcards(tree: ClusterTree) -> Iterator[Finding]:
    for role, at, grant in _grants(tree):
        found = [each for each in ("apiGroups", "resources", "verbs") if "*" in _words(grant, each)]
        if found:
            yield role.finding(
                at,
                f"{' and '.join(found)}: *",
                "list those that are needed",
            )


def _secrets(tree: ClusterTree) -> Iterator[Finding]:
    for role, at, grant in _grants(tree):
        verbs = _verbs(grant, "get", "list", "watch")
        if verbs and not grant.get("resourceNames") and _granted(grant, "", ("secrets",)):
            yield role.finding(at, f"may {', '.join(verbs)} every Secret", "add resourceNames")


def _shells(tree: ClusterTree) -> Iterator[Finding]:
    for role, at, grant in _grants(tree):
        resources = _granted(grant, "", ("pods/exec", "pods/attach"))
        if resources and _verbs(grant, "create", "get"):
            yield role.finding(at, f"may use {' and '.join(resources)}")


def _makers(tree: ClusterTree) -> Iterator[Finding]:
    for role, at, grant in _grants(tree):
        resources = [
            name for group in ("", "apps", "batch") for name in _granted(grant, group, _MAKERS)
        ]
        if resources and _verbs(grant, "create"):
            yield role.finding(at, f"may create {', '.join(dict.fromkeys(resources))}")


def _escalation(tree: ClusterTree) -> Iterator[Finding]:
    for role, at, grant in _grants(tree):
        if grant.get("resourceNames"):
            continue
        for group, resources, verbs in (
            (RBAC, ("roles", "clusterroles"), ("bind", "escalate")),
            ("", ("users", "groups", "serviceaccounts"), ("impersonate",)),
            ("certificates.k8s.io", ("signers",), ("approve", "sign")),
        ):
            may = [each for each in _words(grant, "verbs") if each in verbs]
            what = _granted(grant, group, resources)
            if may and what:
                said = f"may {' and '.join(may)} {' and '.join(what)}"
                yield role.finding(at, said, "add resourceNames")


def _anybody(tree: ClusterTree) -> Iterator[Finding]:
    for binding in tree.of_kind(RBAC, "ClusterRoleBinding", "RoleBinding"):
        role = str(mapping(binding.manifest.get("roleRef")).get("name"))
        for index, each in enumerate(sequence(_subjects(binding))):
            name = mapping(each).get("name")
            if name in _ANYBODY and role not in _HARMLESS:
                yield binding.finding(f"subjects[{index}].name", f"{name} is bound to {role}")


RULES = (
    Rule(
        "P60",
        "no subject has all permissions",
        "a stolen token gives full control of the cluster",
        _admins,
        Severity.WARNING,
        "baseline",
        (
            "kube-linter/cluster-admin-role-binding",
            "polaris/clusterrolebindingClusterAdmin",
            "polaris/rolebindingClusterAdminClusterRole",
            "polaris/rolebindingClusterAdminRole",
        ),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P61",
        "roles have no wildcards",
        "a wildcard includes everything that is installed later",
        _wildcards,
        Severity.WARNING,
        "restricted",
        ("kube-linter/wildcard-in-rules",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P62",
        "roles that read Secrets have resourceNames",
        "every credential of the scope can be read, those of other accounts too",
        _secrets,
        Severity.WARNING,
        "restricted",
        ("kube-linter/access-to-secrets",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P63",
        "roles do not run commands in pods",
        "the permission includes the access of every pod",
        _shells,
        Severity.WARNING,
        "restricted",
        (
            "polaris/clusterrolePodExecAttach",
            "polaris/rolePodExecAttach",
            "polaris/clusterrolebindingPodExecAttach",
            "polaris/rolebindingClusterRolePodExecAttach",
            "polaris/rolebindingRolePodExecAttach",
        ),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P64",
        "roles do not create pods",
        "a pod can mount every Secret, and run as every account, of its namespace",
        _makers,
        Severity.NOTE,
        "restricted",
        ("kube-linter/access-to-create-pods",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P65",
        "roles do not allow privilege escalation",
        "bind, escalate and impersonate lead to every permission",
        _escalation,
        Severity.WARNING,
        "restricted",
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P66",
        "no role is bound to all users",
        "every client of the API server has the permissions",
        _anybody,
        Severity.ERROR,
        in_charts=Severity.WARNING,
    ),
)
