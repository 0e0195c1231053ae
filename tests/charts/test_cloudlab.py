"""Delivered objects of the cluster cloudlab, read from the tree as by Flux."""

from __future__ import annotations

import re
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, cast

import pytest
import yaml

from tests.charts.cloudlab_tree import (
    Objects,
    applied,
    objects_in,
    of_kind,
    values_of,
    written,
)
from tests.charts.helm_value import HELM_VALUES, unlisted

REPOSITORY = Path(__file__).parents[2]
FLUX = "cloudlab/flux"

FLOOR = {
    ("apps/v1", "Deployment"): 1,
    ("cert-manager.io/v1", "Certificate"): 1,
    ("cert-manager.io/v1", "ClusterIssuer"): 1,
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): 9,
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"): 16,
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization"): 6,
    ("kyverno.io/v1", "ClusterPolicy"): 2,
    ("monitoring.coreos.com/v1", "PodMonitor"): 1,
    ("notification.toolkit.fluxcd.io/v1beta3", "Alert"): 1,
    ("notification.toolkit.fluxcd.io/v1beta3", "Provider"): 1,
    ("source.toolkit.fluxcd.io/v1", "GitRepository"): 2,
    # Charts of registries are OCIRepositories: 14 sources.
    ("source.toolkit.fluxcd.io/v1", "HelmRepository"): 11,
    ("source.toolkit.fluxcd.io/v1", "OCIRepository"): 3,
    ("v1", "ConfigMap"): 4,
    ("v1", "Namespace"): 13,
    ("v1", "Secret"): 13,
    ("v1", "Service"): 1,
}
ORDER = {
    # Its route is under the policies of routes and of pods.
    "adguard-home": [
        "inject-forward-auth",
        "nfs-provisioner",
        "traefik",
        "unbound",
        "verify-images",
    ],
    "alloy": ["loki"],
    "authentik": ["postgres-cluster", "traefik"],
    "cert-manager": [],
    "cert-manager-config": ["cert-manager"],
    "certificate-monitoring": ["kube-prometheus-stack"],
    # The database waits for no monitoring.
    "cloudnative-pg": [],
    "database-monitoring": ["kube-prometheus-stack"],
    "flux-monitoring": ["kube-prometheus-stack"],
    "flux-system": [],
    "forgejo": ["inject-forward-auth", "postgres-cluster", "traefik", "verify-images"],
    "forgejo-runner": ["forgejo"],
    "gateway-api-crds": [],
    "group-access": [],
    "headlamp": ["inject-forward-auth", "traefik", "verify-images"],
    # It waits for no Authentik, so that a failing one holds nothing up.
    "inject-forward-auth": ["gateway-api-crds", "kyverno", "traefik-crds"],
    "kube-prometheus-stack": ["inject-forward-auth", "nfs-provisioner", "traefik", "verify-images"],
    "kyverno": [],
    "loki": ["kube-prometheus-stack"],
    "nfs-provisioner": [],
    "postgres-cluster": ["cloudnative-pg", "nfs-provisioner"],
    "renovate": ["inject-forward-auth", "verify-images"],
    "traefik": ["cert-manager-config", "gateway-api-crds", "traefik-crds"],
    "traefik-crds": [],
    "unbound": [],
    "verify-images": ["kyverno"],
    "whoami": ["inject-forward-auth", "traefik", "verify-images"],
}
CHARTS = {
    "adguard-home": ("adguard", "adguard-home", "0.3.25", "https://charts.gabe565.com"),
    "authentik": ("authentik", "authentik", "2025.12.4", "https://charts.goauthentik.io"),
    "cloudnative-pg": (
        "cnpg-system",
        "cloudnative-pg",
        "0.27.1",
        "https://cloudnative-pg.github.io/charts",
    ),
    "forgejo": ("forgejo", "forgejo", "16.2.0", "oci://code.forgejo.org/forgejo-helm"),
    "forgejo-runner": (
        "forgejo",
        "forgejo-runner",
        "0.7.1",
        "oci://codeberg.org/wrenix/helm-charts",
    ),
    "headlamp": (
        "headlamp",
        "headlamp",
        "0.40.0",
        "https://kubernetes-sigs.github.io/headlamp/",
    ),
    "renovate": ("renovate", "renovate", "46.31.5", "oci://ghcr.io/renovatebot/charts"),
    "traefik-crds": ("traefik-crds", "traefik-crds", "1.13.1", "https://traefik.github.io/charts"),
    "unbound": ("adguard", "unbound", "0.2.0", "https://pixelfederation.github.io/unbound"),
    "alloy": ("monitoring", "alloy", "1.6.0", "https://grafana.github.io/helm-charts"),
    "cert-manager": ("cert-manager", "cert-manager", "v1.19.3", "https://charts.jetstack.io"),
    "kube-prometheus-stack": (
        "monitoring",
        "kube-prometheus-stack",
        "82.2.1",
        "https://prometheus-community.github.io/helm-charts",
    ),
    "kyverno": ("kyverno", "kyverno", "3.7.1", "https://kyverno.github.io/kyverno/"),
    "loki": ("monitoring", "loki", "6.53.0", "https://grafana.github.io/helm-charts"),
    "nfs-provisioner": (
        "nfs-provisioner",
        "nfs-subdir-external-provisioner",
        "4.0.18",
        "https://kubernetes-sigs.github.io/nfs-subdir-external-provisioner/",
    ),
    "traefik": ("traefik", "traefik", "38.0.2", "https://traefik.github.io/charts"),
}
POD_SECURITY = {
    # AdGuard Home has the DNS port of the node.
    "adguard": "privileged",
    "authentik": "baseline",
    "cnpg-system": "restricted",
    # Its runner has Docker.
    "forgejo": "privileged",
    "headlamp": "restricted",
    "postgres": "restricted",
    "renovate": "baseline",
    "traefik-crds": "restricted",
    "cert-manager": "restricted",
    "kyverno": "restricted",
    "monitoring": "privileged",
    "nfs-provisioner": "baseline",
    "traefik": "privileged",
    "whoami": "restricted",
}
UNLISTED_VALUES = {
    # The chart lists its ports' common keys only; hostPort is in its schema for every port.
    "traefik": {"gateway.listeners.websecure", "ports.web.hostPort"},
    # Loki's own configuration, passed on as it is.
    "loki": {"loki.limits_config.retention_period"},
    # Values of a subchart, which has its own list.
    "kube-prometheus-stack": {
        "grafana.deploymentStrategy",
        "grafana.envValueFrom",
        "grafana.grafana.ini",
        "grafana.persistence",
        "grafana.resources",
        "kube-state-metrics.customResourceState",
        "kube-state-metrics.rbac",
        "kube-state-metrics.resources",
        "prometheus-node-exporter.resources",
    },
    "cert-manager": set[str](),
    "kyverno": set[str](),
}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return applied(written())


