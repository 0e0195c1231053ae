"""Tests of a cluster and of its policies, written from what the components deliver."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kubeapis import gateway as api
from kubeapis import k8s, kyverno
from kubestrata import Cluster, Component, JsonObject
from kubestrata.constructs import PatchStep
from kubestrata.constructs.acceptance import (
    AcceptanceTests,
    ChainsawStep,
    ChainsawTest,
    PolicyCase,
    PolicyTest,
)
from kubestrata.core.errors import DuplicateObject, InvalidReference, InvalidValue
from tests.small_platform import config_map, files, manifest, new_cluster, new_component

LABELS = {"app": "shop"}
MADE: JsonObject = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "made"}}


def world() -> tuple[Cluster, Component, api.HTTPRoute]:
    """Return a cluster, and a component with a Deployment and a route."""
    cluster = new_cluster(groups=("gateway.networking.k8s.io", "kyverno.io"))
    shop = new_component(cluster, "shop")
    container = k8s.Container(name="shop", image="shop:1")
    k8s.Deployment(
        shop,
        "shop",
        spec=k8s.DeploymentSpec(
            selector=k8s.LabelSelector(match_labels=LABELS),
            template=k8s.PodTemplateSpec(
                metadata=k8s.ObjectMeta(labels=LABELS), spec=k8s.PodSpec(containers=[container])
            ),
        ),
    )
    route = api.HTTPRoute(
        shop,
        "web",
        metadata=k8s.ObjectMeta(labels={"team": "shop"}),
        spec=api.HTTPRouteSpec(hostnames=["shop.example.com"]),
    )
    return cluster, shop, route


def policy(cluster: Cluster) -> kyverno.ClusterPolicy:
    """Return a policy with one rule."""
    component = new_component(cluster, "labels", layer="infrastructure")
    resources = kyverno.ClusterPolicySpecRulesMatchResources(kinds=["HTTPRoute"])
    every = [kyverno.ClusterPolicySpecRulesMatchAll(resources=resources)]
    rule = kyverno.ClusterPolicySpecRules(
        name="label", match=kyverno.ClusterPolicySpecRulesMatch(any=every)
    )
    return kyverno.ClusterPolicy(component, "labels", spec=kyverno.ClusterPolicySpec(rules=[rule]))


def steps_of(cluster: Cluster, name: str) -> list[Any]:
    """Return the operations of a written test, in order."""
    made = manifest(cluster, f"tests/chainsaw/{name}/chainsaw-test.yaml")
    assert (made["apiVersion"], made["kind"]) == ("chainsaw.kyverno.io/v1alpha1", "Test")
    return [operation for step in made["spec"]["steps"] for operation in step["try"]]


def test_each_object_of_a_component_is_asserted_with_its_condition() -> None:
    cluster, shop, _ = world()
    AcceptanceTests(cluster, chainsaw=[ChainsawTest("shop", [ChainsawStep.ready("shop", shop)])])
    asserted = {
        each["assert"]["resource"]["kind"]: each["assert"]["resource"].get("status")
        for each in steps_of(cluster, "shop")
    }
    assert asserted == {
        "Deployment": {"(conditions[?type == 'Available'])": [{"status": "True"}]},
        "HTTPRoute": {
            "(parents[].conditions[] | [?type == 'Accepted'].status)": ["True"],
        },
        "Namespace": None,
    }


def test_a_copy_is_the_delivered_object_in_the_namespace_of_the_test() -> None:
    cluster, _, route = world()
    step = ChainsawStep.apply_copy(
        route.ref,
        name="copy",
        labels={"skip": "true"},
        steps=[PatchStep("replace", "/spec/hostnames/0", "copy.example.com")],
    )
    AcceptanceTests(cluster, chainsaw=[ChainsawTest("copy", [step])])
    (operation,) = steps_of(cluster, "copy")
    assert operation["apply"]["resource"] == {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "copy", "labels": {"skip": "true"}},
        "spec": {"hostnames": ["copy.example.com"]},
    }
    # The delivered one is as it was.
    delivered = manifest(cluster, "apps/shop/web-httproute.yaml")
    assert delivered["spec"]["hostnames"] == ["shop.example.com"]


def test_expectations_are_asserted_as_they_are_written() -> None:
    cluster, *_ = world()
    steps = [ChainsawStep.expect("made", MADE), ChainsawStep.expect_none("none", MADE)]
    AcceptanceTests(cluster, chainsaw=[ChainsawTest("made", steps)])
    assert steps_of(cluster, "made") == [
        {"assert": {"resource": MADE}},
        {"error": {"resource": MADE}},
    ]


def test_cases_of_a_policy_have_the_objects_that_are_delivered() -> None:
    cluster, _, route = world()
    changed = PatchStep("add", "/metadata/labels/checked", "true")
    cases = [
        PolicyCase.mutated("label", route.ref, changed),
        PolicyCase.generated("label", route.ref, MADE),
        PolicyCase.skipped("label", MADE),
        PolicyCase.passed("label", MADE),
        PolicyCase.failed("label", MADE),
    ]
    made = policy(cluster)
    AcceptanceTests(cluster, kyverno=[PolicyTest("labels", made.ref, cases)])
    folder = "tests/kyverno/labels"
    written = manifest(cluster, f"{folder}/kyverno-test.yaml")
    assert [each["result"] for each in written["results"]] == [
        *("pass", "pass", "skip", "pass", "fail")
    ]
    assert written["results"][0] == {
        "policy": "labels",
        "rule": "label",
        "kind": "HTTPRoute",
        "resources": ["shop/web"],
        "result": "pass",
        "patchedResources": "expected-1.yaml",
    }
    assert manifest(cluster, f"{folder}/policy.yaml") == made.body
    (first, second) = yaml.safe_load_all(files(cluster)[f"{folder}/resources.yaml"])
    assert (first, second) == (route.body, MADE)
    patched = manifest(cluster, f"{folder}/expected-1.yaml")
    assert patched["metadata"]["labels"] == {"team": "shop", "checked": "true"}
    assert manifest(cluster, f"{folder}/expected-2.yaml") == MADE


def test_the_delivery_applies_no_test() -> None:
    cluster, shop, _ = world()
    before = {name for name in files(cluster) if "kustomization" in name}
    AcceptanceTests(cluster, chainsaw=[ChainsawTest("shop", [ChainsawStep.ready("shop", shop)])])
    assert {name for name in files(cluster) if "kustomization" in name} == before


def test_a_rule_that_the_policy_lacks_is_reported() -> None:
    cluster, _, route = world()
    case = PolicyCase.skipped("lable", route.ref)
    AcceptanceTests(cluster, kyverno=[PolicyTest("labels", policy(cluster).ref, [case])])
    with pytest.raises(InvalidReference, match=r"rule 'lable'.*which has label"):
        files(cluster)


def test_an_object_of_another_cluster_is_reported() -> None:
    cluster, *_ = world()
    _, other, _ = world()
    AcceptanceTests(cluster, chainsaw=[ChainsawTest("shop", [ChainsawStep.ready("shop", other)])])
    with pytest.raises(InvalidReference, match="is not in cluster"):
        files(cluster)


def test_an_object_that_only_the_cluster_knows_is_reported() -> None:
    cluster, shop, route = world()
    unknown = type(route.ref)(shop, "", "ConfigMap", "unknown", "shop")
    AcceptanceTests(cluster, chainsaw=[ChainsawTest("x", [ChainsawStep.ready("x", unknown)])])
    with pytest.raises(InvalidReference, match="is not written by component 'shop'"):
        files(cluster)


def test_a_step_with_a_wrong_path_is_reported() -> None:
    cluster, _, route = world()
    wrong = PatchStep("replace", "/spec/hosts/0", "x.example.com")
    step = ChainsawStep.apply_copy(route.ref, name="copy", steps=[wrong])
    AcceptanceTests(cluster, chainsaw=[ChainsawTest("copy", [step])])
    with pytest.raises(InvalidValue, match="cannot be applied"):
        files(cluster)


def test_tests_are_named_once_and_have_content() -> None:
    cluster, shop, _ = world()
    config_map(shop, colour="blue")
    one = ChainsawTest("shop", [ChainsawStep.ready("shop", shop)])
    with pytest.raises(InvalidValue, match="has no tests"):
        AcceptanceTests(cluster)
    with pytest.raises(DuplicateObject, match="is declared twice"):
        AcceptanceTests(cluster, "twice", chainsaw=[one, one])
    with pytest.raises(InvalidValue, match="has no steps"):
        ChainsawTest("empty", [])
    with pytest.raises(InvalidValue, match="has no cases"):
        PolicyTest("empty", policy(cluster).ref, [])
    with pytest.raises(InvalidValue, match="changes nothing"):
        PolicyCase.mutated("label", MADE)
    with pytest.raises(InvalidValue, match="has no objects"):
        ChainsawStep.ready("empty")
