"""Namespaces of mycluster-0, with their Pod Security levels."""

from charts.infrastructure.shared_namespaces import SharedNamespaces
from kubestrata import Cluster


class Namespaces(SharedNamespaces):
    """Every shared namespace; `flux_system` and `kube_system` exist before GitOps starts."""

    def __init__(self, scope: Cluster) -> None:
        super().__init__(scope)
        self.apps = self.add("apps", "restricted")
        self.crossplane_system = self.add("crossplane-system", "restricted")
        # The engine builds images: it mounts file systems and creates network interfaces.
        self.dagger = self.add("dagger", "privileged")
        self.infrastructure = self.add("infrastructure", "restricted")
        self.karpenter = self.add("karpenter", "restricted")
        # The node exporter and the log collector read the host's file systems.
        self.observability = self.add("observability", "privileged")
        self.security = self.add("security", "baseline")
        # Proxies set kernel parameters and create network interfaces.
        self.tailscale = self.add("tailscale", "privileged")
        self.tooling = self.add("tooling", "baseline")
        self.flux_system = self.given("flux-system")
        self.kube_system = self.given("kube-system")
