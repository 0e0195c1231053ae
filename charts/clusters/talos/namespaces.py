"""Namespaces of talos, with their Pod Security levels."""

from charts.infrastructure.shared_namespaces import SharedNamespaces, reported
from kubestrata import Cluster, Reference


class Namespaces(SharedNamespaces):
    """Every namespace of the cluster; `flux_system` and `kube_system` exist before GitOps starts.

    `baseline` is what Talos enforces for a namespace without a level.
    """

    def __init__(self, scope: Cluster) -> None:
        super().__init__(scope)
        self.agents = self._named("agents")
        self.authentik = self.add("authentik", "baseline")
        self.cert_manager = self.add("cert-manager", "baseline")
        self.cert_manager_trust = self.add("cert-manager-trust", "baseline")
        # The node plugin mounts file systems of the host.
        self.csi_proxmox = self._privileged("csi-proxmox")
        # An unsafe sysctl lowers the segment size to the MTU of Tailscale.
        self.dns_system = self.add("dns-system", "privileged", labels={"name": "dns-system"})
        self.external_dns = self._named("external-dns")
        self.external_secrets_system = self.add("external-secrets-system", "baseline")
        self.firecrawl = self.add("firecrawl", "baseline")
        self.gitea = self.add("gitea", "baseline")
        self.harbor = self.add("harbor", "baseline")
        self.ingress_system = self._privileged("ingress-system")
        self.kagent = self._named("kagent")
        # Promtail reads the log files of the node.
        self.loki = self._privileged("loki")
        self.matrix = self.add("matrix", "baseline")
        # Speakers use the network of the node.
        self.metallb_system = self._privileged("metallb-system")
        # The node exporter reads the host's file systems.
        self.monitoring = self._privileged("monitoring")
        self.nix_cache = self.add("nix-cache", "baseline")
        self.powerdns_operator = self.add(
            "powerdns-operator", "baseline", labels={"app.kubernetes.io/name": "powerdns-operator"}
        )
        self.reflector_system = self.add("reflector-system", "baseline")
        self.test_app = self.add("test-app", "baseline")
        # Vault locks its memory.
        self.vault = self._privileged("vault")
        self.flux_system = self.given("flux-system")
        self.kube_system = self.given("kube-system")

    def _named(self, name: str) -> Reference:
        return self.add(name, "baseline", labels={"name": name})

    def _privileged(self, name: str) -> Reference:
        return self.add(name, "privileged", labels=reported("privileged"))
