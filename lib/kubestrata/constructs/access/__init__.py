"""Access to the API server: accounts, roles and their bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
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

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "permission": "Permission",
        "role": "AggregatingRole BuiltInRole ClusterRole ClusterRoleBinding Role RoleBinding",
        "role_subject": "RoleSubject",
        "service_account": "ServiceAccount",
    },
)
