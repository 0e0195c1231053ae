"""Apps of mycluster-0: ingress, egress, and order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from charts.clusters.mycluster_0.cluster import mycluster_0
from kubestrata import Cluster, Component, Platform
from kubestrata.core.value.placeholder import resolve

NAMESPACE = "k8s:io.kubernetes.pod.namespace"
GALLERY = {"app.kubernetes.io/name": "xplane-image-gallery"}
Opening = tuple[str, str, str]


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return mycluster_0(Platform())


def component(cluster: Cluster, name: str) -> Component:
    return next(each for each in cluster.components if each.name == name)


def manifests(of: Component, kind: str) -> list[dict[str, Any]]:
    return [each.manifest for each in of.rendered() if each.identity.kind == kind]


def peers(rule: dict[str, Any]) -> Iterator[str]:
    for key, value in rule.items():
        if key.endswith("Endpoints"):
            labels = [each["matchLabels"] for each in value]
            yield from (
                "/".join((each[NAMESPACE], *(v for k, v in each.items() if k != NAMESPACE)))
                for each in labels
            )
        elif key.endswith("Entities"):
            yield from value
        elif key == "toFQDNs":
            hosts = (resolve(each["matchName"], substituted=True) for each in value)
            yield from (host.rpartition(".s3.")[0] or "s3" for host in hosts)


def openings(of: Component, labels: dict[str, str]) -> list[Opening]:
    """Return direction, peer and ports of all traffic allowed for the pods with these labels."""
    return sorted(
        (direction, peer, ",".join(port["port"] for port in rule["toPorts"][0]["ports"]))
        for policy in manifests(of, "CiliumNetworkPolicy")
        if policy["spec"]["endpointSelector"].get("matchLabels") == labels
        for direction in ("egress", "ingress")
        for rule in policy["spec"].get(direction, ())
        for peer in peers(rule)
    )


def test_each_app_is_a_claim_of_the_platforms_api(cluster: Cluster) -> None:
    found = {each.name: manifests(each, "App") for each in cluster.components}
    assert {name: len(claims) for name, claims in found.items() if claims} == {
        "image-gallery": 1,
        "pev2": 1,
        "podinfo": 1,
    }


def test_the_basic_app_sets_image_port_and_visibility(cluster: Cluster) -> None:
    (claim,) = manifests(component(cluster, "podinfo"), "App")
    spec = claim["spec"]
    assert spec["image"] == {"repository": "docker.io/stefanprodan/podinfo", "tag": "6.9.4"}
    assert spec["service"] == {"port": 9898}
    assert spec["route"] == {"enabled": True, "hostname": "podinfo"}


def test_the_gallery_reaches_its_data_its_telemetry_and_the_internet(cluster: Cluster) -> None:
    found = openings(component(cluster, "image-gallery"), GALLERY)
    assert [each for each in found if each[0] == "egress"] == [
        ("egress", "${region}-ogenki-xplane-image-gallery", "443"),
        ("egress", "apps/xplane-image-gallery-postgres/instance", "5432"),
        ("egress", "apps/xplane-image-gallery-valkey", "6379"),
        ("egress", "host", "80"),
        ("egress", "observability/victoria-traces", "10428"),
        ("egress", "observability/vmsingle/victoria-metrics-k8s-stack", "8428"),
        ("egress", "s3", "443"),
        ("egress", "world", "80,443"),
    ]


def test_the_gallery_admits_only_the_gateway_and_the_scraper(cluster: Cluster) -> None:
    found = openings(component(cluster, "image-gallery"), GALLERY)
    ingress = [each[1:] for each in found if each[0] == "ingress"]
    assert ingress == [
        ("ingress", "8080"),
        ("observability/vmagent/victoria-metrics-k8s-stack", "8080"),
    ]


def test_migrations_of_the_gallery_reach_its_database(cluster: Cluster) -> None:
    database = "xplane-image-gallery-postgres"
    operator = manifests(component(cluster, "atlas-operator"), "CiliumNetworkPolicy")
    out = [each["spec"] for each in operator if database in each["metadata"]["name"]]
    assert [rule["toPorts"][0]["ports"][0]["port"] for each in out for rule in each["egress"]] == [
        "5432"
    ]
    (claim,) = manifests(component(cluster, "image-gallery"), "SQLInstance")
    assert claim["spec"]["atlasSchema"] == {
        "url": "https://github.com/Smana/image-gallery",
        "ref": "v1.7.7",
        "path": "./internal/platform/database/migrations",
    }


def test_the_gallery_owns_an_analysed_database_with_backups(cluster: Cluster) -> None:
    (claim,) = manifests(component(cluster, "image-gallery"), "SQLInstance")
    assert claim["metadata"]["name"] == "xplane-image-gallery"
    spec = claim["spec"]
    assert spec["clusterName"] == "xplane-image-gallery-postgres"
    assert spec["databases"] == [{"name": "image-gallery", "owner": "image-gallery-app"}]
    assert spec["roles"] == [{"name": "image-gallery-app", "inRoles": ["pg_monitor"]}]
    assert spec["performanceInsights"] == {"enabled": True}
    assert (spec["instances"], spec["storageSize"]) == (2, "20Gi")
    assert spec["backup"]["schedule"] == "0 0 2 * * *"
    assert spec["backup"]["retentionPolicy"] == "30d"


def test_the_gallery_sends_telemetry_and_reads_optional_settings(cluster: Cluster) -> None:
    (claim,) = manifests(component(cluster, "image-gallery"), "App")
    spec = claim["spec"]
    assert spec["observability"] == {
        "traces": {"enabled": True, "samplingRate": 0.2},
        "metrics": {"enabled": True, "scrape": False},
    }
    (settings,) = spec["externalSecrets"]
    assert settings["name"] == "image-gallery-app-config"
    assert settings["remoteRef"] == "apps/image-gallery/config"
    assert spec["envFrom"] == [{"secretRef": {"name": settings["name"], "optional": True}}]


def test_telemetry_goes_to_the_services_that_the_gallery_reaches(cluster: Cluster) -> None:
    (facts,) = manifests(component(cluster, "crossplane-configuration"), "EnvironmentConfig")
    keys = ("bucketPrefix", "environment", "metricsEndpoint", "tracesEndpoint")
    data = {key: resolve(facts["data"][key], substituted=True) for key in keys}
    assert data["environment"] == "${environment}"
    assert data["bucketPrefix"] == "${region}-ogenki-"
    traces = "victoria-traces-vt-single-server.observability.svc.cluster.local:10428"
    metrics = "vmsingle-victoria-metrics-k8s-stack.observability.svc.cluster.local:8428"
    assert data["tracesEndpoint"] == f"http://{traces}/insert/opentelemetry/v1/traces"
    assert data["metricsEndpoint"] == f"http://{metrics}/opentelemetry/v1/metrics"


def test_the_query_plan_viewer_scales_to_three_pods_from_one(cluster: Cluster) -> None:
    (claim,) = manifests(component(cluster, "pev2"), "App")
    spec = claim["spec"]
    # The defaults of the claim: one pod, and no PodDisruptionBudget.
    assert spec["autoscaling"] == {
        "enabled": True,
        "maxReplicas": 3,
        "targetCPUUtilizationPercentage": 80,
    }
    assert "enabled" not in spec["pdb"]
    assert spec["resources"] == {
        "requests": {"cpu": "10m", "memory": "32Mi"},
        "limits": {"cpu": None, "memory": "128Mi"},
    }


@pytest.mark.parametrize(("app", "port"), [("pev2", "8080"), ("podinfo", "9898")])
def test_a_basic_app_admits_only_the_gateway(cluster: Cluster, app: str, port: str) -> None:
    found = openings(component(cluster, app), {"app.kubernetes.io/name": f"xplane-{app}"})
    assert found == [("ingress", "ingress", port)]


def test_the_gallery_waits_for_its_identity_its_database_and_its_gateway(
    cluster: Cluster,
) -> None:
    needed = {edge.target.component.name for edge in component(cluster, "image-gallery").edges} | {
        reference.component.name
        for item in component(cluster, "image-gallery").rendered()
        for reference in item.references
    }
    assert needed >= {
        "database-backups",
        "eks-pod-identities",
        "gateways",
        "image-gallery-cloud",
        "namespaces",
    }


def test_the_gallery_has_access_to_its_own_bucket_only(cluster: Cluster) -> None:
    (identity,) = manifests(component(cluster, "image-gallery-cloud"), "EPI")
    account = {"name": "xplane-image-gallery", "namespace": "apps"}
    assert identity["spec"]["serviceAccount"] == account
    resources = {each for one in identity["spec"]["statements"] for each in one["resources"]}
    assert len(resources) == 2
    assert all("-ogenki-xplane-image-gallery" in each for each in resources)
