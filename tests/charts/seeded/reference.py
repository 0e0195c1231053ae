"""Names of objects and keys of Secrets that no chart and no object of the tree makes."""

from __future__ import annotations

from tests.charts.seeded.edit import instead, without
from tests.charts.seeded.seed import A, E, Seed

_NAME = "name that nothing makes"
_KEY = "key that the Secret lacks"
_VALUES = ("spec", "values")

SEEDS = (
    Seed(
        "alloy-route-to-another-service",
        _NAME,
        E,
        "HTTPRoute monitoring/alloy",
        ("R02",),
        instead("grafana-alloy", "spec", "rules", 0, "backendRefs", 0, "name"),
    ),
    Seed(
        "harbor-registry-secret",
        _NAME,
        A,
        "HelmRelease tooling/harbor",
        ("R06",),
        instead("harbor-registry-login", *_VALUES, "registry", "credentials", "existingSecret"),
    ),
    Seed(
        "grafana-admin-secret",
        _NAME,
        E,
        "HelmRelease monitoring/kube-prometheus-stack",
        ("R06",),
        instead("grafana-admin", *_VALUES, "grafana", "admin", "existingSecret"),
    ),
    Seed(
        "external-dns-private-account",
        _NAME,
        A,
        "HelmRelease kube-system/external-dns-private",
        ("R07",),
        instead("external-dns-private", *_VALUES, "serviceAccount", "name"),
    ),
    Seed(
        "grafana-plugin-configuration",
        _NAME,
        A,
        "HelmRelease observability/victoria-metrics-k8s-stack",
        ("R06",),
        instead(
            "grafana-oncall-plugins", *_VALUES, "grafana", "extraConfigmapMounts", 0, "configMap"
        ),
    ),
    Seed(
        "flux-alerts-to-another-alertmanager",
        _NAME,
        E,
        "Provider monitoring/alertmanager",
        ("R13", "R02", "R07"),
        instead(
            "http://alertmanager.monitoring.svc.cluster.local:9093/api/v2/alerts/",
            *("spec", "address"),
        ),
    ),
    Seed(
        "homepage-binding-of-another-account",
        _NAME,
        A,
        "ClusterRoleBinding homepage-platform",
        ("R10",),
        instead("homepage-admin", "subjects", 0, "name"),
    ),
    Seed(
        "flux-web-role-of-a-later-chart",
        "ClusterRole that the chart's version lacks",
        A,
        "ClusterRoleBinding ogenki-backend",
        ("R10",),
        instead("flux-web-user", "roleRef", "name"),
    ),
    Seed(
        "grafana-password-key",
        _KEY,
        E,
        "HelmRelease monitoring/kube-prometheus-stack",
        ("R06",),
        instead("admin-password", *_VALUES, "grafana", "admin", "passwordKey"),
    ),
    Seed(
        "oncall-valkey-password-key",
        _KEY,
        A,
        "HelmRelease observability/oncall",
        ("R06",),
        instead("redis-password", *_VALUES, "externalRedis", "passwordKey"),
    ),
    Seed(
        "rabbitmq-secret-without-cookie",
        _KEY,
        A,
        "ExternalSecret observability/oncall-rabbitmq-password",
        ("R06",),
        without("spec", "dataFrom", 1),
        about="observability/oncall-rabbitmq",
    ),
    Seed(
        "zitadel-master-key",
        _KEY,
        A,
        "ExternalSecret security/zitadel-masterkey",
        ("R06",),
        instead("ZITADEL_MASTERKEY", "spec", "data", 0, "secretKey"),
        about="security/zitadel",
    ),
    Seed(
        "digital-ocean-token-key",
        _KEY,
        E,
        "ClusterIssuer letsencrypt",
        ("R06",),
        instead(
            "token",
            *("spec", "acme", "solvers", 0, "dns01", "digitalocean", "tokenSecretRef", "key"),
        ),
    ),
    Seed(
        "headlamp-store-key",
        "key that the store lacks",
        A,
        "ExternalSecret tooling/headlamp-envvars",
        ("R18",),
        instead("headlamp/env", "spec", "dataFrom", 0, "extract", "key"),
    ),
    Seed(
        "zitadel-store-property",
        "key that the store lacks",
        A,
        "ExternalSecret security/zitadel-masterkey",
        ("R18",),
        instead("MASTERKEY", "spec", "data", 0, "remoteRef", "property"),
    ),
    Seed(
        "karpenter-queue-variable",
        "variable that nothing sets",
        A,
        "HelmRelease karpenter/karpenter",
        ("S01", "R18"),
        instead("${karpenter_queue}", *_VALUES, "settings", "interruptionQueue"),
    ),
)
