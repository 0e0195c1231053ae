"""Which kinds have operators that make further objects, and by which names."""

from __future__ import annotations

_INERT = frozenset(
    {
        "acme.cert-manager.io",
        "apiextensions.crossplane.io",
        "argoproj.io",
        "aws.m.upbound.io",
        "barmancloud.cnpg.io",
        "bitnami.com",
        "cert-manager.io",
        "cilium.io",
        "external-secrets.io",
        "externaldns.k8s.io",
        "gateway.envoyproxy.io",
        "generators.external-secrets.io",
        "grafana.integreatly.org",
        "helm.toolkit.fluxcd.io",
        "image.toolkit.fluxcd.io",
        "karpenter.k8s.aws",
        "karpenter.sh",
        "keda.sh",
        "kustomize.toolkit.fluxcd.io",
        "kyverno.io",
        "metallb.io",
        "monitoring.coreos.com",
        "notification.toolkit.fluxcd.io",
        "operator.victoriametrics.com",
        "policies.kyverno.io",
        "source.extensions.fluxcd.io",
        "source.toolkit.fluxcd.io",
        "trust.cert-manager.io",
    }
)
"""Groups whose objects make none of other names than rules know; but see `_OPERATED`."""
_OPERATED = frozenset(
    {
        "Alertmanager",
        "Gateway",
        "Grafana",
        "Prometheus",
        "PrometheusAgent",
        "ThanosRuler",
        "VLAgent",
        "VLCluster",
        "VLSingle",
        "VLogs",
        "VMAgent",
        "VMAlert",
        "VMAlertmanager",
        "VMAnomaly",
        "VMAuth",
        "VMCluster",
        "VMDistributed",
        "VMSingle",
        "VTCluster",
        "VTSingle",
        "ApplicationSet",
        "ScaledJob",
    }
)
_DERIVED = {
    ("gateway.networking.k8s.io", "Gateway"): ("gateway-{}", "{}-istio"),
    ("monitoring.coreos.com", "Alertmanager"): ("{}", "alertmanager-operated"),
    ("monitoring.coreos.com", "Prometheus"): ("{}", "prometheus-operated"),
    ("monitoring.coreos.com", "ThanosRuler"): ("{}", "thanos-ruler-operated"),
    ("postgresql.cnpg.io", "Cluster"): ("{}-r", "{}-any"),
}
"""What names of operators' objects contain, where that is not the name of their owner alone."""


def is_operated(group: str, kind: str) -> bool:
    """Whether something makes objects, or runs pods, for objects of this kind."""
    if kind in _OPERATED:
        return True
    custom = "." in group and not group.endswith((".k8s.io", ".aws.m.upbound.io"))
    return custom and group not in _INERT


def derived_names(group: str, kind: str, name: str) -> set[str]:
    """What the names of those objects contain."""
    return {each.format(name) for each in _DERIVED.get((group, kind), ("{}",))}
