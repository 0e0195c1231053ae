"""Namespaces of monosense.io, the same on every cluster, with their Pod Security levels."""

from typing import Literal

from kubestrata import Cluster, Component, Namespace, Reconcile, Reference
from kubestrata.constructs.network import Network

_Level = Literal["baseline", "privileged", "restricted"]
_TENANT = "toolkit.fluxcd.io/tenant"
_MODES = ("audit", "warn")


class MonosenseNamespaces(Component):
    """Every namespace; `kube_system` exists before GitOps starts.

    The bootstrap creates `external_secrets` and `flux_system` first, and GitOps takes them over.
    """

    def __init__(self, scope: Cluster) -> None:
        # A namespace that is no longer declared would take everything in it along.
        reconcile = Reconcile(prune=False)
        super().__init__(scope, "namespaces", layer="infrastructure", reconcile=reconcile)
        self.cnpg_system = self._add("cnpg-system", "restricted")
        self.dragonfly_operator_system = self._add("dragonfly-operator-system", "restricted")
        self.dragonfly_system = self._add("dragonfly-system", "restricted")
        self.external_secrets = self._add("external-secrets", "restricted")
        self.keycloak_operator_system = self._add("keycloak-operator-system", "restricted")
        self.keycloak_system = self._add("keycloak-system", "restricted")
        self.messaging = self._add("messaging", "restricted")
        self.strimzi_operator_system = self._add("strimzi-operator-system", "restricted")
        self.actions_runner_system = self._add(
            "actions-runner-system", "baseline", tenant="platform"
        )
        self.cert_manager = self._add("cert-manager", "baseline")
        self.gitlab_runner = self._add("gitlab-runner", "baseline", tenant="gitlab-runner")
        self.gitlab_system = self._add("gitlab-system", "baseline", tenant="gitlab")
        self.harbor = self._add("harbor", "baseline")
        self.networking = self._add("networking", "baseline")
        # Collectors, exporters and storage drivers use the file systems of nodes.
        self.fluent_bit = self._add("fluent-bit", "privileged")
        self.flux_system = self._add("flux-system", "privileged")
        self.observability = self._add("observability", "privileged")
        self.openebs_system = self._add("openebs-system", "privileged")
        self.rook_ceph = self._add("rook-ceph", "privileged")
        self.kube_system = Reference(self, "", "Namespace", "kube-system")
        scope.ask(Network).add_to_namespace(self, self.kube_system)

    def _add(self, name: str, level: _Level, *, tenant: str | None = None) -> Reference:
        labels: dict[str, str] = {f"pod-security.kubernetes.io/{mode}": level for mode in _MODES}
        if tenant is not None:
            labels[_TENANT] = tenant
        return self.declare(Namespace(name, pod_security=level, labels=labels))
