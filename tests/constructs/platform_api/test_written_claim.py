"""Claims as people write them: defaults, and the fields that Python declares beside a claim."""

from __future__ import annotations

import re
from typing import Any

import pytest
from kcl_lib import api  # type: ignore[import-untyped]  # it has no types

from kubestrata import Image, Quantity
from kubestrata.constructs import Availability, Exposure, Scaling, Workload
from kubestrata.constructs.cloud import AwsAccount, S3Bucket
from kubestrata.constructs.cloud.s3_bucket import Expiration
from kubestrata.constructs.data import (
    Postgres,
    PostgresBackup,
    PostgresRestore,
    PostgresSpec,
    Valkey,
)
from kubestrata.constructs.data.postgres_insight import QUERIES
from kubestrata.constructs.platform_api import (
    APP,
    EPI,
    SQL_INSTANCE,
    PlatformApi,
    PlatformKind,
    app_environment,
    sql_environment,
)
from kubestrata.constructs.workload import Container, Probe, Probes, Resources, WorkloadDefaults
from tests.constructs.checking import objects
from tests.constructs.cloud.aws import aws_cluster, crossplane_system
from tests.constructs.data.world import world
from tests.constructs.platform_api.composing import composed, misfits, native, written
from tests.constructs.workload.platform import complete, secret
from tests.small_platform import chart, new_component

Objects = list[dict[str, Any]]
AWS = {
    "accountArn": "arn:aws:iam::123456789012:root",
    "clusterName": "home",
    "namePrefix": "xplane-",
    "partition": "aws",
    "providerConfig": "default",
    "region": "eu-west-3",
}
IMAGE = {"repository": "registry.example.com/web", "tag": "1.0.0"}
SMALL = {"size": "small", "storageSize": "10Gi"}


def app(name: str = "web", /, *, own: bool = False, **spec: Any) -> Objects:
    """Return what an App composes; with `own`, keep the annotations of the function."""
    environment = {**AWS, **app_environment(complete()), "environment": "dev"}
    claim = written(APP, name, {"image": IMAGE, **spec})
    made = composed(APP, claim, environment, own=own)
    assert misfits(made) == []
    return made


def sql(**spec: Any) -> Objects:
    """Return what an SQLInstance composes."""
    component, _ = world()
    environment = {**AWS, **sql_environment(component.cluster)}
    made = composed(SQL_INSTANCE, written(SQL_INSTANCE, "orders", {**SMALL, **spec}), environment)
    assert misfits(made) == []
    return made


def of_kind(made: Objects, kind: str) -> Objects:
    return [item for item in made if item["kind"] == kind]


def container(made: Objects) -> dict[str, Any]:
    (deployment,) = of_kind(made, "Deployment")
    (found,) = deployment["spec"]["template"]["spec"]["containers"]
    whole: dict[str, Any] = found
    return whole


def test_the_defaults_of_an_app_are_those_of_a_workload_that_states_them() -> None:
    component = new_component(complete(WorkloadDefaults(user=1001, pod_variables=True)), "shop")
    Workload(
        component,
        "web",
        image=Image("registry.example.com/web:1.0.0"),
        container=Container(
            writable={"/tmp": Quantity("64Mi")},
            probes=Probes(
                liveness=Probe(path="/healthz", initial_delay_seconds=30, timeout_seconds=3),
                readiness=Probe(
                    path="/readyz", initial_delay_seconds=5, period_seconds=5, timeout_seconds=3
                ),
            ),
            resources=Resources(
                cpu=Quantity("100m"),
                memory=Quantity("128Mi"),
                cpu_limit=Quantity("200m"),
                memory_limit=Quantity("256Mi"),
            ),
        ),
        scaling=Scaling.fixed(1),
        availability=Availability(spread_nodes=False, anti_affinity="preferred"),
    )
    beside = ("CiliumNetworkPolicy",)
    assert app() == [item for item in native(component) if item["kind"] not in beside]


def test_a_route_of_an_app_is_private_and_at_its_name_by_default() -> None:
    component = new_component(complete(), "shop")
    image = Image("registry.example.com/web:1.0.0")
    Workload(component, "web", image=image, route=Exposure(visibility="private"))
    assert of_kind(app(route={"enabled": True}), "HTTPRoute") == objects(component, "HTTPRoute")


