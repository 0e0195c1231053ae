"""Access to the API server: accounts, roles and their bindings."""

from kubestrata.constructs.access.permission import Permission
from kubestrata.constructs.access.role import (
    AggregatingRole,
    BuiltInRole,
    ClusterRole,
    ClusterRoleBinding,
    Role,
    RoleBinding,
)
from kubestrata.constructs.access.role_subject import RoleSubject
from kubestrata.constructs.access.service_account import ServiceAccount

__all__ = [
    "AggregatingRole",
    "BuiltInRole",
    "ClusterRole",
    "ClusterRoleBinding",
    "Permission",
    "Role",
    "RoleBinding",
    "RoleSubject",
    "ServiceAccount",
]
