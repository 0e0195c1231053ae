"""Permissions of the organization's groups in the cluster."""

from collections.abc import Mapping

from kubestrata import Cluster, Component, waive
from kubestrata.constructs.access import BuiltInRole, ClusterRoleBinding, RoleSubject

_EVERYTHING = "cluster-admin"


class GroupAccess(Component):
    """One ClusterRoleBinding for each group of the issuer, to a role of Kubernetes.

    People use these permissions in the web pages of Flux and Headlamp, and with kubectl.
    """

    def __init__(
        self, scope: Cluster, *, groups: Mapping[str, BuiltInRole], prefix: str = ""
    ) -> None:
        """`groups` are group -> built-in ClusterRole; `prefix` begins the names of the bindings."""
        super().__init__(scope, "group-access", layer="security")
        for group, role in groups.items():
            subjects = [RoleSubject.group(group)]
            name = f"{prefix}{group}".lower().replace(" ", "-")
            binding = ClusterRoleBinding(self, name, role=role, subjects=subjects)
            if role == _EVERYTHING:
                waive(
                    "P60",
                    binding.resource,
                    reason="operators need all permissions, and log in by single sign-on",
                    owner="platform",
                    expires="2027-05-31",
                )