@pytest.mark.parametrize(
    ("route", "host", "gateway"),
    [
        ({}, "web.priv.example.com", "private"),
        ({"internetFacing": True}, "web.example.com", "public"),
        ({"hostname": "www"}, "www.priv.example.com", "private"),
        ({"hostname": "www.priv.example.com"}, "www.priv.example.com", "private"),
    ],
)
def test_a_route_has_a_host_of_its_gateway(route: dict[str, Any], host: str, gateway: str) -> None:
    (made,) = of_kind(app(route={"enabled": True, **route}), "HTTPRoute")
    assert made["spec"]["hostnames"] == [host]
    assert [each["name"] for each in made["spec"]["parentRefs"]] == [gateway]


def test_each_rule_of_a_route_has_its_own_backend() -> None:
    rules = [{"pathPrefix": "/api", "backendPort": 9000}, {"pathPrefix": "/"}]
    service = {"port": 8081, "ports": {"api": 9000}}
    (made,) = of_kind(app(route={"enabled": True, "rules": rules}, service=service), "HTTPRoute")
    assert [
        (rule["matches"][0]["path"]["value"], [each["port"] for each in rule["backendRefs"]])
        for rule in made["spec"]["rules"]
    ] == [("/api", [9000]), ("/", [80])]


def test_a_gateway_of_its_own_takes_the_route() -> None:
    listeners = [{"name": "web", "port": 8080, "hostname": "www.example.com"}]
    made = app(
        gateway={"enabled": True, "listeners": listeners},
        route={"enabled": True, "hostname": "www.example.com"},
    )
    (gateway,), (route,) = of_kind(made, "Gateway"), of_kind(made, "HTTPRoute")
    assert gateway["metadata"]["name"] == "web-gateway"
    assert gateway["spec"] == {
        "gatewayClassName": "cilium",
        "listeners": [{**listeners[0], "protocol": "HTTP"}],
    }
    assert route["spec"]["parentRefs"] == [{"name": "web-gateway"}]
    assert route["spec"]["hostnames"] == ["www.example.com"]


def test_network_policies_select_the_pods() -> None:
    ingress = [{"fromEntities": ["cluster"]}]
    egress = [{"toEntities": ["world"], "toPorts": [{"ports": [{"port": "443"}]}]}]
    policies = {"enabled": True, "ingress": ingress, "egress": egress}
    (made,) = of_kind(app(networkPolicies=policies), "CiliumNetworkPolicy")
    assert made["spec"] == {
        "endpointSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}},
        "ingress": ingress,
        "egress": egress,
    }


def test_a_cache_is_of_the_clusters_chart() -> None:
    component = new_component(complete(), "shop")
    password = secret(component).key("password")
    Valkey(component, "web-valkey", chart=chart("valkey"), password=password)
    (mine,), (theirs,) = (
        of_kind(app(kvStore={"enabled": True, "size": "medium"}), "HelmRelease"),
        objects(component, "HelmRelease"),
    )
    values = mine["spec"].pop("values")
    theirs["spec"].pop("values")
    assert mine == theirs
    assert values["auth"] == {"enabled": False}
    assert values["primary"]["resourcesPreset"] == "small"
    assert values["primary"]["persistence"]["size"] == "4Gi"


def test_a_database_is_an_sql_instance_of_the_same_name() -> None:
    databases = [{"name": "image-gallery", "owner": "image-gallery-app"}]
    (made,) = of_kind(
        app("xplane-web", sqlInstance={"enabled": True, "databases": databases}), "SQLInstance"
    )
    assert made["apiVersion"] == "cloud.example.com/v1alpha1"
    assert made["metadata"]["name"] == "xplane-web"
    own = {"clusterName": "xplane-web-postgres", "storageSize": "20Gi", "databases": databases}
    direct = written(SQL_INSTANCE, "xplane-web", {**SMALL, **own})
    assert made["spec"] == direct["spec"]


