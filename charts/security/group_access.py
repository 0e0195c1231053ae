"""Permissions of the organization's groups in the cluster."""

from collections.abc import Mapping

from kubeapis import k8s
from kubestrata import Cluster, Component, waive

_EVERYTHING = "cluster-admin"
_RBAC = "rbac.authorization.k8s.io"


class GroupAccess(Component):
    """One ClusterRoleBinding for each group of the issuer, to a role of Kubernetes.

    People use these permissions in the web pages of Flux and Headlamp, and with kubectl.
    """

    def __init__(self, scope: Cluster, *, groups: Mapping[str, str]) -> None:
        """`groups` are group -> ClusterRole."""
        super().__init__(scope, "group-access", layer="security")
        for group, role in groups.items():
            binding = k8s.ClusterRoleBinding(
                self,
                f"ogenki-{group}",
                role_ref=k8s.RoleRef(api_group=_RBAC, kind="ClusterRole", name=role),
                subjects=[k8s.Subject(api_group=_RBAC, kind="Group", name=group)],
            )
            if role == _EVERYTHING:
                waive(
                    "P60",
                    binding,
                    reason="operators need all permissions, and log in by single sign-on",
                    owner="platform",
                    expires="2027-05-31",
                )
