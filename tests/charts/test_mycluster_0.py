"""Base of mycluster-0: charts, CRDs, nodes, and Flux."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kubestrata import Cluster
from kubestrata.delivery.deliver import deliver
from tests import main_platform

Objects = list[dict[str, Any]]

BITNAMI = "oci://registry-1.docker.io/bitnamicharts"
VICTORIA = "https://victoriametrics.github.io/helm-charts"
ACTIONS = "oci://ghcr.io/actions/actions-runner-controller-charts"
KYVERNO = "https://kyverno.github.io/kyverno/"
# Release -> chart, version, repository.
CHARTS = {
    "atlas-operator": ("atlas-operator", "0.7.11", "oci://ghcr.io/ariga/charts"),
    "aws-load-balancer-controller": (
        "aws-load-balancer-controller",
        "1.17.1",
        "https://aws.github.io/eks-charts",
    ),
    "cert-manager": ("cert-manager", "v1.19.2", "https://charts.jetstack.io"),
    "cloudnative-pg": ("cloudnative-pg", "0.27.0", "https://cloudnative-pg.github.io/charts"),
    "crds-prometheus-operator": (
        "prometheus-operator-crds",
        "26.0.0",
        "https://prometheus-community.github.io/helm-charts",
    ),
    "crossplane": ("crossplane", "2.1.3", "https://charts.crossplane.io/stable"),
    "dagger-gha-runner-scale-set": ("gha-runner-scale-set", "0.13.1", ACTIONS),
    "default-gha-runner-scale-set": ("gha-runner-scale-set", "0.13.1", ACTIONS),
    "external-dns": (
        "external-dns",
        "1.20.0",
        "https://kubernetes-sigs.github.io/external-dns/",
    ),
    "external-dns-private": (
        "external-dns",
        "1.20.0",
        "https://kubernetes-sigs.github.io/external-dns/",
    ),
    "external-secrets": ("external-secrets", "1.2.1", "https://charts.external-secrets.io"),
    "flux-operator": ("flux-operator", "0.38.1", "oci://ghcr.io/controlplaneio-fluxcd/charts"),
    "gha-runner-scale-set-controller": ("gha-runner-scale-set-controller", "0.13.1", ACTIONS),
    "grafana-operator": ("grafana-operator", "5.21.4", "oci://ghcr.io/grafana/helm-charts"),
    "harbor": ("harbor", "1.17.1", "https://helm.goharbor.io"),
    "harbor-valkey": ("valkey", "3.0.31", BITNAMI),
    "headlamp": ("headlamp", "0.37.0", "https://kubernetes-sigs.github.io/headlamp/"),
    "homepage": ("homepage", "2.1.0", "https://jameswynn.github.io/helm-charts"),
    "karpenter": ("karpenter", "1.8.2", "oci://public.ecr.aws/karpenter"),
    "kubernetes-event-exporter": ("kubernetes-event-exporter", "3.6.3", BITNAMI),
    "kyverno": ("kyverno", "3.6.2", KYVERNO),
    "kyverno-policies": ("kyverno-policies", "3.6.2", KYVERNO),
    "loggen": ("loggen", "0.1.4", "https://smana.github.io/loggen/helm/loggen"),
    "metrics-server": (
        "metrics-server",
        "3.13.0",
        "https://kubernetes-sigs.github.io/metrics-server/",
    ),
    "oncall": ("oncall", "1.16.5", "https://grafana.github.io/helm-charts"),
    "oncall-rabbitmq": ("rabbitmq", "16.0.14", BITNAMI),
    "oncall-valkey": ("valkey", "3.0.31", BITNAMI),
    "tailscale-operator": (
        "tailscale-operator",
        "1.90.6",
        "https://pkgs.tailscale.com/helmcharts",
    ),
    "victoria-logs": ("victoria-logs-single", "0.11.24", VICTORIA),
    "victoria-metrics-k8s-stack": ("victoria-metrics-k8s-stack", "0.68.0", VICTORIA),
    "victoria-traces": ("victoria-traces-single", "0.0.5", VICTORIA),
    # Charts of applications.
    "xplane-image-gallery-valkey": ("valkey", "3.0.31", BITNAMI),
    "zitadel": ("zitadel", "9.16.0", "https://charts.zitadel.com"),
}
# Component that installs CRDs from a repository -> revision and folder.
CRDS = {
    "crds-actions-runner-controller": ("gha-runner-scale-set-0.13.1", "./config/crd/bases"),
    "crds-cloudnative-pg": ("v1.28.0", "./config/crd/bases"),
    "crds-external-secrets": ("v1.2.1", "./deploy/crds"),
    "crds-gateway-api": ("v1.4.1", "./config/crd/experimental"),
    "crds-grafana-operator": ("v5.21.4", "./config/crd/bases"),
    "crds-kyverno": ("v1.16.2", "./config/crds"),
    "crds-tailscale-operator": ("v1.90.6", "./cmd/k8s-operator/deploy/crds"),
    "crds-victoria-metrics-operator": ("v0.66.1", "./config/crd/overlay"),
}


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return main_platform.cluster("mycluster-0")


@pytest.fixture(scope="module")
def objects(cluster: Cluster) -> Objects:
    return [file.manifest for file in deliver(cluster).files if file.manifest]


def of_kind(objects: Objects, kind: str) -> dict[str, dict[str, Any]]:
    found = [item for item in objects if item["kind"] == kind]
    named = {item["metadata"]["name"]: item for item in found}
    assert len(named) == len(found)
    return named


def chart_of(objects: Objects, spec: dict[str, Any]) -> tuple[str, str, str]:
    if "chartRef" in spec:
        source = of_kind(objects, "OCIRepository")[spec["chartRef"]["name"]]["spec"]
        folder, _, chart = source["url"].rpartition("/")
        return (chart, source["ref"]["tag"], folder)
    found = spec["chart"]["spec"]
    source = of_kind(objects, "HelmRepository")[found["sourceRef"]["name"]]["spec"]
    return (found["chart"], found["version"], source["url"])


def test_charts_versions_and_repositories_are_the_platforms(objects: Objects) -> None:
    releases = of_kind(objects, "HelmRelease")
    found = {name: chart_of(objects, item["spec"]) for name, item in releases.items()}
    assert found == CHARTS


def test_crds_come_from_their_repositories_and_are_never_pruned(objects: Objects) -> None:
    sources = of_kind(objects, "GitRepository")
    steps = of_kind(objects, "Kustomization")
    found = {
        name: (item["spec"]["ref"]["tag"], steps[name]["spec"]["path"])
        for name, item in sources.items()
        if name.startswith("crds-")
    }
    assert found == CRDS
    assert {steps[name]["spec"]["prune"] for name in CRDS} == {False}


def test_namespaces_are_never_pruned(objects: Objects) -> None:
    assert of_kind(objects, "Kustomization")["namespaces"]["spec"]["prune"] is False


def test_pods_of_the_log_generator_have_only_fields_of_pods(objects: Objects) -> None:
    release = of_kind(objects, "HelmRelease")["loggen"]["spec"]
    (patch,) = release["postRenderers"][0]["kustomize"]["patches"]
    assert {step["path"].rpartition("/")[2] for step in yaml.safe_load(patch["patch"])} == {
        "allowPrivilegeEscalation",
        "capabilities",
        "readOnlyRootFilesystem",
    }


def test_releases_install_no_crds_of_a_repository(cluster: Cluster) -> None:
    owned = {
        group
        for component in cluster.components
        if component.source is not None
        for group in component.source.groups
    }
    twice = {
        (component.name, group)
        for component in cluster.components
        if component.source is None
        for provision in component.provisions
        for group in provision.groups & owned
    }
    assert twice == set()


def test_flux_is_run_by_its_operator(objects: Objects) -> None:
    assert "flux-system" not in of_kind(objects, "GitRepository")
    assert "flux-system" not in of_kind(objects, "Kustomization")
    release = of_kind(objects, "HelmRelease")["flux-operator"]["spec"]
    assert [(each["name"], each["targetPath"]) for each in release["valuesFrom"]] == [
        ("flux-ui-oidc", "web.config.authentication.oauth2.clientID"),
        ("flux-ui-oidc", "web.config.authentication.oauth2.clientSecret"),
    ]


def test_groups_of_the_issuer_have_roles_that_kubernetes_brings(objects: Objects) -> None:
    bindings = of_kind(objects, "ClusterRoleBinding")
    assert {
        item["subjects"][0]["name"]: item["roleRef"]["name"]
        for name, item in bindings.items()
        if name.startswith("ogenki-")
    } == {"admin": "cluster-admin", "backend": "edit", "data": "edit", "frontend": "edit"}


def test_flows_to_the_github_registry_include_its_layer_host(objects: Objects) -> None:
    hosts = {
        item["metadata"]["name"]: {
            name.get("matchName")
            for flow in item["spec"].get("egress", [])
            for name in flow.get("toFQDNs", [])
        }
        for item in objects
        if item["kind"] == "CiliumNetworkPolicy"
    }
    readers = {name for name, found in hosts.items() if "ghcr.io" in found}
    assert "flux-operator" in readers
    layers = "pkg-containers.githubusercontent.com"
    assert {name for name in readers if layers not in hosts[name]} == set()


@pytest.mark.parametrize("pool", ["default", "io"])
def test_no_pod_starts_on_a_node_without_a_network(objects: Objects, pool: str) -> None:
    spec = of_kind(objects, "NodePool")[pool]["spec"]["template"]["spec"]
    assert spec["startupTaints"] == [
        {"key": "node.cilium.io/agent-not-ready", "value": "true", "effect": "NoExecute"}
    ]
    assert spec["nodeClassRef"]["name"] == pool
    assert pool in of_kind(objects, "EC2NodeClass")


def test_nodes_are_in_subnets_of_the_environment_with_the_role_of_the_cluster(
    objects: Objects,
) -> None:
    for item in of_kind(objects, "EC2NodeClass").values():
        found = "karpenter.sh/discovery"
        assert item["spec"]["subnetSelectorTerms"] == [{"tags": {found: "${environment}"}}]
        groups = item["spec"]["securityGroupSelectorTerms"]
        assert groups == [{"tags": {found: "${cluster_name}"}}]
        assert item["spec"]["role"] == "Karpenter-${cluster_name}"
        assert item["spec"]["amiSelectorTerms"] == [{"alias": "bottlerocket@v1.49.0"}]
        assert item["spec"]["metadataOptions"]["httpPutResponseHopLimit"] == 1


def test_pipelines_run_where_the_disks_are(objects: Objects) -> None:
    engine = of_kind(objects, "Deployment")["dagger-engine"]["spec"]["template"]["spec"]
    (taint,) = of_kind(objects, "NodePool")["io"]["spec"]["template"]["spec"]["taints"]
    assert engine["nodeSelector"] == {"karpenter.sh/nodepool": "io"}
    assert engine["tolerations"] == [{"operator": "Equal", **taint}]
    runners = of_kind(objects, "HelmRelease")["dagger-gha-runner-scale-set"]["spec"]["values"]
    assert runners["template"]["spec"]["containers"][0]["env"] == [
        {
            "name": "_EXPERIMENTAL_DAGGER_RUNNER_HOST",
            "value": "tcp://dagger-engine.dagger.svc.cluster.local:8080",
        }
    ]


def test_the_engine_of_pipelines_is_root_of_its_own_volumes(objects: Objects) -> None:
    engine = of_kind(objects, "Deployment")["dagger-engine"]["spec"]
    pod = engine["template"]["spec"]
    (container,) = pod["containers"]
    assert engine["replicas"] == 1
    assert container["securityContext"]["privileged"] is True
    assert container["securityContext"]["runAsUser"] == 0
    assert "fsGroup" not in pod["securityContext"]
    volumes = {each["name"] for each in pod["volumes"] if "ephemeral" in each}
    assert volumes == {"state", "buildkit"}
    assert pod["terminationGracePeriodSeconds"] == 300
    assert pod["automountServiceAccountToken"] is False
    assert container["resources"]["requests"]["ephemeral-storage"] == "100Gi"


def test_placeholders_are_substituted_from_referenced_config(objects: Objects) -> None:
    used = {
        name: [one["name"] for one in item["spec"]["postBuild"]["substituteFrom"]]
        for name, item in of_kind(objects, "Kustomization").items()
        if "postBuild" in item["spec"]
    }
    assert {
        name for name, sources in used.items() if "cert-manager-openbao-approle" in sources
    } == {"cert-manager-config"}
    assert all("eks-mycluster-0-vars" in sources for sources in used.values())


def test_every_release_has_a_network_policy(cluster: Cluster) -> None:
    """Its namespace denies by default: a release without a policy would not work."""
    without: set[str] = set()
    for component in cluster.components:
        made = [item.identity for item in component.rendered()]
        policies = {each.name for each in made if each.kind == "CiliumNetworkPolicy"}
        releases = [each for each in made if each.kind == "HelmRelease"]
        if releases and policies <= {"default-deny", "allow-dns"}:
            without.add(component.name)
    # Two run nothing, and loggen writes to its own output alone.
    assert without == {"crds-prometheus-operator", "kyverno-policies", "loggen"}


def test_every_policy_of_a_release_selects_its_pods_by_a_label(objects: Objects) -> None:
    for policy in (item for item in objects if item["kind"] == "CiliumNetworkPolicy"):
        if policy["metadata"]["name"] not in ("default-deny", "allow-dns"):
            selected = policy["spec"]["endpointSelector"]
            assert selected.get("matchLabels"), policy["metadata"]["name"]


def test_every_failing_release_is_notified(objects: Objects) -> None:
    sources = of_kind(objects, "Alert")["flux-errors"]["spec"]["eventSources"]
    notified = {source["namespace"] for source in sources if source["kind"] == "HelmRelease"}
    releases = [item for item in objects if item["kind"] == "HelmRelease"]
    assert notified == {item["metadata"]["namespace"] for item in releases}
