"""Dependencies of a workload, and the providers that they require."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component, Namespace
from kubestrata.constructs import Container, Workload
from kubestrata.constructs.cloud import Statement
from kubestrata.constructs.data import PostgresSpec, ValkeySpec
from kubestrata.constructs.observability import Alert
from kubestrata.constructs.workload import (
    CloudIdentity,
    Dependencies,
    StoreValue,
    WorkloadBucket,
    WorkloadMonitoring,
)
from kubestrata.core.errors import InvalidValue, MissingOffer
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.workload.platform import IMAGE, complete, shop
from tests.small_platform import new_component, order

QUEUE = Statement(
    actions=["sqs:SendMessage"], resources=["arn:aws:sqs:eu-west-3:111122223333:orders"]
)
DASHBOARD = '{"uid": "web", "title": "Web", "panels": []}'


def made(**declared: Any) -> Component:
    component = new_component(complete(), "shop")
    Workload(component, "web", image=IMAGE, **declared)
    return component


def variables(component: Component) -> dict[str, Any]:
    (deployment,) = objects(component, "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return {
        each["name"]: each.get("value") or each["valueFrom"]["secretKeyRef"]
        for each in container["env"]
    }


def policies(component: Component) -> dict[str, Any]:
    found = objects(component, "CiliumNetworkPolicy")
    return {each["metadata"]["name"]: each["spec"] for each in found}


def names(component: Component, kind: str) -> list[str]:
    return [each["metadata"]["name"] for each in objects(component, kind)]


def test_everything(manifests: SnapshotAssertion) -> None:
    component = made(
        dependencies=Dependencies(
            postgres=PostgresSpec(), valkey=ValkeySpec(), bucket=WorkloadBucket()
        ),
        identity=CloudIdentity(statements=[QUEUE]),
        monitoring=WorkloadMonitoring(dashboards={"overview": DASHBOARD}),
        container=Container(env_from_store={"TOKEN": StoreValue(path="shop", property="token")}),
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_database_is_connected_and_its_url_is_set() -> None:
    component = made(dependencies=Dependencies(postgres=PostgresSpec()))
    assert names(component, "Cluster") == ["web-postgres"]
    assert variables(component) == {"DATABASE_URL": {"name": "web-postgres-app", "key": "uri"}}
    (egress,) = policies(component)["web-to-web-postgres"]["egress"]
    (ingress,) = policies(component)["web-postgres-from-web"]["ingress"]
    assert egress["toPorts"] == ingress["toPorts"]
    assert egress["toPorts"][0]["ports"] == [{"port": "5432", "protocol": "TCP"}]


def test_a_cache_has_a_generated_password() -> None:
    component = made(dependencies=Dependencies(valkey=ValkeySpec()))
    found = variables(component)
    assert list(found) == ["VALKEY_PASSWORD", "VALKEY_HOST", "VALKEY_PORT", "VALKEY_URL"]
    assert found["VALKEY_PASSWORD"] == {"name": "web-valkey", "key": "password"}
    host = "web-valkey-primary.shop.svc.cluster.local"
    assert found["VALKEY_URL"] == f"redis://:$(VALKEY_PASSWORD)@{host}:6379"
    assert names(component, "Password") == ["web-valkey"]
    assert "web-to-web-valkey" in policies(component)


def test_a_bucket_comes_with_the_right_to_use_it() -> None:
    component = made(dependencies=Dependencies(bucket=WorkloadBucket()))
    found = variables(component)
    assert found["BUCKET_NAME"] == "xplane-c1-web-111122223333"
    assert found["AWS_REGION"] == "eu-west-3"
    (association,) = objects(component, "PodIdentityAssociation")
    assert association["spec"]["forProvider"]["serviceAccount"] == "web"
    (policy,) = objects(component, "Policy")
    assert "arn:aws:s3:::xplane-c1-web-111122223333/*" in policy["spec"]["forProvider"]["policy"]
    hosts, agent = policies(component)["web-to-cloud"]["egress"]
    assert hosts["toFQDNs"] == [
        {"matchName": "xplane-c1-web-111122223333.s3.eu-west-3.amazonaws.com"},
        {"matchName": "s3.eu-west-3.amazonaws.com"},
    ]
    assert agent["toEntities"] == ["host"]


def test_pods_in_a_shared_namespace_wait_for_their_identity() -> None:
    home = complete()
    shared = Component(home, "namespaces", layer="infrastructure")
    apps = shared.declare(Namespace("apps", pod_security="restricted"))
    component = new_component(home, "shop", namespace=apps)
    Workload(component, "web", image=IMAGE, dependencies=Dependencies(bucket=WorkloadBucket()))
    cloud = next(each for each in home.components if each.name == "shop-web-cloud")
    assert (cloud.layer, names(component, "Bucket")) == ("apps", [])
    assert names(cloud, "Bucket") == names(cloud, "PodIdentityAssociation") == ["xplane-web"]
    assert order(home)["shop"] == ["shop-web-cloud"]


def test_rights_without_a_bucket_are_an_identity_alone() -> None:
    component = made(identity=CloudIdentity(statements=[QUEUE]))
    assert names(component, "Bucket") == []
    (policy,) = objects(component, "Policy")
    assert "sqs:SendMessage" in policy["spec"]["forProvider"]["policy"]


def test_undeclared_dependencies_are_not_created() -> None:
    kinds = {item.identity.kind for item in made().rendered()}
    assert kinds == {
        "CiliumNetworkPolicy",
        "Deployment",
        "Namespace",
        "PodDisruptionBudget",
        "Service",
        "ServiceAccount",
    }


def test_variables_of_the_container_take_precedence() -> None:
    container = Container(env={"DATABASE_URL": "sqlite://"})
    component = made(dependencies=Dependencies(postgres=PostgresSpec()), container=container)
    assert variables(component) == {"DATABASE_URL": "sqlite://"}


def test_values_of_the_store_become_a_secret_and_variables() -> None:
    stored = {"TOKEN": StoreValue(path="shop", property="token"), "ID": StoreValue(path="id")}
    component = made(container=Container(env_from_store=stored))
    (external,) = objects(component, "ExternalSecret")
    assert external["spec"]["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "store"}
    assert [each["remoteRef"] for each in external["spec"]["data"]] == [
        {"key": "shop", "property": "token"},
        {"key": "id"},
    ]
    assert variables(component)["TOKEN"] == {"name": "web-store", "key": "TOKEN"}
    assert order(component.cluster)["shop"] == ["operators"]


def test_the_scraper_is_admitted_to_the_metrics_port_only() -> None:
    component = made(
        container=Container(ports={"metrics": 9797}), monitoring=WorkloadMonitoring(port="metrics")
    )
    (scrape,) = objects(component, "VMPodScrape")
    (endpoint,) = scrape["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("metrics", "/metrics")
    (ingress,) = policies(component)["web-from-vmagent"]["ingress"]
    assert ingress["toPorts"][0]["ports"] == [{"port": "9797", "protocol": "TCP"}]


def test_every_monitored_workload_has_the_standard_alerts_and_its_own() -> None:
    own = Alert(name="Slow", expression="latency > 1", severity="warning", summary="It is slow.")
    component = made(monitoring=WorkloadMonitoring(alerts=[own]))
    (rules,) = objects(component, "VMRule")
    (group,) = rules["spec"]["groups"]
    found = [each["alert"] for each in group["rules"]]
    assert found == ["WorkloadUnavailable", "WorkloadRestarting", "Slow"]
    assert 'deployment="web"' in group["rules"][0]["expr"]


def test_a_dashboard_is_shown() -> None:
    component = made(monitoring=WorkloadMonitoring(dashboards={"overview": DASHBOARD}))
    assert names(component, "GrafanaDashboard") == ["web-overview"]


def test_metrics_must_be_on_a_declared_port() -> None:
    with pytest.raises(InvalidValue, match="'metrics': is not a port of 'web', which has http"):
        made(monitoring=WorkloadMonitoring(port="metrics"))


@pytest.mark.parametrize(
    ("declared", "missing"),
    [
        ({"dependencies": Dependencies(postgres=PostgresSpec())}, "BackupStore"),
        ({"dependencies": Dependencies(valkey=ValkeySpec())}, "ValkeyChart"),
        ({"dependencies": Dependencies(bucket=WorkloadBucket())}, "AwsAccount"),
        ({"identity": CloudIdentity(statements=[QUEUE])}, "AwsAccount"),
        ({"monitoring": WorkloadMonitoring()}, "Monitoring"),
        (
            {"container": Container(env_from_store={"A": StoreValue(path="a")})},
            "SecretStoreReference",
        ),
    ],
    ids=["postgres", "valkey", "bucket", "identity", "monitoring", "store"],
)
def test_dependencies_require_providers_of_the_cluster(
    declared: dict[str, Any], missing: str
) -> None:
    with pytest.raises(MissingOffer, match=f"{missing}: cluster c1 provides none"):
        Workload(shop(), "web", image=IMAGE, **declared)
