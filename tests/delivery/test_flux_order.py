"""The order that Flux is given is derived, reduced, and explained when it is impossible."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubeapis import cert_manager, k8s, kyverno
from kubestrata import Cluster, Component, JsonObject, Namespace, RawResource, RemoteManifests
from kubestrata.constructs import HelmComponent, HelmRelease
from kubestrata.core.errors import DuplicateObject, GraphError
from kubestrata.core.resource import Resource
from tests.small_platform import (
    chart,
    config_map,
    files,
    kustomization,
    manifest,
    new_cluster,
    new_component,
    order,
)


def issuer(component: Component, id: str = "issuer") -> cert_manager.ClusterIssuer:
    self_signed = cert_manager.ClusterIssuerSpecSelfSigned()
    return cert_manager.ClusterIssuer(
        component, id, spec=cert_manager.ClusterIssuerSpec(self_signed=self_signed)
    )


def cert_manager_component(cluster: Cluster, *, layer: str = "infrastructure") -> HelmComponent:
    return HelmComponent(
        cluster,
        "cert-manager",
        layer=layer,
        namespace=Namespace("cert-manager", pod_security="restricted"),
        chart=chart("cert-manager", provides=("cert-manager.io",)),
    )


def policy(component: Component, *excluded: str) -> kyverno.ClusterPolicy:
    pods = kyverno.ClusterPolicySpecRulesMatchAnyResources(kinds=["Pod"])
    out = kyverno.ClusterPolicySpecRulesExcludeAnyResources(namespaces=excluded)
    rule = kyverno.ClusterPolicySpecRules(
        name="rule",
        match=kyverno.ClusterPolicySpecRulesMatch(
            any=[kyverno.ClusterPolicySpecRulesMatchAny(resources=pods)]
        ),
        exclude=kyverno.ClusterPolicySpecRulesExclude(
            any=[kyverno.ClusterPolicySpecRulesExcludeAny(resources=out)]
        ),
    )
    return kyverno.ClusterPolicy(component, "policy", spec=kyverno.ClusterPolicySpec(rules=[rule]))


def test_a_custom_resource_waits_for_the_chart_that_installs_its_crd() -> None:
    cluster = new_cluster()
    cert_manager_component(cluster)
    issuer(new_component(cluster, "pki", layer="security"))
    assert order(cluster) == {"cert-manager": [], "pki": ["cert-manager"]}


def test_a_component_that_needs_its_own_charts_crds_is_split() -> None:
    cluster = new_cluster()
    issuer(cert_manager_component(cluster))
    assert order(cluster) == {"cert-manager": [], "cert-manager-config": ["cert-manager"]}
    assert [path for path in sorted(files(cluster)) if path.startswith("infra")] == [
        "infrastructure/cert-manager/cert-manager-helmrelease.yaml",
        "infrastructure/cert-manager/cert-manager-namespace.yaml",
        "infrastructure/cert-manager/config/issuer-clusterissuer.yaml",
        "infrastructure/cert-manager/config/kustomization.yaml",
        "infrastructure/cert-manager/kustomization.yaml",
    ]
    path = kustomization(cluster, "cert-manager-config")["path"]
    assert path == "./dist/c1/infrastructure/cert-manager/config"


def test_what_names_a_split_off_object_goes_with_it() -> None:
    cluster = new_cluster()
    component = cert_manager_component(cluster)
    config_map(component, uses=issuer(component).name)
    assert "infrastructure/cert-manager/config/settings-configmap.yaml" in files(cluster)


def test_a_reference_reaches_the_half_that_holds_the_object() -> None:
    cluster = new_cluster()
    made = issuer(cert_manager_component(cluster))
    config_map(new_component(cluster, "web"), uses=made.name)
    assert order(cluster)["web"] == ["cert-manager-config"]


def test_a_chart_that_makes_custom_resources_waits_for_their_crds() -> None:
    cluster = new_cluster()
    cert_manager_component(cluster)
    web = new_component(cluster, "web")
    HelmRelease(web, "web", chart=chart(), creates=["cert-manager.io"])
    assert order(cluster)["web"] == ["cert-manager"]


def test_a_remote_source_provides_crds_and_is_never_pruned() -> None:
    cluster = new_cluster()
    source = RemoteManifests(
        url="https://git.example.com/crds",
        commit="a" * 40,
        path="config/crd",
        groups=frozenset({"example.com"}),
    )
    Component(cluster, "crds", layer="infrastructure", source=source)
    body = {"apiVersion": "example.com/v1", "kind": "Thing"}
    RawResource(new_component(cluster, "web"), "thing", body)
    assert order(cluster) == {"crds": [], "web": ["crds"]}
    spec = kustomization(cluster, "crds")
    assert (spec["prune"], spec["path"], spec["sourceRef"]["name"]) == (
        False,
        "./config/crd",
        "crds",
    )


def test_files_of_another_repository_leave_the_rest_out() -> None:
    cluster = new_cluster()
    source = RemoteManifests(
        url="https://git.example.com/operator",
        tag="v1.0.0",
        path="deploy/crds",
        files=("one.yaml", "two.yaml"),
    )
    Component(cluster, "crds", layer="infrastructure", source=source)
    assert manifest(cluster, "flux/crds-gitrepository.yaml")["spec"]["ignore"].splitlines() == [
        "/*",
        "!/deploy",
        "/deploy/*",
        "!/deploy/crds",
        "/deploy/crds/*",
        "!/deploy/crds/one.yaml",
        "!/deploy/crds/two.yaml",
    ]


def test_a_crd_in_the_tree_provides_its_group_and_is_kept_when_removed() -> None:
    cluster = new_cluster()
    crds = Component(cluster, "crds", layer="infrastructure")
    names = {"plural": "things", "kind": "Thing"}
    body: JsonObject = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {"group": "example.com", "names": names, "scope": "Namespaced", "versions": []},
    }
    RawResource(crds, "crd", body, namespaced=False)
    thing = {"apiVersion": "example.com/v1", "kind": "Thing"}
    RawResource(new_component(cluster, "web"), "thing", thing)
    assert order(cluster) == {"crds": [], "web": ["crds"]}
    name = "infrastructure/crds/things.example.com-customresourcedefinition.yaml"
    assert b"kustomize.toolkit.fluxcd.io/prune: disabled" in files(cluster)[name]


def test_a_kind_without_an_installed_crd_is_an_error() -> None:
    cluster = new_cluster()
    issuer(new_component(cluster, "pki"))
    with pytest.raises(GraphError) as caught:
        files(cluster)
    assert caught.value.why == "nothing in cluster c1 installs the CRDs of cert-manager.io"
    assert "test_flux_order.py:" in caught.value.where


def test_two_providers_of_a_group_are_settled_by_the_layer() -> None:
    cluster = new_cluster()
    for name, layer in (("a-late", "apps"), ("z-early", "infrastructure")):
        namespace = Namespace(name, pod_security="restricted")
        provider = chart(name, provides=("cert-manager.io",))
        HelmComponent(cluster, name, layer=layer, namespace=namespace, chart=provider)
    issuer(new_component(cluster, "pki"))
    assert order(cluster)["pki"] == ["z-early"]


def test_a_shared_namespace_comes_from_the_component_that_declares_it() -> None:
    cluster = new_cluster()
    owner = new_component(cluster, "zone")
    config_map(new_component(cluster, "guest", namespace=owner.home_namespace))
    assert order(cluster) == {"guest": ["zone"], "zone": []}


def test_edges_that_others_imply_are_left_out() -> None:
    cluster = new_cluster()
    a = config_map(new_component(cluster, "a"))
    b = config_map(new_component(cluster, "b"), uses=a.name)
    config_map(new_component(cluster, "c"), uses=a.name, also=b.name)
    assert order(cluster) == {"a": [], "b": ["a"], "c": ["b"]}


def test_a_cycle_is_printed_with_the_line_of_each_edge() -> None:
    cluster = new_cluster()
    one, two, three = (new_component(cluster, name) for name in ("one", "two", "three"))
    config_map(one, uses=three.home_namespace.name)
    config_map(two, uses=one.home_namespace.name)
    config_map(three, uses=two.home_namespace.name)
    with pytest.raises(GraphError) as caught:
        files(cluster)
    assert caught.value.what == "one -> three -> two -> one"
    assert str(caught.value).count("small_platform.py:") == 4
    assert "one waits for three: ConfigMap one/settings names Namespace three" in caught.value.why


def test_a_later_layer_waits_for_the_policies_that_a_chart_makes() -> None:
    cluster = new_cluster(groups=("kyverno.io",))
    policies = HelmComponent(
        cluster,
        "policies",
        layer="security",
        namespace=Namespace("policies", pod_security="restricted"),
        chart=chart("policies"),
        creates=["kyverno.io"],
    )
    policies.makes_policies()
    for name, layer in (("checked", "apps"), ("beside", "security"), ("below", "infrastructure")):
        config_map(new_component(cluster, name, layer=layer))
    assert order(cluster) == {"below": [], "beside": [], "checked": ["policies"], "policies": []}


def test_a_later_layer_waits_for_its_admission_policy() -> None:
    cluster = new_cluster(groups=("kyverno.io",))
    policies = Component(cluster, "policies", layer="security")
    policy(policies, "system")
    for name, layer in (("system", "apps"), ("checked", "apps"), ("below", "infrastructure")):
        config_map(new_component(cluster, name, layer=layer))
    assert order(cluster) == {"below": [], "checked": ["policies"], "policies": [], "system": []}


def test_a_policy_never_closes_a_cycle() -> None:
    cluster = new_cluster(groups=("kyverno.io",))
    web = new_component(cluster, "web", layer="apps")
    policies = Component(cluster, "policies", layer="security")
    policies.needs(web)
    policy(policies)
    assert order(cluster) == {"policies": ["web"], "web": []}


def test_an_empty_component_is_an_error() -> None:
    cluster = new_cluster()
    Component(cluster, "nothing", layer="apps")
    with pytest.raises(GraphError, match="nothing to reconcile"):
        files(cluster)


def test_a_component_that_takes_the_name_of_a_split_half_is_an_error() -> None:
    cluster = new_cluster()
    issuer(cert_manager_component(cluster))
    new_component(cluster, "cert-manager-config")
    with pytest.raises(DuplicateObject, match="cert-manager-config"):
        files(cluster)


def test_a_component_named_like_the_root_is_an_error() -> None:
    cluster = new_cluster()
    new_component(cluster, "flux-system", namespace=Namespace("x", pod_security="restricted"))
    with pytest.raises(DuplicateObject, match="creates it already"):
        files(cluster)


@settings(max_examples=40)
@given(
    st.integers(2, 6).flatmap(
        lambda n: st.tuples(
            st.just(n), st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))
        )
    )
)
def test_the_reduction_orders_exactly_what_the_references_order(
    case: tuple[int, set[tuple[int, int]]],
) -> None:
    count, pairs = case
    edges = {(max(pair), min(pair)) for pair in pairs if pair[0] != pair[1]}
    cluster = new_cluster()
    components = [new_component(cluster, f"c{number}") for number in range(count)]
    made: list[Resource] = [config_map(component) for component in components]
    for one, other in sorted(edges):
        k8s.ConfigMap(components[one], f"to-{other}", data={"uses": made[other].name})
    reduced = {
        (int(one[1:]), int(other[1:])) for one, names in order(cluster).items() for other in names
    }
    assert _closure(reduced, count) == _closure(edges, count)
    for edge in reduced:
        assert edge not in _closure(reduced - {edge}, count)


def _closure(edges: set[tuple[int, int]], count: int) -> set[tuple[int, int]]:
    closed = set(edges)
    for middle, one, other in itertools.product(range(count), repeat=3):
        if (one, middle) in closed and (middle, other) in closed:
            closed.add((one, other))
    return closed
