"""Namespaces of goingdark, with their Pod Security levels and quotas."""

from kubeapis import k8s
from kubestrata import Cluster, Component, Namespace, Reconcile, Reference

_ENFORCE_LATEST = {"pod-security.kubernetes.io/enforce-version": "latest"}


class GoingdarkNamespaces(Component):
    """Every namespace of the cluster; `kube_system` exists before GitOps starts."""

    def __init__(self, scope: Cluster) -> None:
        # A namespace that is no longer declared would take everything in it along.
        reconcile = Reconcile(prune=False)
        super().__init__(scope, "namespaces", layer="infrastructure", reconcile=reconcile)
        self.argocd = self._restricted("argocd")
        self.cert_manager = self._restricted("cert-manager")
        self.cloudflared = self._restricted("cloudflared")
        self.cnpg_system = self._restricted("cnpg-system")
        self.cryptpad = self._restricted("cryptpad")
        # The chart of Dex sets no security context.
        self.dex = self.declare(Namespace("dex", pod_security="baseline"))
        self.elastic_system = self._restricted("elastic-system")
        self.external_secrets = self._restricted("external-secrets")
        self.gateway = self._restricted("gateway")
        self.hypebot = self._restricted("hypebot")
        # Tor starts as root, to own its keys.
        self.mastodon = self.declare(
            Namespace(
                "mastodon",
                pod_security="privileged",
                labels={
                    "pod-security.kubernetes.io/audit": "privileged",
                    "pod-security.kubernetes.io/warn": "privileged",
                },
            )
        )
        # The log collector and the node exporter read the host's file systems.
        self.victorialogs = self._privileged("victorialogs")
        self.victoriametrics = self._privileged("victoriametrics")
        self.kube_system = Reference(self, "", "Namespace", "kube-system")
        self._limit()

    def _restricted(self, name: str) -> Reference:
        return self.declare(Namespace(name, pod_security="restricted"))

    def _privileged(self, name: str) -> Reference:
        return self.declare(Namespace(name, pod_security="privileged", labels=_ENFORCE_LATEST))

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
