"""Namespaces of goingdark, with their Pod Security levels and quotas."""

from charts.infrastructure.shared_namespaces import SharedNamespaces, reported
from kubeapis import k8s
from kubestrata import Cluster, Reference

_ENFORCE_LATEST = {"pod-security.kubernetes.io/enforce-version": "latest"}


class Namespaces(SharedNamespaces):
    """Every namespace of the cluster; `kube_system` exists before GitOps starts."""

    def __init__(self, scope: Cluster) -> None:
        super().__init__(scope)
        self.argocd = self.add("argocd", "restricted")
        self.cert_manager = self.add("cert-manager", "restricted")
        self.cloudflared = self.add("cloudflared", "restricted")
        self.cnpg_system = self.add("cnpg-system", "restricted")
        self.cryptpad = self.add("cryptpad", "restricted")
        # The chart of Dex sets no security context.
        self.dex = self.add("dex", "baseline")
        self.elastic_system = self.add("elastic-system", "restricted")
        self.external_secrets = self.add("external-secrets", "restricted")
        self.gateway = self.add("gateway", "restricted")
        self.hypebot = self.add("hypebot", "restricted")
        # Tor starts as root, to own its keys.
        self.mastodon = self.add("mastodon", "privileged", labels=reported("privileged"))
        # The log collector and the node exporter read the host's file systems.
        self.victorialogs = self.add("victorialogs", "privileged", labels=_ENFORCE_LATEST)
        self.victoriametrics = self.add("victoriametrics", "privileged", labels=_ENFORCE_LATEST)
        self.kube_system = self.given("kube-system")
        self._limit()

    def _limit(self) -> None:
        """Add the quotas."""
        argo = _amounts(("400m", "1.5Gi"), ("1.5", "3Gi"))
        claims = {"pods": "15", "persistentvolumeclaims": "5"}
        self._quota("argocd-resource-quota", self.argocd, {**argo, **claims})
        secrets = _amounts(("300m", "1Gi"), ("800m", "1.5Gi"))
        name = "external-secrets-resource-quota"
        self._quota(name, self.external_secrets, {**secrets, "pods": "10"})

    def _quota(self, name: str, namespace: Reference, hard: dict[str, str]) -> None:
        k8s.ResourceQuota(
            self,
            name,
            metadata=k8s.ObjectMeta(namespace=namespace.object_name),
            spec=k8s.ResourceQuotaSpec(hard=hard),
        )


def _amounts(requests: tuple[str, str], limits: tuple[str, str]) -> dict[str, str]:
    return {
        "requests.cpu": requests[0],
        "requests.memory": requests[1],
        "limits.cpu": limits[0],
        "limits.memory": limits[1],
    }
