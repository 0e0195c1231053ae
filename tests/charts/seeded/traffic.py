"""Ports and labels that the pods of charts do not have, and policies that forget some of them."""

from __future__ import annotations

from tests.charts.seeded.edit import instead, without
from tests.charts.seeded.seed import A, E, Seed

_PORT = "port that the pods do not have"
_FORGETS = "policy that forgets traffic"
_LABELS = "labels that select no pod"
_POD_ENDPOINT = ("spec", "podMetricsEndpoints", 0, "port")
_SELECTED = ("spec", "selector", "matchLabels")

SEEDS = (
    Seed(
        "grafana-route-to-the-port-of-the-pod",
        _PORT,
        E,
        "HTTPRoute monitoring/grafana",
        ("R02",),
        instead("spec", "rules", 0, "backendRefs", 0, "port", to=3000),
    ),
    Seed(
        "headlamp-route-to-the-port-of-the-pod",
        _PORT,
        A,
        "HTTPRoute tooling/headlamp",
        ("R02",),
        instead("spec", "rules", 0, "backendRefs", 0, "port", to=4466),
    ),
    Seed(
        "cert-manager-scrape-of-port-metrics",
        _PORT,
        A,
        "VMPodScrape security/cert-manager",
        ("R08",),
        instead(*_POD_ENDPOINT, to="metrics"),
    ),
    Seed(
        "cert-manager-monitor-of-the-service-port",
        _PORT,
        E,
        "PodMonitor monitoring/cert-manager",
        ("R08",),
        instead(*_POD_ENDPOINT, to="tcp-prometheus-servicemonitor"),
    ),
    Seed(
        "grafana-operator-scrape-of-port-http",
        _PORT,
        A,
        "VMServiceScrape observability/grafana-operator",
        ("R08",),
        instead("spec", "endpoints", 0, "port", to="http"),
    ),
    Seed(
        "whoami-service-to-port-web",
        _PORT,
        E,
        "Service whoami/whoami",
        ("R04",),
        instead("spec", "ports", 0, "targetPort", to="web"),
    ),
    Seed(
        "karpenter-policy-for-port-metrics",
        _PORT,
        A,
        "CiliumNetworkPolicy karpenter/karpenter-from-vmagent",
        ("P77", "R12"),
        instead("spec", "ingress", 0, "toPorts", 0, "ports", 0, "port", to="metrics"),
        about="karpenter/karpenter",
    ),
    Seed(
        "cert-manager-policy-with-another-webhook-port",
        _FORGETS,
        A,
        "CiliumNetworkPolicy security/cert-manager-webhook",
        ("P77",),
        instead("spec", "ingress", 0, "toPorts", 0, "ports", 0, "port", to="10260"),
        about="security/cert-manager-webhook",
    ),
    Seed(
        "external-secrets-without-policy-for-its-webhook",
        _FORGETS,
        A,
        "CiliumNetworkPolicy security/external-secrets-webhook",
        ("P77",),
        about="security/external-secrets-webhook",
    ),
    Seed(
        "kyverno-hook-without-labels",
        _FORGETS,
        A,
        "HelmRelease security/kyverno",
        ("P85",),
        without("spec", "values", "crds", "migration"),
    ),
    Seed(
        "zitadel-policy-of-the-main-pods-only",
        _FORGETS,
        A,
        "CiliumNetworkPolicy security/zitadel",
        ("P85", "P77", "P76"),
        instead(
            *("spec", "endpointSelector", "matchLabels"),
            to={"app.kubernetes.io/instance": "zitadel", "app.kubernetes.io/component": "start"},
        ),
        about="security/zitadel",
    ),
    Seed(
        "load-balancer-controller-without-names",
        _FORGETS,
        A,
        "CiliumNetworkPolicy kube-system/aws-load-balancer-controller-dns",
        ("P76",),
        about="kube-system/aws-load-balancer-controller",
    ),
    Seed(
        "karpenter-without-the-api-server",
        _FORGETS,
        A,
        "CiliumNetworkPolicy karpenter/karpenter",
        ("P85",),
        without("spec", "egress", 0),
        about="karpenter/karpenter",
    ),
    Seed(
        "headlamp-closed-to-its-gateway",
        _FORGETS,
        A,
        "CiliumNetworkPolicy tooling/headlamp-from-gateway",
        ("P77",),
        about="tooling/headlamp",
    ),
    Seed(
        "harbor-valkey-closed-to-harbor",
        _FORGETS,
        A,
        "CiliumNetworkPolicy tooling/harbor-valkey-from-harbor",
        ("P77",),
        instead("spec", "ingress", 0, "toPorts", 0, "ports", 0, "port", to="6380"),
        about="tooling/harbor-valkey-primary",
    ),
    Seed(
        "karpenter-scrape-of-another-instance",
        _LABELS,
        A,
        "VMPodScrape karpenter/karpenter",
        ("R08",),
        instead(*_SELECTED, "app.kubernetes.io/instance", to="karpenter-controller"),
    ),
    Seed(
        "kyverno-policy-of-another-instance",
        _LABELS,
        A,
        "CiliumNetworkPolicy security/kyverno",
        ("R12", "P85"),
        instead(
            *("spec", "endpointSelector", "matchLabels", "app.kubernetes.io/instance"),
            to="kyverno-engine",
        ),
    ),
    Seed(
        "cert-manager-monitor-of-another-component",
        _LABELS,
        E,
        "PodMonitor monitoring/cert-manager",
        ("R08",),
        instead(*_SELECTED, "app.kubernetes.io/component", to="cert-manager"),
    ),
    Seed(
        "harbor-policy-for-a-peer-that-is-gone",
        _LABELS,
        A,
        "CiliumNetworkPolicy tooling/harbor-from-vmagent",
        ("R12",),
        instead(
            *("spec", "ingress", 0, "fromEndpoints", 0, "matchLabels", "app.kubernetes.io/name"),
            to="vmagents",
        ),
    ),
    Seed(
        "metrics-server-spread-over-other-pods",
        _LABELS,
        A,
        "HelmRelease kube-system/metrics-server",
        ("P91",),
        instead(
            *("spec", "values", "topologySpreadConstraints", 0, "labelSelector", "matchLabels"),
            "app.kubernetes.io/instance",
            to="metrics",
        ),
    ),
)
