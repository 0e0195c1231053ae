"""Health expressions for objects without a standard readiness condition."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata import Cluster, Component, HealthExpression, Namespace, RawResource, Reconcile
from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import Json
from kubestrata.schema import cel_library as cel
from tests.small_platform import config_map, kustomization, new_cluster, new_component

GROUPS = (
    "apiextensions.crossplane.io",
    "aws.m.upbound.io",
    "cloud.example.com",
    "dragonflydb.io",
    "grafana.integreatly.org",
    "operator.victoriametrics.com",
    "pkg.crossplane.io",
    "s3.aws.m.upbound.io",
)


def with_kinds(*kinds: tuple[str, str], reconcile: Reconcile | None = None) -> Cluster:
    cluster = new_cluster(groups=GROUPS)
    home = Namespace("web", pod_security="restricted")
    web = Component(cluster, "web", layer="apps", namespace=home, reconcile=reconcile)
    for number, (version, kind) in enumerate(kinds):
        RawResource(web, f"one-{number}", {"apiVersion": version, "kind": kind})
    return cluster


def expressions(cluster: Cluster, name: str = "web") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = kustomization(cluster, name).get("healthCheckExprs", [])
    return found


def is_current(expression: str, status: Json) -> bool:
    context = cel.Context()
    context.add_variable("status", status)
    return bool(cel.compile(expression).execute(context))


def conditions(**states: str) -> Json:
    return {"conditions": [{"type": name, "status": state} for name, state in states.items()]}


@pytest.mark.parametrize(
    ("version", "kind", "ready"),
    [
        ("pkg.crossplane.io/v1", "Provider", conditions(Installed="True", Healthy="True")),
        ("pkg.crossplane.io/v1", "Function", conditions(Installed="True", Healthy="True")),
        ("s3.aws.m.upbound.io/v1beta1", "Bucket", conditions(Synced="True", Ready="True")),
        (
            "apiextensions.crossplane.io/v2",
            "CompositeResourceDefinition",
            conditions(Established="True"),
        ),
        (
            "grafana.integreatly.org/v1beta1",
            "GrafanaDashboard",
            conditions(DashboardSynchronized="True"),
        ),
        ("dragonflydb.io/v1alpha1", "Dragonfly", {"phase": "ready"}),
        ("operator.victoriametrics.com/v1beta1", "VMSingle", {"updateStatus": "operational"}),
    ],
)
def test_a_kind_is_ready_when_it_says_so_in_its_own_words(
    version: str, kind: str, ready: Json
) -> None:
    (found,) = expressions(with_kinds((version, kind)))
    assert (found["apiVersion"], found["kind"]) == (version, kind)
    assert is_current(found["current"], ready)
    assert not is_current(found["current"], {})
    assert not is_current(found["current"], {"conditions": [], "phase": "", "updateStatus": "no"})


def test_every_condition_must_be_true() -> None:
    (found,) = expressions(with_kinds(("pkg.crossplane.io/v1", "Provider")))
    assert not is_current(found["current"], conditions(Installed="True", Healthy="False"))
    assert not is_current(found["current"], conditions(Healthy="True"))


def test_a_composite_that_the_cluster_defines_is_known_in_every_unit() -> None:
    cluster = with_kinds(("cloud.example.com/v1", "App"))
    spec: Json = {"group": "cloud.example.com", "names": {"kind": "App", "plural": "apps"}}
    definition: dict[str, Json] = {
        "apiVersion": "apiextensions.crossplane.io/v2",
        "kind": "CompositeResourceDefinition",
        "spec": spec,
    }
    api = new_component(cluster, "api", layer="infrastructure")
    RawResource(api, "apps.cloud.example.com", definition, namespaced=False)
    (found,) = expressions(cluster)
    assert found["kind"] == "App"
    assert is_current(found["current"], conditions(Synced="True", Ready="True"))


def test_kinds_with_a_ready_condition_need_no_expression() -> None:
    cluster = with_kinds(("aws.m.upbound.io/v1beta1", "ClusterProviderConfig"))
    config_map(cluster.components[0])
    assert "healthCheckExprs" not in kustomization(cluster, "web")


def test_one_expression_a_kind_however_many_objects() -> None:
    bucket = ("s3.aws.m.upbound.io/v1beta1", "Bucket")
    provider = ("pkg.crossplane.io/v1", "Provider")
    assert [each["kind"] for each in expressions(with_kinds(bucket, bucket, provider))] == [
        "Provider",
        "Bucket",
    ]


def test_a_component_may_set_health_of_its_own_kinds() -> None:
    bucket = ("s3.aws.m.upbound.io/v1beta1", "Bucket")
    expression = HealthExpression(*bucket, current="has(status.arn)", failed="status.lost")
    cluster = with_kinds(bucket, reconcile=Reconcile(health=[expression]))
    assert expressions(cluster) == [
        {
            "apiVersion": "s3.aws.m.upbound.io/v1beta1",
            "kind": "Bucket",
            "current": "has(status.arn)",
            "failed": "status.lost",
        }
    ]


def test_health_of_a_kind_that_the_component_does_not_make_is_refused() -> None:
    expression = HealthExpression("example.com/v1", "Thing", current="true")
    provider = ("pkg.crossplane.io/v1", "Provider")
    cluster = with_kinds(provider, reconcile=Reconcile(health=[expression]))
    with pytest.raises(InvalidValue, match="component 'web' creates no object of this kind"):
        kustomization(cluster, "web")


def test_without_wait_objects_with_an_expression_are_checked_one_by_one() -> None:
    provider = ("pkg.crossplane.io/v1", "Provider")
    spec = kustomization(with_kinds(provider, reconcile=Reconcile(wait=False)), "web")
    assert "wait" not in spec
    assert [check["kind"] for check in spec["healthChecks"]] == ["Provider"]
    assert [each["kind"] for each in spec["healthCheckExprs"]] == ["Provider"]