@pytest.fixture(scope="module")
def objects(files: dict[str, bytes]) -> Objects:
    return objects_in(files)


def kustomization_of(objects: Objects, folder: str) -> dict[str, Any]:
    (found,) = (
        cast("dict[str, Any]", item["spec"])
        for item in of_kind(objects, "Kustomization").values()
        if item["spec"]["path"] == f"./dist/{folder}"
    )
    return found


def test_every_kind_of_the_platform_is_there(objects: Objects) -> None:
    counts = Counter((item["apiVersion"], item["kind"]) for item in objects)
    assert {kind: counts[kind] for kind, least in FLOOR.items() if counts[kind] < least} == {}


def test_charts_versions_and_repositories_are_the_platforms(objects: Objects) -> None:
    repositories = of_kind(objects, "HelmRepository")
    found = {}
    registries = of_kind(objects, "OCIRepository")
    for name, release in of_kind(objects, "HelmRelease").items():
        home, spec = release["metadata"]["namespace"], release["spec"]
        if "chartRef" in spec:
            source = registries[spec["chartRef"]["name"]]["spec"]
            url, _, chart = source["url"].rpartition("/")
            found[name] = (home, chart, source["ref"]["tag"], url)
            continue
        chart = spec["chart"]["spec"]
        url = repositories[chart["sourceRef"]["name"]]["spec"]["url"]
        found[name] = (home, chart["chart"], chart["version"], url)
    assert found == CHARTS


def test_each_kustomization_waits_for_exactly_what_it_needs(objects: Objects) -> None:
    found = {
        name: [other["name"] for other in item["spec"].get("dependsOn", [])]
        for name, item in of_kind(objects, "Kustomization").items()
    }
    assert found == ORDER


