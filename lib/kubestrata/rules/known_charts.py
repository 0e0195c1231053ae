"""Which API groups' CRDs well-known charts and repositories install.

Charts do not say it in their HelmRelease; a tree that names its providers itself needs none of
this. Where a chart installs CRDs only if a value says so, the value is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownChart:
    """A chart: the groups of its CRDs, the values of which one must be true, its repository.

    `folder` says that the CRDs are in the chart's crds/ folder, which a release may skip;
    `same_version` that chart and CRDs are released under one version.
    """

    groups: frozenset[str]
    switches: tuple[str, ...] = ()
    folder: bool = True
    repository: str = ""
    same_version: bool = False


def _chart(
    groups: str, *switches: str, folder: bool = True, repository: str = "", same: bool = False
) -> KnownChart:
    return KnownChart(frozenset(groups.split()), switches, folder, repository, same)


_PROMETHEUS = _chart("monitoring.coreos.com", repository="prometheus-operator/prometheus-operator")
_VICTORIA = _chart(
    "operator.victoriametrics.com", folder=False, repository="VictoriaMetrics/operator"
)
_STRIMZI = _chart(
    "kafka.strimzi.io core.strimzi.io",
    repository="strimzi/strimzi-kafka-operator",
    same=True,
)
_TRAEFIK = _chart("traefik.io hub.traefik.io")
_EXTERNAL_DNS = _chart("externaldns.k8s.io")

CHARTS: dict[str, KnownChart] = {
    "argo-cd": _chart("argoproj.io", folder=False, repository="argoproj/argo-cd"),
    "argo-rollouts": _chart("argoproj.io", folder=False),
    "argo-workflows": _chart("argoproj.io", folder=False),
    "aws-load-balancer-controller": _chart("elbv2.k8s.aws"),
    "cert-manager": _chart(
        "cert-manager.io acme.cert-manager.io",
        "installCRDs",
        "crds.enabled",
        folder=False,
        repository="cert-manager/cert-manager",
        same=True,
    ),
    "cilium": _chart("cilium.io", folder=False, repository="cilium/cilium"),
    "cloudnative-pg": _chart(
        "postgresql.cnpg.io", folder=False, repository="cloudnative-pg/cloudnative-pg"
    ),
    "crossplane": _chart("apiextensions.crossplane.io pkg.crossplane.io", folder=False),
    "eck-operator": _chart("elasticsearch.k8s.elastic.co kibana.k8s.elastic.co", folder=False),
    "external-dns": _EXTERNAL_DNS,
    "external-secrets": _chart(
        "external-secrets.io generators.external-secrets.io",
        folder=False,
        repository="external-secrets/external-secrets",
        same=True,
    ),
    "flagger": _chart("flagger.app"),
    "flux-operator": _chart("fluxcd.controlplane.io", folder=False),
    "gatekeeper": _chart("templates.gatekeeper.sh constraints.gatekeeper.sh config.gatekeeper.sh"),
    "gateway-helm": _chart("gateway.networking.k8s.io gateway.envoyproxy.io"),
    "gateway-crds-helm": _chart("gateway.networking.k8s.io gateway.envoyproxy.io", folder=False),
    "gha-runner-scale-set-controller": _chart("actions.github.com"),
    "grafana-operator": _chart("grafana.integreatly.org", repository="grafana/grafana-operator"),
    "istio-base": _chart("networking.istio.io security.istio.io telemetry.istio.io"),
    "base": _chart("networking.istio.io security.istio.io telemetry.istio.io", folder=False),
    "karpenter": _chart("karpenter.k8s.aws karpenter.sh"),
    "keda": _chart("keda.sh eventing.keda.sh", folder=False, repository="kedacore/keda", same=True),
    "kube-prometheus-stack": _PROMETHEUS,
    "kyverno": _chart(
        "kyverno.io policies.kyverno.io reports.kyverno.io wgpolicyk8s.io",
        folder=False,
        repository="kyverno/kyverno",
    ),
    "longhorn": _chart("longhorn.io", folder=False),
    "mariadb-operator": _chart("k8s.mariadb.com"),
    "mariadb-operator-crds": _chart("k8s.mariadb.com", folder=False),
    "metallb": _chart("metallb.io", folder=False, repository="metallb/metallb"),
    "postgres-operator": _chart("acid.zalan.do"),
    "prometheus-operator-crds": _chart("monitoring.coreos.com", folder=False),
    "redis-operator": _chart("redis.redis.opstreelabs.in"),
    "rook-ceph": _chart("ceph.rook.io objectbucket.io", folder=False),
    "sealed-secrets": _chart("bitnami.com"),
    "snapshot-controller": _chart("snapshot.storage.k8s.io groupsnapshot.storage.k8s.io"),
    "strimzi-kafka-operator": _STRIMZI,
    "tailscale-operator": _chart("tailscale.com", folder=False, repository="tailscale/tailscale"),
    "tempo-operator": _chart("tempo.grafana.com"),
    "traefik": _TRAEFIK,
    "traefik-crds": _chart("traefik.io hub.traefik.io", folder=False),
    "trivy-operator": _chart("aquasecurity.github.io"),
    "trust-manager": _chart("trust.cert-manager.io", folder=False),
    "tuppr": _chart("tuppr.home-operations.com"),
    "vault-secrets-operator": _chart("secrets.hashicorp.com"),
    "velero": _chart("velero.io"),
    "victoria-metrics-k8s-stack": _VICTORIA,
    "victoria-metrics-operator": _VICTORIA,
    "victoria-metrics-operator-crds": _VICTORIA,
    "volsync": _chart("volsync.backube", folder=False),
}
REPOSITORIES: dict[str, frozenset[str]] = {
    "actions/actions-runner-controller": frozenset(
        {"actions.github.com", "actions.summerwind.dev"}
    ),
    "kubernetes-sigs/gateway-api": frozenset({"gateway.networking.k8s.io"}),
    "kubernetes-csi/external-snapshotter": frozenset({"snapshot.storage.k8s.io"}),
    "keycloak/keycloak-k8s-resources": frozenset({"k8s.keycloak.org"}),
    **{each.repository: each.groups for each in CHARTS.values() if each.repository},
}
"""Repositories whose folders and releases hold CRDs."""

_INSTALLED = frozenset[str]().union(*(each.groups for each in CHARTS.values()))
_GITHUB = re.compile(r"github(?:usercontent)?\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?(?:[/?#\s]|$)")


def repository_of(address: str) -> str:
    """`owner/name` of an address on GitHub, '' for others."""
    found = _GITHUB.search(address)
    return found[1] if found else ""


def is_well_known(group: str) -> bool:
    """Whether the charts that install a group's CRDs are known."""
    return group in _INSTALLED or any(group in groups for groups in REPOSITORIES.values())


def installers(group: str) -> list[str]:
    """The charts that install a group's CRDs."""
    return sorted(name for name, chart in CHARTS.items() if group in chart.groups)
