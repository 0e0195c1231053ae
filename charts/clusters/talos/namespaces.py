"""Namespaces of talos, with their Pod Security levels."""

from kubestrata import Cluster, Component, Namespace, Reconcile, Reference

_LEVEL = "pod-security.kubernetes.io"
_WATCHED = {f"{_LEVEL}/audit": "privileged", f"{_LEVEL}/warn": "privileged"}


class TalosNamespaces(Component):
    """Every namespace of the cluster; `flux_system` and `kube_system` exist before GitOps starts.

    `baseline` is what Talos enforces for a namespace without a level.
    """

    def __init__(self, scope: Cluster) -> None:
        # A namespace that is no longer declared would take everything in it along.
        reconcile = Reconcile(prune=False)
        super().__init__(scope, "namespaces", layer="infrastructure", reconcile=reconcile)
        self.agents = self._named("agents")
        self.authentik = self._baseline("authentik")
        self.cert_manager = self._baseline("cert-manager")
        self.cert_manager_trust = self._baseline("cert-manager-trust")
        # The node plugin mounts file systems of the host.
        self.csi_proxmox = self._privileged("csi-proxmox")
        # An unsafe sysctl lowers the segment size to the MTU of Tailscale.
        self.dns_system = self.declare(
            Namespace("dns-system", pod_security="privileged", labels={"name": "dns-system"})
        )
        self.external_dns = self._named("external-dns")
        self.external_secrets_system = self._baseline("external-secrets-system")
        self.firecrawl = self._baseline("firecrawl")
        self.gitea = self._baseline("gitea")
        self.harbor = self._baseline("harbor")
        self.ingress_system = self._privileged("ingress-system")
        self.kagent = self._named("kagent")
        # Promtail reads the log files of the node.
        self.loki = self._privileged("loki")
        self.matrix = self._baseline("matrix")
        # Speakers use the network of the node.
        self.metallb_system = self._privileged("metallb-system")
        # The node exporter reads the host's file systems.
        self.monitoring = self._privileged("monitoring")
        self.nix_cache = self._baseline("nix-cache")
        self.powerdns_operator = self.declare(
            Namespace(
                "powerdns-operator",
                pod_security="baseline",
                labels={"app.kubernetes.io/name": "powerdns-operator"},
            )
        )
        self.reflector_system = self._baseline("reflector-system")
        self.test_app = self._baseline("test-app")
        # Vault locks its memory.
        self.vault = self._privileged("vault")
        self.flux_system = Reference(self, "", "Namespace", "flux-system")
        self.kube_system = Reference(self, "", "Namespace", "kube-system")

    def _baseline(self, name: str) -> Reference:
        return self.declare(Namespace(name, pod_security="baseline"))

    def _named(self, name: str) -> Reference:
        return self.declare(Namespace(name, pod_security="baseline", labels={"name": name}))

    def _privileged(self, name: str) -> Reference:
        return self.declare(Namespace(name, pod_security="privileged", labels=_WATCHED))
