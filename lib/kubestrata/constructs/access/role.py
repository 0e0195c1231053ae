"""Roles of RBAC, and their bindings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from kubeapis import k8s
from kubestrata.constructs.access.permission import Permission
from kubestrata.constructs.access.role_subject import RBAC, RoleSubject, subject_fields
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ReferenceName

BuiltInRole = Literal["admin", "cluster-admin", "edit", "view"]
"""ClusterRoles that every cluster has (source: Kubernetes, user-facing roles)."""
AggregatingRole = Literal["admin", "edit", "view"]
_AGGREGATE = "rbac.authorization.k8s.io/aggregate-to"


class Role(Construct):
    """A Role named `id`, and for `subjects` the RoleBinding of the same name.

    Both are in the component's namespace, or in `namespace`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        permissions: Sequence[Permission],
        subjects: Sequence[RoleSubject] = (),
        namespace: Reference | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-role")
        rules = _rules(f"Role {id!r}", permissions)
        for each in permissions:
            if each.urls:
                why = f"grants URLs: {', '.join(each.urls)}; only a ClusterRole can"
                raise InvalidValue(f"Role {id!r}", why, "write a ClusterRole")
        self.resource = k8s.Role(self, id, metadata=_metadata(namespace), rules=rules)
        if subjects:
            RoleBinding(self, id, role=self.resource.ref, subjects=subjects, namespace=namespace)

    @property
    def ref(self) -> Reference:
        """Return the Role."""
        return self.resource.ref


class ClusterRole(Construct):
    """A ClusterRole named `id`, and for `subjects` the ClusterRoleBinding of the same name.

    `aggregate_to` adds the permissions to built-in roles: those of `view` are in `edit` too, those
    of `edit` in `admin`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        permissions: Sequence[Permission],
        subjects: Sequence[RoleSubject] = (),
        aggregate_to: Sequence[AggregatingRole] = (),
        labels: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-cluster-role")
        rules = _rules(f"ClusterRole {id!r}", permissions)
        for each in aggregate_to:
            if each not in get_args(AggregatingRole):
                why = f"is not one of {', '.join(get_args(AggregatingRole))}"
                raise InvalidValue(f"aggregate_to {each!r} of ClusterRole {id!r}", why)
        added = {f"{_AGGREGATE}-{each}": "true" for each in aggregate_to}
        found = {**(labels or {}), **added}
        metadata = k8s.ObjectMeta(labels=found) if found else None
        self.resource = k8s.ClusterRole(self, id, metadata=metadata, rules=rules)
        if subjects:
            ClusterRoleBinding(self, id, role=self.resource.ref, subjects=subjects)

    @property
    def ref(self) -> Reference:
        """Return the ClusterRole."""
        return self.resource.ref


class RoleBinding(Construct):
    """A RoleBinding named `id`: the permissions of `role` in one namespace.

    `role` is a Role of the same namespace, a ClusterRole, or a built-in one by its name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role: Reference | BuiltInRole,
        subjects: Sequence[RoleSubject],
        namespace: Reference | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-role-binding")
        self.resource = k8s.RoleBinding(
            self,
            id,
            metadata=_metadata(namespace),
            role_ref=_role_ref(f"RoleBinding {id!r}", role, ("ClusterRole", "Role")),
            subjects=subject_fields(f"RoleBinding {id!r}", subjects),
        )
        home = self.resource.identity.namespace
        if isinstance(role, Reference) and role.kind == "Role" and role.object_namespace != home:
            why = f"is in namespace {role.object_namespace!r}, its RoleBinding in {home!r}"
            raise InvalidReference(str(role), why, "write a ClusterRole, or bind it there")


class ClusterRoleBinding(Construct):
    """A ClusterRoleBinding named `id`: the permissions of `role` in every namespace.

    `role` is a ClusterRole, or a built-in one by its name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role: Reference | BuiltInRole,
        subjects: Sequence[RoleSubject],
    ) -> None:
        super().__init__(scope, f"{id}-cluster-role-binding")
        self.resource = k8s.ClusterRoleBinding(
            self,
            id,
            role_ref=_role_ref(f"ClusterRoleBinding {id!r}", role, ("ClusterRole",)),
            subjects=subject_fields(f"ClusterRoleBinding {id!r}", subjects),
        )


def _metadata(namespace: Reference | None) -> k8s.ObjectMeta | None:
    return k8s.ObjectMeta(namespace=namespace.name) if namespace is not None else None


def _rules(what: str, permissions: Sequence[Permission]) -> list[k8s.PolicyRule]:
    if not permissions:
        fix = "pass one: Permission.read('pods', group='')"
        raise InvalidValue(what, "has no permission", fix)
    for each in permissions:
        require(f"permission of {what}", each, Permission, fix="write Permission.read(...)")
    return [each.field for each in permissions]


def _role_ref(what: str, role: Reference | str, kinds: Sequence[str]) -> k8s.RoleRef:
    if isinstance(role, str):
        if isinstance(role, ReferenceName) or role not in get_args(BuiltInRole):
            known = ", ".join(get_args(BuiltInRole))
            fix = f"pass the role itself: role.ref; by name only {known}"
            raise InvalidValue(f"role {str(role)!r} of {what}", "is not a built-in role", fix)
        return k8s.RoleRef(api_group=RBAC, kind="ClusterRole", name=role)
    require(f"role of {what}", role, Reference, fix="pass role.ref")
    if role.group != RBAC or role.kind not in kinds:
        raise InvalidReference(str(role), f"must be a {' or a '.join(kinds)} to be bound")
    return k8s.RoleRef(api_group=RBAC, kind=role.kind, name=role.name)
