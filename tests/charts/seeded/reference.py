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
        instead("spec", "rules", 0, "backendRefs", 0, "name", to="grafana-alloy"),
    ),
    Seed(
        "harbor-registry-secret",
        _NAME,
        A,
        "HelmRelease tooling/harbor",
        ("R06",),
        instead(*_VALUES, "registry", "credentials", "existingSecret", to="harbor-registry-login"),
    ),
    Seed(
        "grafana-admin-secret",
        _NAME,
        E,
        "HelmRelease monitoring/kube-prometheus-stack",
        ("R06",),
        instead(*_VALUES, "grafana", "admin", "existingSecret", to="grafana-admin"),
    ),
    Seed(
        "external-dns-private-account",
        _NAME,
        A,
        "HelmRelease kube-system/external-dns-private",
        ("R07",),
        instead(*_VALUES, "serviceAccount", "name", to="external-dns-private"),
    ),
    Seed(
        "grafana-plugin-configuration",
        _NAME,
        A,
        "HelmRelease observability/victoria-metrics-k8s-stack",
        ("R06",),
        instead(
            *_VALUES, "grafana", "extraConfigmapMounts", 0, "configMap", to="grafana-oncall-plugins"
        ),
    ),
    Seed(
        "flux-alerts-to-another-alertmanager",
        _NAME,
        E,
        "Provider monitoring/alertmanager",
        ("R19",),
        instead(
            *("spec", "address"),
            to="http://alertmanager.monitoring.svc.cluster.local:9093/api/v2/alerts/",
        ),
    ),
    Seed(
        "homepage-binding-of-another-account",
        _NAME,
        A,
        "ClusterRoleBinding homepage-platform",
        ("R10",),
        instead("subjects", 0, "name", to="homepage-admin"),
    ),
    Seed(
        "flux-web-role-of-a-later-chart",
        "ClusterRole that the chart's version lacks",
        A,
        "ClusterRoleBinding ogenki-backend",
        ("R10",),
        instead("roleRef", "name", to="flux-web-user"),
    ),
    Seed(
        "grafana-password-key",
        _KEY,
        E,
        "HelmRelease monitoring/kube-prometheus-stack",
        ("R06",),
        instead(*_VALUES, "grafana", "admin", "passwordKey", to="admin-password"),
    ),
    Seed(
        "oncall-valkey-password-key",
        _KEY,
        A,
        "HelmRelease observability/oncall",
        ("R06",),
        instead(*_VALUES, "externalRedis", "passwordKey", to="redis-password"),
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
        instead("spec", "data", 0, "secretKey", to="ZITADEL_MASTERKEY"),
        about="security/zitadel",
    ),
    Seed(
        "digital-ocean-token-key",
        _KEY,
        E,
        "ClusterIssuer letsencrypt",
        ("R06",),
        instead(
            *("spec", "acme", "solvers", 0, "dns01", "digitalocean", "tokenSecretRef", "key"),
            to="token",
        ),
    ),
    Seed(
        "headlamp-store-key",
        "key that the store lacks",
        A,
        "ExternalSecret tooling/headlamp-envvars",
        ("R18",),
        instead("spec", "dataFrom", 0, "extract", "key", to="headlamp/env"),
    ),
    Seed(
        "zitadel-store-property",
        "key that the store lacks",
        A,
        "ExternalSecret security/zitadel-masterkey",
        ("R18",),
        instead("spec", "data", 0, "remoteRef", "property", to="MASTERKEY"),
    ),
    Seed(
        "karpenter-queue-variable",
        "variable that nothing sets",
        A,
        "HelmRelease karpenter/karpenter",
        ("S01", "R18"),
        instead(*_VALUES, "settings", "interruptionQueue", to="${karpenter_queue}"),
    ),
)
