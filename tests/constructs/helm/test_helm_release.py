"""Helm releases: rendered objects, and invalid arguments."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import ChartRepository, Cluster, Duration, Host, Namespace, Platform, Reference
from kubestrata.constructs import (
    CiliumNetwork,
    Drift,
    Flow,
    HelmChart,
    HelmComponent,
    HelmRelease,
    IgnoredDrift,
    Patch,
    PatchStep,
    Placement,
    ReleasePolicy,
    SecretReference,
    SharedValues,
    Upgrade,
    ValuesFrom,
)
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import chart, config_map, flux, new_cluster, new_component, order

OCI = ChartRepository("oci", "oci://charts.example.com/all")


def connected() -> Cluster:
    return Cluster(
        Platform(),
        "c1",
        domain=Host("example.com"),
        delivery=flux(),
        kubernetes="1.35",
        provided_groups=["cilium.io"],
        offers=[CiliumNetwork()],
    )


def policy_names(component: Any) -> list[str]:
    return [item["metadata"]["name"] for item in objects(component, "CiliumNetworkPolicy")]


def test_release_with_everything(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster())
    secret = SecretReference(k8s.Secret(component, "oidc").ref, frozenset({"id", "secret"}))
    HelmRelease(
        component,
        "app",
        chart=HelmChart("app", "1.2.3", OCI, provides=frozenset({"example.com"}), crds="Skip"),
        values={"replicas": 2},
        values_from=[
            SharedValues(component, "common", values={"labels": {"team": "web"}}).source,
            ValuesFrom.secret(secret.key("secret"), path="web.oidc[0].secret"),
        ],
        patches=[
            Patch.merge("apps/v1", "Deployment", {"spec": {"paused": None}}, name="app-.*"),
            Patch.steps("v1", "Service", [PatchStep("remove", "/spec/clusterIP")]),
        ],
        policy=ReleasePolicy(
            upgrade=Upgrade(
                retries=1, after_failure="uninstall", force=True, tests=True, history=2
            ),
            drift=Drift(
                mode="warn",
                ignore=[
                    IgnoredDrift(["/spec/replicas"], kind="Deployment", name="app"),
                    IgnoredDrift(["/metadata/annotations"]),
                ],
            ),
            placement=Placement(
                name="main", target=component.home_namespace, storage=component.home_namespace
            ),
        ),
        interval=Duration("30m"),
        timeout=Duration("15m"),
    )
    assert faults(component) == []
    assert rendered(component) == manifests


def test_shared_values_reach_releases_at_once_and_order_them() -> None:
    cluster = new_cluster()
    shared = new_component(cluster, "shared")
    common = SharedValues(shared, "common", values={"a": {"b": [1, "0x10"]}})
    (made,) = objects(shared, "ConfigMap")
    assert made["metadata"]["labels"] == {"reconcile.fluxcd.io/watch": "Enabled"}
    assert yaml.safe_load(made["data"]["values.yaml"]) == {"a": {"b": [1, "0x10"]}}
    web = new_component(cluster, "web", namespace=shared.home_namespace)
    HelmRelease(web, "web", chart=chart(), values_from=[common.source])
    (release,) = objects(web, "HelmRelease")
    assert release["spec"]["valuesFrom"] == [
        {"kind": "ConfigMap", "name": "common", "valuesKey": "values.yaml"}
    ]
    assert order(cluster)["web"] == ["shared"]


def test_a_reference_in_shared_values_or_a_patch_makes_an_edge() -> None:
    cluster = new_cluster()
    first, second = new_component(cluster, "first"), new_component(cluster, "second")
    web = new_component(cluster, "web")
    SharedValues(web, "common", values={"name": config_map(first).name})
    body = {"data": {"name": config_map(second).name}}
    HelmRelease(web, "web", chart=chart(), patches=[Patch.merge("v1", "ConfigMap", body)])
    assert order(cluster)["web"] == ["first", "second"]


def test_values_of_another_namespace_are_refused() -> None:
    cluster = new_cluster()
    other = new_component(cluster, "other")
    source = ValuesFrom.config_map(config_map(other).ref)
    with pytest.raises(InvalidReference, match="is in namespace 'other', its release in 'web'"):
        HelmRelease(new_component(cluster), "web", chart=chart(), values_from=[source])


@pytest.mark.parametrize("path", ["a b", "", "a[0", "x" * 251])
def test_a_path_that_helm_controller_refuses_is_refused(path: str) -> None:
    ref = config_map(new_component(new_cluster())).ref
    with pytest.raises(InvalidValue, match="is not a valid path of values"):
        ValuesFrom.config_map(ref, path=path)


def test_a_json_patch_has_operations_and_a_merge_names_its_kind() -> None:
    component = new_component(new_cluster())
    steps = [PatchStep("add", "/spec/template/spec/priorityClassName", "high")]
    patches = [
        Patch.steps("apps/v1", "Deployment", steps),
        Patch.merge("apps/v1", "Deployment", {"spec": {"replicas": 2}}),
    ]
    HelmRelease(component, "web", chart=chart(), patches=patches)
    (release,) = objects(component, "HelmRelease")
    made = release["spec"]["postRenderers"][0]["kustomize"]["patches"]
    assert [each["target"] for each in made] == [
        {"group": "apps", "version": "v1", "kind": "Deployment"}
    ] * 2
    assert json.loads(made[0]["patch"]) == [
        {"op": "add", "path": "/spec/template/spec/priorityClassName", "value": "high"}
    ]
    assert yaml.safe_load(made[1]["patch"]) == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "any"},
        "spec": {"replicas": 2},
    }


@pytest.mark.parametrize(
    ("op", "path", "value", "why"),
    [
        pytest.param("add", "spec.replicas", 1, "write '/spec/replicas'", id="no pointer"),
        pytest.param("add", "/spec", None, "needs a value", id="adds nothing"),
        pytest.param("remove", "/spec", 1, "must not have a value", id="removes a value"),
    ],
)
def test_an_invalid_patch_operation_is_refused(op: Any, path: str, value: Any, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        PatchStep(op, path, value)


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(InvalidValue, match="which retries forever"):
        Upgrade(retries=-1)
    with pytest.raises(InvalidValue, match="write '/spec/replicas'"):
        IgnoredDrift(["spec.replicas"])
    with pytest.raises(InvalidValue, match="has no steps"):
        Patch.steps("v1", "Service", [])
    with pytest.raises(InvalidValue, match="has 54 characters; Helm allows at most 53"):
        HelmRelease(new_component(new_cluster()), "x" * 54, chart=chart())


def test_the_helm_release_name_includes_the_target_namespace() -> None:
    cluster = new_cluster()
    target = new_component(cluster, "elsewhere").home_namespace
    policy = ReleasePolicy(placement=Placement(target=target))
    release = HelmRelease(new_component(cluster), "web", chart=chart(), policy=policy)
    assert release.pods.labels == {"app.kubernetes.io/instance": "elsewhere-web"}
    assert release.pods.namespace == "elsewhere"
    assert release.service("web", 80).host == "web.elsewhere.svc.cluster.local"


def test_a_release_that_does_not_wait_is_ready_after_its_hooks() -> None:
    component = new_component(new_cluster())
    HelmRelease(component, "web", chart=chart(), policy=ReleasePolicy(wait=False))
    (release,) = objects(component, "HelmRelease")
    spec = release["spec"]
    assert (spec["install"]["disableWait"], spec["upgrade"]["disableWait"]) == (True, True)


def test_flows_of_a_release_are_one_policy_of_its_pods() -> None:
    component = HelmComponent(
        connected(),
        "app",
        layer="apps",
        namespace=Namespace("app", pod_security="restricted"),
        chart=chart("app"),
        flows=[Flow.to_kubernetes_api(), Flow.from_kubernetes_api(9443)],
    )
    made = {item["metadata"]["name"]: item for item in objects(component, "CiliumNetworkPolicy")}
    assert sorted(made) == ["allow-dns", "app", "default-deny"]
    assert made["app"]["spec"] == {
        "endpointSelector": {"matchLabels": {"app.kubernetes.io/instance": "app"}},
        "egress": [
            {
                "toEntities": ["kube-apiserver"],
                "toPorts": [
                    {
                        "ports": [
                            {"port": "443", "protocol": "TCP"},
                            {"port": "6443", "protocol": "TCP"},
                        ]
                    }
                ],
            }
        ],
        "ingress": [
            {
                "fromEntities": ["kube-apiserver"],
                "toPorts": [{"ports": [{"port": "9443", "protocol": "TCP"}]}],
            }
        ],
    }


def test_some_pods_of_a_release_get_a_policy_of_their_own() -> None:
    component = new_component(connected())
    release = HelmRelease(component, "web", chart=chart())
    worker = release.some_pods("web-worker", {"app.kubernetes.io/component": "worker"})
    release.allow(Flow.to_kubernetes_api(), pods=worker)
    (made,) = [
        item
        for item in objects(component, "CiliumNetworkPolicy")
        if item["metadata"]["name"] == "web-worker"
    ]
    assert made["spec"]["endpointSelector"]["matchLabels"] == {
        "app.kubernetes.io/component": "worker",
        "app.kubernetes.io/instance": "web",
    }


def test_pods_in_an_undeclared_namespace_may_query_dns() -> None:
    cluster = connected()
    given = Reference(new_component(cluster, "other"), "", "Namespace", "kube-system")
    component = new_component(cluster, namespace=given)
    HelmRelease(component, "web", chart=chart()).allow(Flow.to_kubernetes_api())
    made = objects(component, "CiliumNetworkPolicy")
    assert [item["metadata"]["name"] for item in made] == ["web", "web-dns"]
    assert {str(item["spec"]["endpointSelector"]["matchLabels"]) for item in made} == {
        "{'app.kubernetes.io/instance': 'web'}"
    }


def test_without_a_network_and_without_flows_there_is_no_policy() -> None:
    component = new_component(new_cluster())
    HelmRelease(component, "web", chart=chart()).allow(Flow.to_kubernetes_api())
    assert [item["kind"] for item in (one.manifest for one in component.rendered())] == [
        "Namespace",
        "HelmRelease",
    ]
    silent = new_component(connected())
    HelmRelease(silent, "web", chart=chart()).allow()
    assert policy_names(silent) == ["allow-dns", "default-deny"]


def test_a_connection_waits_for_its_target_release() -> None:
    cluster = connected()
    store, web = new_component(cluster, "store"), new_component(cluster, "web")
    there = HelmRelease(store, "store", chart=chart()).endpoint(6379, labels={"role": "primary"})
    here = HelmRelease(web, "web", chart=chart()).endpoint()
    here.connect_to(there)
    assert order(cluster)["web"] == ["store"]
    assert there.pods.labels == {"app.kubernetes.io/instance": "store", "role": "primary"}
    assert "store-from-web" in policy_names(store)
    assert "web-to-store" in policy_names(web)


def test_a_catalogues_entry_serves_other_versions_and_owners_of_crds() -> None:
    entry = HelmChart(
        "app", "1.0.0", OCI, provides=frozenset({"example.com"}), crds="CreateReplace"
    )
    other = entry.at("2.0.0").without_crds()
    assert (other.version, other.provides, other.crds) == ("2.0.0", frozenset(), "Skip")
    assert (entry.version, entry.crds) == ("1.0.0", "CreateReplace")
    with pytest.raises(InvalidValue, match="is not pinned"):
        entry.at("latest")
