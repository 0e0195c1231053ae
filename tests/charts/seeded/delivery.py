"""Versions of CRDs, order of the delivery, and objects that exist twice."""

from __future__ import annotations

from kubestrata.core.json_value import Manifest
from tests.charts.seeded.edit import Change, instead, no_dependency, put
from tests.charts.seeded.seed import A, E, Seed

_FIELD = "field that the deployed version lacks"
_NO_CRDS = "CRDs that are not installed"
_BUNDLE = "CRDs and controller of two versions"
_ORDER = "object before its controller"
_TWICE = "object that exists twice"
_AUTOSCALED = {
    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "whoami"},
    "minReplicas": 1,
    "maxReplicas": 3,
    "metrics": [
        {
            "type": "Resource",
            "resource": {
                "name": "cpu",
                "target": {"type": "Utilization", "averageUtilization": 80},
            },
        }
    ],
}


def _skipped() -> Change:
    def change(manifest: Manifest) -> None:
        for phase in ("install", "upgrade"):
            manifest["spec"][phase]["crds"] = "Skip"

    return change


def _unbounded() -> Change:
    """Add a list without bounds and a rule that compares each entry with each."""
    rule = "self.all(one, self.exists(other, one != other))"
    schema = {
        "type": "array",
        "items": {"type": "string"},
        "x-kubernetes-validations": [{"rule": rule}],
    }
    steps = ("spec", "versions", 0, "schema", "openAPIV3Schema", "properties", "spec", "properties")
    return put(*steps, "aliases", to=schema)


def _scaler(name: str) -> dict[str, object]:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": "whoami"},
        "spec": _AUTOSCALED,
    }


SEEDS = (
    Seed(
        "dashboard-from-an-oci-artifact",
        _FIELD,
        A,
        "GrafanaDashboard observability/flux",
        ("V01",),
        put("spec", "oci", to={"reference": "ghcr.io/example/dashboards:v1"}),
    ),
    Seed(
        "node-pool-with-kubelet",
        _FIELD,
        A,
        "NodePool default",
        ("V01",),
        put("spec", "template", "spec", "kubelet", to={"maxPods": 110}),
    ),
    Seed(
        "pod-field-of-kubernetes-1-35",
        _FIELD,
        A,
        "Deployment dagger/dagger-engine",
        ("V01",),
        put("spec", "template", "spec", "workloadRef", to={"name": "engine", "podGroup": "engine"}),
    ),
    Seed(
        "cert-manager-without-crds",
        _NO_CRDS,
        E,
        "HelmRelease cert-manager/cert-manager",
        ("G05",),
        instead("spec", "values", "crds", "enabled", to=False),
    ),
    Seed(
        "prometheus-stack-skips-crds",
        _NO_CRDS,
        E,
        "HelmRelease monitoring/kube-prometheus-stack",
        ("G05",),
        _skipped(),
    ),
    Seed(
        "karpenter-skips-crds",
        _NO_CRDS,
        A,
        "HelmRelease karpenter/karpenter",
        ("G05",),
        put("spec", "install", "crds", to="Skip"),
    ),
    Seed(
        "grafana-crds-of-an-older-version",
        _BUNDLE,
        A,
        "GitRepository flux-system/crds-grafana-operator",
        ("G11",),
        instead("spec", "ref", "tag", to="v5.20.0"),
        about="observability/grafana-operator",
    ),
    Seed(
        "external-secrets-crds-of-a-later-version",
        _BUNDLE,
        A,
        "GitRepository flux-system/crds-external-secrets",
        ("G11",),
        instead("spec", "ref", "tag", to="v2.0.0"),
        about="security/external-secrets",
    ),
    Seed(
        "family-provider-by-a-short-name",
        "package of Crossplane by another name",
        A,
        "Provider crossplane-contrib-provider-family-aws",
        ("G24",),
        instead("metadata", "name", to="provider-family-aws"),
        about="provider-family-aws",
    ),
    Seed(
        "sql-instance-rule-without-bound",
        "cost of CEL in a definition",
        A,
        "CompositeResourceDefinition sqlinstances.cloud.ogenki.io",
        ("V14",),
        _unbounded(),
    ),
    Seed(
        "harbor-valkey-secret-beside-harbor",
        "Secret that a chart looks up",
        A,
        "ExternalSecret tooling/harbor-valkey-password",
        ("G22",),
        into="harbor",
        about="tooling/harbor-valkey-password",
    ),
    Seed(
        "harbor-before-its-secrets",
        "Secret that a chart looks up",
        A,
        "Kustomization flux-system/harbor",
        ("G22", "G09"),
        no_dependency("harbor-secrets"),
        about="tooling/harbor-valkey-password",
    ),
    Seed(
        "folders-before-the-operator",
        _ORDER,
        A,
        "Kustomization flux-system/grafana-folders",
        ("G23", "G09"),
        no_dependency("grafana-operator"),
    ),
    Seed(
        "compositions-before-crossplane",
        _ORDER,
        A,
        "Kustomization flux-system/crossplane-providers",
        ("G23", "G09", "G15"),
        no_dependency("crossplane"),
    ),
    Seed(
        "account-of-external-dns-twice",
        _TWICE,
        A,
        "HelmRelease kube-system/external-dns-private",
        ("G08",),
        instead("spec", "values", "serviceAccount", "create", to=True),
        about="kube-system/external-dns",
    ),
    Seed(
        "account-of-traefik-twice",
        _TWICE,
        E,
        "HelmRelease traefik/traefik",
        ("G08",),
        beside=(
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": "traefik", "namespace": "traefik"},
            },
        ),
    ),
    Seed(
        "budget-of-headlamp-twice",
        _TWICE,
        A,
        "HelmRelease tooling/headlamp",
        ("P89",),
        about="tooling/headlamp-pods",
        beside=(
            {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": {"name": "headlamp-pods", "namespace": "tooling"},
                "spec": {
                    "maxUnavailable": 1,
                    "selector": {"matchLabels": {"app.kubernetes.io/instance": "headlamp"}},
                },
            },
        ),
    ),
    Seed(
        "whoami-scaled-twice",
        _TWICE,
        E,
        "Service whoami/whoami",
        ("P90",),
        beside=(_scaler("whoami"), _scaler("whoami-load")),
        about="whoami/whoami-load",
    ),
)