def test_issuer_is_applied_after_the_chart_with_its_crd(
    files: dict[str, bytes],
) -> None:
    folder = "cloudlab/infrastructure/cert-manager/"
    assert {path.removeprefix(folder) for path in files if path.startswith(folder)} == {
        "cert-manager-helmrelease.yaml",
        "cert-manager-namespace.yaml",
        "digitalocean-dns-secret.enc.yaml",
        "kustomization.yaml",
        "config/kustomization.yaml",
        "config/letsencrypt-clusterissuer.yaml",
    }


def test_only_crds_are_kept_from_pruning(objects: Objects) -> None:
    pruned = {
        name: item["spec"]["prune"] for name, item in of_kind(objects, "Kustomization").items()
    }
    assert pruned == {name: name != "gateway-api-crds" for name in ORDER}


def test_gateway_api_is_pinned_to_a_commit(objects: Objects) -> None:
    source = of_kind(objects, "GitRepository")["gateway-api-crds"]["spec"]
    assert source["ref"] == {"commit": "062b039bc61f68334198240553a4ac9053074a7d"}
    assert of_kind(objects, "Kustomization")["gateway-api-crds"]["spec"]["path"] == "./config/crd"


def test_entry_folder_holds_only_sources_and_kustomizations(files: dict[str, bytes]) -> None:
    kinds = {
        yaml.safe_load(content)["kind"]
        for path, content in files.items()
        if path.startswith(f"{FLUX}/")
    }
    assert kinds == {"GitRepository", "HelmRepository", "Kustomization", "OCIRepository"}


def test_every_folder_is_reached_from_the_entry(files: dict[str, bytes], objects: Objects) -> None:
    folders = {f"./dist/{PurePosixPath(path).parent}" for path in files}
    paths = {item["spec"]["path"] for item in of_kind(objects, "Kustomization").values()}
    assert folders == paths - {"./config/crd"}


