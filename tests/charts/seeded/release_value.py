"""Values of releases: keys that the chart does not read, types that it refuses, what it needs."""

from __future__ import annotations

from tests.charts.seeded.edit import added, instead, moved, put, renamed, without
from tests.charts.seeded.seed import A, E, Seed

_KEY = "wrong key in values"
_TYPE = "value of a wrong type"
_REFUSED = "release that Helm refuses"
_VALUES = ("spec", "values")

SEEDS = (
    Seed(
        "harbor-core-replica-count",
        _KEY,
        A,
        "HelmRelease tooling/harbor",
        ("V08",),
        renamed("replicaCount", *_VALUES, "core", "replicas"),
    ),
    Seed(
        "external-secrets-misspelt-min-available",
        _KEY,
        A,
        "HelmRelease security/external-secrets",
        ("V08", "V06"),
        renamed("minAvailible", *_VALUES, "podDisruptionBudget", "minAvailable"),
    ),
    Seed(
        "headlamp-route-of-a-later-chart",
        _KEY,
        A,
        "HelmRelease tooling/headlamp",
        ("V08", "V06"),
        put(*_VALUES, "httpRoute", "enabled", to=True),
    ),
    Seed(
        "loki-storage-class-name",
        _KEY,
        E,
        "HelmRelease monitoring/loki",
        ("V08", "V06"),
        renamed("storageClassName", *_VALUES, "singleBinary", "persistence", "storageClass"),
    ),
    Seed(
        "kyverno-replicas-of-version-2",
        _KEY,
        E,
        "HelmRelease kyverno/kyverno",
        ("V08",),
        put(*_VALUES, "replicaCount", to=1),
    ),
    Seed(
        "prometheus-storage-a-level-too-high",
        _KEY,
        E,
        "HelmRelease monitoring/kube-prometheus-stack",
        ("V08",),
        moved(
            (*_VALUES, "prometheus", "storageSpec"),
            *(*_VALUES, "prometheus", "prometheusSpec", "storageSpec"),
        ),
    ),
    Seed(
        "cert-manager-crds-as-text",
        _TYPE,
        E,
        "HelmRelease cert-manager/cert-manager",
        ("V06",),
        instead(*_VALUES, "crds", "enabled", to="yes"),
    ),
    Seed(
        "external-secrets-replicas-as-text",
        _TYPE,
        A,
        "HelmRelease security/external-secrets",
        ("V06",),
        instead(*_VALUES, "replicaCount", to="two"),
    ),
    Seed(
        "traefik-host-port-as-text",
        _TYPE,
        E,
        "HelmRelease traefik/traefik",
        ("V06",),
        instead(*_VALUES, "ports", "web", "hostPort", to="http"),
    ),
    Seed(
        "metrics-server-port-as-text",
        _TYPE,
        A,
        "HelmRelease kube-system/metrics-server",
        ("V01", "V06"),
        instead(*_VALUES, "containerPort", to="https"),
    ),
    Seed(
        "load-balancer-controller-without-cluster",
        _REFUSED,
        A,
        "HelmRelease kube-system/aws-load-balancer-controller",
        ("V11",),
        without(*_VALUES, "clusterName"),
    ),
    Seed(
        "loki-without-schema",
        _REFUSED,
        E,
        "HelmRelease monitoring/loki",
        ("V11",),
        without(*_VALUES, "loki", "schemaConfig"),
    ),
    Seed(
        "runners-without-address",
        _REFUSED,
        A,
        "HelmRelease tooling/default-gha-runner-scale-set",
        ("V11",),
        without(*_VALUES, "githubConfigUrl"),
    ),
    Seed(
        "zitadel-image-of-the-api-version",
        "image that follows Kubernetes",
        A,
        "HelmRelease security/zitadel",
        ("P88",),
        without(*_VALUES, "tools"),
    ),
    Seed(
        "loggen-patches-a-daemon-set",
        "post-renderer that matches nothing",
        A,
        "HelmRelease observability/loggen",
        ("G13",),
        instead(
            "spec", "postRenderers", 0, "kustomize", "patches", 0, "target", "kind", to="DaemonSet"
        ),
    ),
    Seed(
        "cert-manager-as-root",
        "pod that its namespace does not admit",
        E,
        "HelmRelease cert-manager/cert-manager",
        ("P78",),
        put(*_VALUES, "securityContext", "runAsNonRoot", to=False),
    ),
    Seed(
        "nfs-provisioner-in-a-restricted-namespace",
        "pod that its namespace does not admit",
        E,
        "Namespace nfs-provisioner",
        ("P78",),
        instead("metadata", "labels", "pod-security.kubernetes.io/enforce", to="restricted"),
        about="nfs-provisioner/nfs-provisioner",
    ),
    Seed(
        "homepage-names-a-host-behind-the-gateway",
        "policy that forgets a backend of a gateway",
        A,
        "HelmRelease tooling/homepage",
        ("P86",),
        added(
            *(*_VALUES, "env"),
            to={"name": "HOMEPAGE_VAR_HARBOR", "value": "https://harbor.priv.cloud.ogenki.io"},
        ),
    ),
)