def test_the_instances_of_an_app_have_names_and_rights_of_their_own() -> None:
    claim = app(
        "xplane-web",
        s3Bucket={"enabled": True},
        sqlInstance={
            "enabled": True,
            "backup": {"schedule": "0 0 2 * * *", "bucketName": "backups"},
        },
    )
    (made,) = of_kind(claim, "SQLInstance")
    whole = written(SQL_INSTANCE, made["metadata"]["name"], made["spec"])
    parts = composed(SQL_INSTANCE, whole, AWS)
    (rights,) = of_kind(claim, "EPI")
    (own,) = of_kind(parts, "EPI")
    assert (rights["metadata"]["name"], own["metadata"]["name"]) == (
        "xplane-web",
        "xplane-web-postgres",
    )
    # CloudNativePG names the ServiceAccount of the instances like their Cluster.
    (database,) = of_kind(parts, "Cluster")
    assert database["metadata"]["name"] == own["spec"]["serviceAccount"]["name"]
    assert rights["spec"]["serviceAccount"]["name"] == "xplane-web"


@pytest.mark.parametrize("days", [None, 30])
def test_a_bucket_is_that_of_the_construct_with_the_rights_of_the_pods(days: int | None) -> None:
    cluster = aws_cluster()
    crossplane_system(cluster)
    component = new_component(cluster, "shop")
    expiration = Expiration(days=days)
    bucket = S3Bucket(component, "web", expiration=expiration, versioning="Suspended")
    retention = {} if days is None else {"retentionDays": days}
    made = app(s3Bucket={"enabled": True, **retention})
    assert [item for item in made if "s3.aws" in item["apiVersion"]] == native(component)
    (identity,) = of_kind(made, "EPI")
    assert identity["spec"]["serviceAccount"] == {"name": "web", "namespace": "shop"}
    assert [(each["actions"], each["resources"]) for each in identity["spec"]["statements"]] == [
        (list(each.actions), list(each.resources)) for each in bucket.grant_write()
    ]


def test_the_rights_of_the_pods_on_a_bucket_can_be_less_or_others() -> None:
    (reads,) = of_kind(app(s3Bucket={"enabled": True, "permissions": "readonly"}), "EPI")
    assert reads["spec"]["statements"][1]["actions"] == ["s3:GetObject"]
    policy = [{"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::mine/*"]}]
    bucket = {"enabled": True, "permissions": "custom", "customPolicy": policy}
    (own,) = of_kind(app(s3Bucket=bucket), "EPI")
    assert own["spec"]["statements"] == [{**policy[0], "effect": "Allow", "conditions": {}}]


def test_the_prefix_of_a_bucket_is_added_once() -> None:
    names = [
        (item["metadata"]["name"], item["metadata"]["annotations"]["crossplane.io/external-name"])
        for name in ("web", "xplane-web")
        for item in of_kind(app(name, s3Bucket={"enabled": True}), "Bucket")
    ]
    assert names == [("xplane-web", "xplane-home-web-123456789012")] * 2


def test_a_cluster_may_have_a_prefix_for_its_buckets() -> None:
    claim = written(APP, "xplane-web", {"image": IMAGE, "s3Bucket": {"enabled": True}})
    environment = {**AWS, **app_environment(complete()), "bucketPrefix": "eu-west-3-example-"}
    made = composed(APP, claim, environment)
    (bucket,), (identity,) = of_kind(made, "Bucket"), of_kind(made, "EPI")
    name = bucket["metadata"]["annotations"]["crossplane.io/external-name"]
    assert name == "eu-west-3-example-xplane-web"
    assert identity["spec"]["statements"][0]["resources"] == [f"arn:aws:s3:::{name}"]


def test_telemetry_is_sent_scraped_and_alerted_on() -> None:
    group = {"name": "web", "rules": [{"alert": "Down", "expr": "up == 0"}]}
    made = app(
        service={"ports": {"metrics": 9090}},
        observability={
            "traces": {"enabled": True, "endpoint": "http://traces", "samplingRate": 0.2},
            "metrics": {"enabled": True, "endpoint": "http://metrics"},
            "alertingRules": {"groups": [group]},
        },
    )
    env = {each["name"]: each.get("value") for each in container(made)["env"]}
    assert {name: text for name, text in env.items() if name.startswith("OTEL")} == {
        "OTEL_SERVICE_NAME": "web",
        "OTEL_SERVICE_VERSION": "1.0.0",
        "OTEL_DEPLOYMENT_ENVIRONMENT": "dev",
        "OTEL_TRACES_ENABLED": "true",
        "OTEL_METRICS_ENABLED": "true",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://traces",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://metrics",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.2",
    }
    (scrape,), (rule,) = of_kind(made, "VMServiceScrape"), of_kind(made, "VMRule")
    assert scrape["spec"]["endpoints"] == [
        {"port": "metrics", "path": "/metrics", "interval": "30s"}
    ]
    assert rule["spec"] == {"groups": [group]}


