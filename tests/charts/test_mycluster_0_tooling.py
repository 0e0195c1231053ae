"""Invariants of the tools of mycluster-0 and their databases."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata import Cluster, Component
from tests import main_platform


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return main_platform.cluster("mycluster-0")


def component(cluster: Cluster, name: str) -> Component:
    (found,) = [each for each in cluster.components if each.name == name]
    return found


def objects(cluster: Cluster, kind: str) -> list[dict[str, Any]]:
    return [
        item.manifest
        for each in cluster.components
        for item in each.rendered()
        if item.identity.kind == kind
    ]


def values(cluster: Cluster, name: str) -> dict[str, Any]:
    (found,) = [
        each for each in objects(cluster, "HelmRelease") if each["metadata"]["name"] == name
    ]
    value: dict[str, Any] = found["spec"]["values"]
    return value


def policies(cluster: Cluster, name: str) -> list[str]:
    return [
        item.identity.name
        for item in component(cluster, name).rendered()
        if item.identity.kind == "CiliumNetworkPolicy"
    ]


def test_databases_are_claims_that_their_operator_reaches(cluster: Cluster) -> None:
    claims = {each["metadata"]["name"]: each for each in objects(cluster, "SQLInstance")}
    assert objects(cluster, "Cluster") == []
    assert sorted(claims) == [
        "xplane-harbor",
        "xplane-image-gallery",
        "xplane-oncall",
        "xplane-zitadel",
    ]
    # The default class of volumes of the claims.
    assert not any("storageClass" in each["spec"] for each in claims.values())
    reached = {
        f"cloudnative-pg-to-{each['metadata']['namespace']}-{each['spec'].get('clusterName', name)}"
        for name, each in claims.items()
    }
    assert reached <= set(policies(cluster, "cloudnative-pg"))


@pytest.mark.parametrize(
    ("name", "timeout"), [("harbor", "15m"), ("oncall", "15m"), ("zitadel", "45m")]
)
def test_components_with_a_database_wait_for_it(cluster: Cluster, name: str, timeout: str) -> None:
    (release,) = [
        each for each in objects(cluster, "HelmRelease") if each["metadata"]["name"] == name
    ]
    assert release["spec"]["timeout"] == timeout


def test_each_database_is_backed_up_into_its_own_folder(cluster: Cluster) -> None:
    claims = objects(cluster, "SQLInstance")
    folders = [
        (
            each["spec"]["backup"]["bucketName"],
            each["spec"]["backup"]["path"],
            each["metadata"]["name"],
        )
        for each in claims
    ]
    assert len(set(folders)) == len(claims)
    assert {path for _, path, _ in folders} == {each["metadata"]["namespace"] for each in claims}
    identities = {
        (each["spec"]["serviceAccount"]["namespace"], each["spec"]["serviceAccount"]["name"])
        for each in objects(cluster, "EPI")
    }
    assert {(path, name) for _, path, name in folders} <= identities


def test_operators_do_not_install_crds_of_other_components(cluster: Cluster) -> None:
    assert values(cluster, "cloudnative-pg")["crds"] == {"create": False}
    (release,) = [
        each
        for each in objects(cluster, "HelmRelease")
        if each["metadata"]["name"] == "cloudnative-pg"
    ]
    assert release["spec"]["install"]["crds"] == "Skip"


def test_harbor_keeps_everything_outside_of_its_pods(cluster: Cluster) -> None:
    given = values(cluster, "harbor")
    assert given["database"]["type"] == given["redis"]["type"] == "external"
    assert given["database"]["external"]["host"] == "xplane-harbor-rw.tooling.svc.cluster.local"
    assert given["redis"]["external"]["addr"] == (
        "harbor-valkey-primary.tooling.svc.cluster.local:6379"
    )
    assert given["persistence"]["imageChartStorage"]["type"] == "s3"
    assert given["jobservice"]["jobLoggers"] == ["database"]


def test_harbor_uses_no_default_password_of_its_chart(cluster: Cluster) -> None:
    given = values(cluster, "harbor")
    assert given["existingSecretAdminPassword"] == "harbor-admin-password"
    assert given["existingSecretAdminPasswordKey"] == "password"
    assert given["existingSecretSecretKey"] == "harbor-secret-key"
    assert given["registry"]["credentials"]["existingSecret"] == "harbor-internal"
    assert [each["name"] for each in given["registry"]["registry"]["extraEnvVars"]] == [
        "REGISTRY_STORAGE_S3_ACCESSKEY",
        "REGISTRY_STORAGE_S3_SECRETKEY",
    ]


def test_harbors_chart_finds_the_secrets_of_its_services_while_it_is_rendered(
    cluster: Cluster,
) -> None:
    secrets = component(cluster, "harbor-secrets")
    assert "harbor-secrets" in {
        each.component.name
        for item in component(cluster, "harbor").rendered()
        for each in item.references
    }
    (internal,) = [
        item.manifest
        for item in secrets.rendered()
        if item.identity.kind == "ExternalSecret" and item.identity.name == "harbor-internal"
    ]
    user = values(cluster, "harbor")["registry"]["credentials"]["username"]
    line = internal["spec"]["target"]["template"]["data"]["REGISTRY_HTPASSWD"]
    assert line == f'{{{{ htpasswd "{user}" .REGISTRY_PASSWD }}}}'
    lengths = {
        item.identity.name: item.manifest["spec"]["length"]
        for item in secrets.rendered()
        if item.identity.kind == "Password"
    }
    assert lengths == {"harbor-internal": 32, "harbor-secret-key": 16}


def test_only_the_registry_reaches_the_bucket_and_only_trivy_the_internet(cluster: Cluster) -> None:
    harbor = component(cluster, "harbor")
    outside = {
        item.identity.name: [
            name["matchName"]
            for each in item.manifest["spec"].get("egress", [])
            for name in each.get("toFQDNs", [])
        ]
        for item in harbor.rendered()
        if item.identity.kind == "CiliumNetworkPolicy"
        and item.manifest["spec"]["endpointSelector"]["matchLabels"].get("app") == "harbor"
    }
    assert sorted(name for name, hosts in outside.items() if hosts) == [
        "harbor-registry",
        "harbor-trivy",
    ]
    assert "ghcr.io" in outside["harbor-trivy"]


def test_headlamp_itself_has_no_permissions(cluster: Cluster) -> None:
    given = values(cluster, "headlamp")
    assert given["clusterRoleBinding"] == {"create": False}
    bindings = [
        (item.manifest["roleRef"]["name"], [each["kind"] for each in item.manifest["subjects"]])
        for item in component(cluster, "headlamp").rendered()
        if item.identity.kind == "ClusterRoleBinding"
    ]
    assert bindings == [("headlamp-cluster-view", ["Group", "Group", "Group"])]


def test_cluster_wide_role_of_headlamp_users_is_read_only(cluster: Cluster) -> None:
    (role,) = [
        item.manifest
        for item in component(cluster, "headlamp").rendered()
        if item.identity.kind == "ClusterRole"
    ]
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert "secrets" not in {each for rule in role["rules"] for each in rule["resources"]}


def test_every_link_of_the_home_page_leads_to_a_route(cluster: Cluster) -> None:
    hosts = {host for each in objects(cluster, "HTTPRoute") for host in each["spec"]["hostnames"]}
    claims = [each["spec"]["route"]["hostname"] for each in objects(cluster, "App")]
    hosts |= {f"{name}.priv.cloud.ogenki.io" for name in claims}
    links = [
        page["href"].removeprefix("https://")
        for group in values(cluster, "homepage")["config"]["services"]
        for pages in group.values()
        for entry in pages
        for page in entry.values()
    ]
    assert len(links) >= 15
    assert set(links) <= hosts
    assert {f"{name}.priv.cloud.ogenki.io" for name in ("grafana", "harbor", "vl")} <= set(links)


def test_the_home_page_answers_for_its_own_name(cluster: Cluster) -> None:
    (allowed,) = values(cluster, "homepage")["env"]
    assert allowed == {"name": "HOMEPAGE_ALLOWED_HOSTS", "value": "home.priv.cloud.ogenki.io"}
