"""Namespaces of monosense.io, the same on every cluster, with their Pod Security levels."""

from charts.infrastructure.shared_namespaces import Level, SharedNamespaces, reported
from kubestrata import Cluster, Reference
from kubestrata.constructs.network import Network

_TENANT = "toolkit.fluxcd.io/tenant"


class Namespaces(SharedNamespaces):
    """Every namespace; `kube_system` exists before GitOps starts.

    The bootstrap creates `external_secrets` and `flux_system` first, and GitOps takes them over.
    """

    def __init__(self, scope: Cluster) -> None:
        super().__init__(scope)
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
        self.kube_system = self.given("kube-system")
        scope.ask(Network).add_to_namespace(self, self.kube_system)

    def _add(self, name: str, level: Level, *, tenant: str | None = None) -> Reference:
        labels = reported(level)
        if tenant is not None:
            labels[_TENANT] = tenant
        return self.add(name, level, labels=labels)