def test_fields_of_an_entry_of_the_store_are_variables() -> None:
    made = app(secrets=[{"path": "apps/web", "keys": ["A", "B"]}])
    (fetched,) = of_kind(made, "ExternalSecret")
    assert [each["remoteRef"] for each in fetched["spec"]["data"]] == [
        {"key": "apps/web", "property": "A"},
        {"key": "apps/web", "property": "B"},
    ]
    names = [each["name"] for each in container(made)["env"] if "valueFrom" in each]
    assert names[-2:] == ["A", "B"]


def test_an_app_of_one_pod_has_no_budget() -> None:
    assert of_kind(app(pdb={"enabled": True}), "PodDisruptionBudget") == []
    (made,) = of_kind(app(pdb={"enabled": True}, replicas=2), "PodDisruptionBudget")
    assert made["spec"]["minAvailable"] == 1


COMPLETE: dict[str, Any] = {
    "autoscaling": {"enabled": True, "minReplicas": 2, "maxReplicas": 10},
    "pdb": {"enabled": True},
    "onDemand": True,
    "env": [
        {"name": "LEVEL", "value": "info"},
        {"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": "web-app", "key": "uri"}}},
    ],
    "envFrom": [{"secretRef": {"name": "web-config", "optional": True}}],
    "configs": [{"path": "/etc/web/a.yaml", "content": "b: 1"}],
    "externalSecrets": [{"name": "web-config", "remoteRef": "apps/web"}],
    "securityContext": {"enableWritableTmp": True, "readOnlyRootFilesystem": True},
    "gateway": {"enabled": True},
    "route": {"enabled": True, "hostname": "web.example.com"},
    "networkPolicies": {"enabled": True, "ingress": [{"fromEntities": ["cluster"]}]},
    "kvStore": {"enabled": True},
    "sqlInstance": {"enabled": True},
    "s3Bucket": {"enabled": True, "versioning": True},
    "observability": {
        "traces": {"enabled": True},
        "metrics": {"enabled": True},
        "alertingRules": {"groups": [{"name": "web", "rules": []}]},
    },
}


def test_a_complete_app_composes_one_object_of_each_part() -> None:
    assert sorted(item["kind"] for item in app(**COMPLETE)) == [
        "Bucket",
        "BucketLifecycleConfiguration",
        "BucketPublicAccessBlock",
        "BucketServerSideEncryptionConfiguration",
        "BucketVersioning",
        "CiliumNetworkPolicy",
        "ConfigMap",
        "Deployment",
        "EPI",
        "ExternalSecret",
        "Gateway",
        "HTTPRoute",
        "HelmRelease",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
        "SQLInstance",
        "Service",
        "ServiceAccount",
        "VMRule",
        "VMServiceScrape",
    ]


READY = "krm.kcl.dev/ready"


def readiness(observed: dict[str, Any]) -> dict[str, str | None]:
    parts = {"route": {"enabled": True, "hostname": "a.example.com"}, "gateway": {"enabled": True}}
    claim = written(APP, "web", {"image": IMAGE, **parts})
    environment = {**AWS, **app_environment(complete())}
    made = composed(APP, claim, environment, observed=observed, own=True)
    return {item["kind"]: item["metadata"]["annotations"].get(READY) for item in made}


