"""Namespaces shared by several components."""

from kubestrata import Cluster, Component, Namespace, Reconcile, Reference


class Namespaces(Component):
    """All shared namespaces, with their Pod Security levels.

    `kube_system` and `flux_system` exist before GitOps starts: references only.
    """

    def __init__(self, scope: Cluster) -> None:
        # A namespace that is no longer declared would take everything in it along.
        reconcile = Reconcile(prune=False)
        super().__init__(scope, "namespaces", layer="infrastructure", reconcile=reconcile)
        self.apps = self.declare(Namespace("apps", pod_security="restricted"))
        self.crossplane_system = self.declare(
            Namespace("crossplane-system", pod_security="restricted")
        )
        # The engine builds images: it mounts file systems and creates network interfaces.
        self.dagger = self.declare(Namespace("dagger", pod_security="privileged"))
        self.infrastructure = self.declare(Namespace("infrastructure", pod_security="restricted"))
        self.karpenter = self.declare(Namespace("karpenter", pod_security="restricted"))
        # The node exporter and the log collector read the host's file systems.
        self.observability = self.declare(Namespace("observability", pod_security="privileged"))
        self.security = self.declare(Namespace("security", pod_security="baseline"))
        # Proxies set kernel parameters and create network interfaces.
        self.tailscale = self.declare(Namespace("tailscale", pod_security="privileged"))
        self.tooling = self.declare(Namespace("tooling", pod_security="baseline"))
        self.flux_system = self._given("flux-system")
        self.kube_system = self._given("kube-system")

    def _given(self, name: str) -> Reference:
        return Reference(self, "", "Namespace", name)