def test_every_namespace_has_the_pod_security_level_that_its_pods_need(objects: Objects) -> None:
    found = {
        name: item["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for name, item in of_kind(objects, "Namespace").items()
    }
    assert found == POD_SECURITY


def test_encrypted_files_pass_through_unchanged(files: dict[str, bytes]) -> None:
    folder = REPOSITORY / "charts" / "secrets" / "cloudlab"
    sources = {path.name.split(".")[0]: path.read_bytes() for path in folder.iterdir()}
    written = {
        PurePosixPath(path).name.removesuffix("-secret.enc.yaml"): content
        for path, content in files.items()
        if path.endswith(".enc.yaml")
    }
    assert written == sources


def test_kustomizations_decrypt_exactly_where_an_encrypted_file_lies(
    files: dict[str, bytes], objects: Objects
) -> None:
    encrypted = {str(PurePosixPath(path).parent) for path in files if path.endswith(".enc.yaml")}
    sops = {"provider": "sops", "secretRef": {"name": "sops-age"}}
    assert all(kustomization_of(objects, folder)["decryption"] == sops for folder in encrypted)
    decrypting = [
        name
        for name, item in of_kind(objects, "Kustomization").items()
        if "decryption" in item["spec"]
    ]
    assert decrypting == [
        "authentik",
        "cert-manager",
        "forgejo",
        "forgejo-runner",
        "headlamp",
        "kube-prometheus-stack",
        "postgres-cluster",
        "renovate",
    ]


def test_no_secret_is_readable(objects: Objects) -> None:
    for secret in of_kind(objects, "Secret").values():
        texts = {**secret.get("data", {}), **secret.get("stringData", {})}.values()
        assert texts
        assert all(text.startswith("ENC[AES256_GCM,") for text in texts)


def test_every_service_has_at_most_one_route_and_every_host_one(objects: Objects) -> None:
    routes = of_kind(objects, "HTTPRoute")
    backends = Counter(
        (route["metadata"]["namespace"], backend["name"])
        for route in routes.values()
        for rule in route["spec"]["rules"]
        for backend in rule["backendRefs"]
    )
    hosts = [host for route in routes.values() for host in route["spec"]["hostnames"]]
    assert set(backends.values()) == {1}
    assert hosts == [f"{name}.catinthehack.ca" for name in routes]


def test_routes_attach_to_a_listener_of_the_gateway_that_the_chart_makes(objects: Objects) -> None:
    gateway = values_of(objects, "traefik")["gateway"]
    listener = gateway["listeners"]["websecure"]
    parent = {"name": gateway["name"], "namespace": "traefik", "sectionName": "websecure"}
    assert listener["namespacePolicy"] == {"from": "All"}
    assert listener["hostname"] == "*.catinthehack.ca"
    for route in of_kind(objects, "HTTPRoute").values():
        assert route["spec"]["parentRefs"] == [parent]


def test_listeners_are_on_the_ports_that_the_host_ports_lead_to(objects: Objects) -> None:
    values = values_of(objects, "traefik")
    hosts = {port["port"]: port["hostPort"] for port in values["ports"].values()}
    assert hosts == {8000: 80, 8443: 443}
    assert {item["port"] for item in values["gateway"]["listeners"].values()} == set(hosts)


def test_plain_http_is_redirected_at_the_entry_point(objects: Objects) -> None:
    redirect = "--entryPoints.web.http.redirections.entryPoint"
    arguments = values_of(objects, "traefik")["additionalArguments"]
    assert {f"{redirect}.to=:443", f"{redirect}.scheme=https"} <= set(arguments)


def test_gateway_serves_the_wildcard_certificate_beside_it(objects: Objects) -> None:
    certificate = of_kind(objects, "Certificate")["wildcard"]
    listener = values_of(objects, "traefik")["gateway"]["listeners"]["websecure"]
    assert certificate["metadata"]["namespace"] == "traefik"
    assert certificate["spec"]["dnsNames"] == ["catinthehack.ca", "*.catinthehack.ca"]
    assert listener["certificateRefs"] == [{"name": certificate["spec"]["secretName"]}]


def test_traefik_leaves_the_gateway_api_to_the_component_that_installs_it(
    objects: Objects,
) -> None:
    spec = of_kind(objects, "HelmRelease")["traefik"]["spec"]
    assert (spec["install"]["crds"], spec["upgrade"]["crds"]) == ("Skip", "Skip")


def test_images_of_flux_are_audited(objects: Objects) -> None:
    """They run in every cluster that this tree is for: the policy selects something."""
    (rule,) = of_kind(objects, "ClusterPolicy")["verify-images"]["spec"]["rules"]
    (images,) = rule["verifyImages"]
    (excluded,) = rule["exclude"]["any"]
    assert (images["failureAction"], images["mutateDigest"]) == ("Audit", False)
    assert excluded["resources"]["namespaces"] == ["kube-system", "kyverno"]
    flux = "ghcr.io/fluxcd/kustomize-controller:v1.7.3"
    assert any(fnmatchcase(flux, pattern) for pattern in images["imageReferences"])


def test_loki_both_limits_and_deletes(objects: Objects) -> None:
    loki = values_of(objects, "loki")["loki"]
    assert loki["limits_config"]["retention_period"] == "168h"
    assert loki["compactor"] == {"retention_enabled": True, "delete_request_store": "filesystem"}
    assert loki["storage"]["type"] == loki["compactor"]["delete_request_store"]


def test_grafana_finds_the_data_source_by_its_label(objects: Objects) -> None:
    sidecar = values_of(objects, "kube-prometheus-stack")["grafana"]["sidecar"]["datasources"]
    config_map = of_kind(objects, "ConfigMap")["loki-datasource"]
    (source,) = yaml.safe_load(config_map["data"]["loki.yaml"])["datasources"]
    assert config_map["metadata"]["labels"] == {sidecar["label"]: sidecar["labelValue"]}
    assert source["url"] == "http://loki.monitoring.svc.cluster.local:3100"


def test_grafana_takes_its_admin_from_keys_of_an_encrypted_secret(objects: Objects) -> None:
    admin = values_of(objects, "kube-prometheus-stack")["grafana"]["admin"]
    keys = of_kind(objects, "Secret")[admin["existingSecret"]]["stringData"]
    assert {admin["userKey"], admin["passwordKey"]} <= set(keys)


def test_components_unreachable_on_talos_are_not_scraped(objects: Objects) -> None:
    stack = values_of(objects, "kube-prometheus-stack")
    off = {name for name, part in stack.items() if part.get("enabled") is False}
    assert off == {"kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler"}


def test_alloy_reads_through_the_kubernetes_api_and_writes_to_loki(objects: Objects) -> None:
    alloy = values_of(objects, "alloy")
    pipeline = alloy["alloy"]["configMap"]["content"]
    urls = re.findall(r'url = "(.*)"', pipeline)
    assert urls == ["http://loki.monitoring.svc.cluster.local:3100/loki/api/v1/push"]
    assert 'loki.source.kubernetes "pods"' in pipeline
    assert 'cluster = "cloudlab"' in pipeline
    assert 'target_label  = "job"' in pipeline
    assert pipeline.count("{") == pipeline.count("}")
    assert not any(alloy["alloy"]["mounts"].values())
    assert alloy["controller"]["type"] == "deployment"


def test_alertmanager_reads_credentials_from_files_of_a_mounted_secret(objects: Objects) -> None:
    alertmanager = values_of(objects, "kube-prometheus-stack")["alertmanager"]
    (secret,) = alertmanager["alertmanagerSpec"]["secrets"]
    keys = of_kind(objects, "Secret")[secret]["stringData"]
    null, *receivers = alertmanager["config"]["receivers"]
    assert null == {"name": "null"}
    for receiver in receivers:
        (pushover,) = receiver["pushover_configs"]
        for field in ("user_key_file", "token_file"):
            path = PurePosixPath(pushover[field])
            assert str(path.parent) == f"/etc/alertmanager/secrets/{secret}"
            assert path.name in keys
    assert {each["name"]: each["pushover_configs"][0]["priority"] for each in receivers} == {
        "pushover-critical": "1",
        "pushover-warning": "0",
    }


def test_alertmanagers_configuration_has_no_field_that_its_operator_does_not_know(
    objects: Objects,
) -> None:
    """The operator parses it strictly, and then creates no pods; the release stays ready."""
    config = values_of(objects, "kube-prometheus-stack")["alertmanager"]["config"]
    known = {"message", "priority", "title", "token_file", "user_key_file"}
    for receiver in config["receivers"]:
        assert set(receiver) <= {"name", "pushover_configs"}
        for each in receiver.get("pushover_configs", []):
            assert set(each) == known
            # The chart renders them as they are: doubled escapes would be sent.
            assert each["title"] == "{{ .CommonLabels.alertname }}"


def test_alerts_are_routed_by_severity(objects: Objects) -> None:
    route = values_of(objects, "kube-prometheus-stack")["alertmanager"]["config"]["route"]
    assert (route["receiver"], route["group_by"]) == (
        "pushover-warning",
        ["alertname", "namespace"],
    )
    assert [(each["matchers"], each["receiver"]) for each in route["routes"]] == [
        (['alertname =~ "InfoInhibitor|Watchdog"'], "null"),
        (['severity = "critical"'], "pushover-critical"),
        (['severity = "warning"'], "pushover-warning"),
    ]


def test_flux_sees_whether_prometheus_and_alertmanager_run(objects: Objects) -> None:
    spec = of_kind(objects, "Kustomization")["kube-prometheus-stack"]["spec"]
    # Flux ignores health checks beside it.
    assert "wait" not in spec
    checked = [(each["kind"], each["name"]) for each in spec["healthChecks"]]
    assert checked == [
        ("HelmRelease", "kube-prometheus-stack"),
        ("Alertmanager", "kube-prometheus-stack-alertmanager"),
        ("Prometheus", "kube-prometheus-stack-prometheus"),
    ]
    assert [each["kind"] for each in spec["healthCheckExprs"]] == ["Alertmanager", "Prometheus"]


def test_volumes_are_on_the_nas_and_not_behind_the_wildcard_of_the_domain(
    objects: Objects,
) -> None:
    values = values_of(objects, "nfs-provisioner")
    assert values["nfs"] == {
        "server": "192.168.20.20",
        "path": "/volume1/kubernetes",
        "mountOptions": ["nfsvers=4", "hard", "noatime"],
    }
    assert values["storageClass"]["name"] == "nfs"


def test_every_release_has_limits(objects: Objects) -> None:
    """The node has 16 GiB for all of them."""
    without = [
        name
        for name in CHARTS.keys() - {"traefik-crds"}
        if not re.search(r"'limits': \{[^}]*'memory':", str(values_of(objects, name).values()))
    ]
    assert without == []


def test_certificates_are_watched_once_the_crds_of_the_monitoring_exist(objects: Objects) -> None:
    monitor = of_kind(objects, "PodMonitor")["cert-manager"]
    assert monitor["spec"]["namespaceSelector"] == {"matchNames": ["cert-manager"]}
    assert "prometheus" not in values_of(objects, "cert-manager")
    (group,) = of_kind(objects, "PrometheusRule")["certificates"]["spec"]["groups"]
    (rule,) = group["rules"]
    assert (rule["alert"], rule["for"]) == ("CertManagerCertExpirySoon", "1h")
    assert rule["expr"].endswith("- time() < 604800")


def test_prometheus_reads_monitors_and_rules_of_every_component(objects: Objects) -> None:
    spec = values_of(objects, "kube-prometheus-stack")["prometheus"]["prometheusSpec"]
    selectors = {key for key, value in spec.items() if value is False}
    assert selectors == {
        f"{kind}SelectorNilUsesHelmValues"
        for kind in ("podMonitor", "probe", "rule", "scrapeConfig", "serviceMonitor")
    }


def test_alert_rules_use_the_metric_and_labels_that_kube_state_metrics_makes(
    objects: Objects,
) -> None:
    state = values_of(objects, "kube-prometheus-stack")["kube-state-metrics"]
    resources = state["customResourceState"]["config"]["spec"]["resources"]
    made = {f"{item['metricNamePrefix']}_{item['metrics'][0]['name']}" for item in resources}
    labels = set(resources[0]["metrics"][0]["each"]["info"]["labelsFromPath"])
    (group,) = of_kind(objects, "PrometheusRule")["flux-reconciliation"]["spec"]["groups"]
    text = " ".join(rule["expr"] for rule in group["rules"])
    says = " ".join(rule["annotations"]["summary"] for rule in group["rules"])
    assert set(re.findall(r"gotk_\w+", text)) == made == {"gotk_resource_info"}
    assert set(re.findall(r"(\w+)!?=\"", text)) <= labels
    assert set(re.findall(r"\$labels\.(\w+)", says)) <= labels | {"customresource_kind"}


def test_flux_errors_of_every_namespace_with_a_release_reach_alertmanager(objects: Objects) -> None:
    provider = of_kind(objects, "Provider")["alertmanager"]
    alert = of_kind(objects, "Alert")["flux-errors"]
    watched = {
        source["namespace"]
        for source in alert["spec"]["eventSources"]
        if source["kind"] == "HelmRelease"
    }
    assert watched == {item[0] for item in CHARTS.values()}
    assert alert["spec"]["providerRef"] == {"name": provider["metadata"]["name"]}
    assert provider["spec"]["type"] == "alertmanager"
    assert provider["spec"]["address"].endswith(
        "-alertmanager.monitoring.svc.cluster.local:9093/api/v2/alerts/"
    )


def test_volumes_are_of_the_storage_class_that_the_provisioner_makes(objects: Objects) -> None:
    name = values_of(objects, "nfs-provisioner")["storageClass"]["name"]
    stack = values_of(objects, "kube-prometheus-stack")
    claims = [
        stack["alertmanager"]["alertmanagerSpec"]["storage"],
        stack["prometheus"]["prometheusSpec"]["storageSpec"],
    ]
    classes = {claim["volumeClaimTemplate"]["spec"]["storageClassName"] for claim in claims}
    classes.add(values_of(objects, "loki")["singleBinary"]["persistence"]["storageClass"])
    classes.add(stack["grafana"]["persistence"]["storageClassName"])
    assert classes == {name}


@pytest.mark.skipif(not HELM_VALUES.is_dir(), reason="the charts' default values are not at hand")
@pytest.mark.parametrize("chart", sorted(UNLISTED_VALUES))
def test_values_use_only_keys_that_the_chart_knows(chart: str, objects: Objects) -> None:
    defaults = yaml.load((HELM_VALUES / f"{chart}.values.yaml").read_text(), yaml.CSafeLoader)
    assert unlisted(values_of(objects, chart), defaults) == UNLISTED_VALUES[chart]