def test_ready_is_what_is_observed() -> None:
    assert set(readiness({}).values()) == {"False"}
    accepted = {"type": "Accepted", "status": "True"}
    available = {"type": "Available", "status": "True"}
    programmed = {"type": "Programmed", "status": "True"}
    parts: dict[str, Any] = {
        "account": {},
        "deployment": {"status": {"conditions": [available]}},
        "service": {"spec": {"clusterIP": "10.0.0.1"}},
        "gateway": {"status": {"conditions": [programmed]}},
        "route": {"status": {"parents": [{"conditions": [accepted]}]}},
    }
    observed = {name: {"Resource": part} for name, part in parts.items()}
    assert set(readiness(observed).values()) == {"True"}
    bare: dict[str, Any] = {name: {"Resource": {}} for name in parts}
    assert readiness(bare) == {
        "Deployment": "False",
        "Gateway": "False",
        "HTTPRoute": "False",
        "Service": "False",
        "ServiceAccount": "True",
    }


@pytest.mark.parametrize("kind", [APP, EPI, SQL_INSTANCE], ids=lambda kind: kind.kind)
def test_a_program_is_formatted(kind: PlatformKind) -> None:
    for path in (kind.composition, *kind.more):
        text = path.read_text(encoding="utf-8")
        formatted: Any = api.API().format_code(api.FormatCodeArgs(source=text)).formatted
        assert (formatted if isinstance(formatted, str) else formatted.decode()) == text


@pytest.mark.parametrize("kind", [APP, EPI, SQL_INSTANCE], ids=lambda kind: kind.kind)
def test_a_program_changes_no_value_after_it_was_made(kind: PlatformKind) -> None:
    assert re.findall(r"^.*(?:\+=|\|=).*$", kind.source, re.MULTILINE) == []
    names = re.findall(r"^(_?[A-Za-z]+) = ", kind.source, re.MULTILINE)
    assert sorted(names) == sorted(set(names))


def test_the_defaults_of_a_database_are_those_of_a_construct_that_states_them() -> None:
    component, _ = world()
    spec = PostgresSpec(
        instances=3,
        storage_class="gp3",
        image=Image("ghcr.io/cloudnative-pg/postgresql:18-system-trixie"),
        backup=PostgresBackup(enabled=False),
    )
    Postgres(component, "orders", spec=spec)
    beside = ("CiliumNetworkPolicy", "VMPodScrape", "VMRule")
    assert sql() == [item for item in native(component) if item["kind"] not in beside]


BACKUP = {"schedule": "0 0 2 * * *", "bucketName": "mine", "region": "eu-west-3"}


@pytest.mark.parametrize("restored", [False, True])
def test_the_identity_of_a_database_is_that_of_the_construct(restored: bool) -> None:  # noqa: FBT001
    component, _ = world()
    component.cluster.offer(AwsAccount("123456789012", "eu-west-3", "home"))
    component.cluster.offer(PlatformApi("cloud.example.com", [EPI]))
    old = PostgresRestore(name="old", bucket="archive", path="2025") if restored else None
    backup = PostgresBackup(bucket="mine", region="eu-west-3")
    Postgres(component, "orders", spec=PostgresSpec(backup=backup, restore=old))
    recovery = {"bucketName": "archive", "path": "2025/old"}
    given = {"objectStoreRecovery": recovery} if restored else {}
    (theirs,), (mine,) = (
        of_kind(native(component), "EPI"),
        of_kind(sql(backup=BACKUP, **given), "EPI"),
    )
    assert written(EPI, "orders", mine["spec"]) == written(EPI, "orders", theirs["spec"])


def test_a_database_with_an_access_key_has_no_identity() -> None:
    keys = {"secret": "s", "accessKeyId": "a", "secretAccessKey": "b"}
    assert of_kind(sql(backup={**BACKUP, "keys": keys}), "EPI") == []
    policies = {"managementPolicies": ["Observe"]}
    (identity,) = of_kind(sql(backup=BACKUP, **policies), "EPI")
    assert identity["spec"]["managementPolicies"] == ["Observe"]


def test_insights_and_sql_are_in_config_maps() -> None:
    made = sql(performanceInsights={"enabled": True}, initSQL="SELECT 1;")
    texts = [item["data"] for item in of_kind(made, "ConfigMap")]
    assert texts == [{"init.sql": "SELECT 1;"}, {"queries.yaml": QUERIES}]
    (cluster,) = of_kind(made, "Cluster")
    parameters = cluster["spec"]["postgresql"]["parameters"]
    assert parameters["auto_explain.sample_rate"] == "0.2"
    assert parameters["auto_explain.log_min_duration"] == "1000"
