"""Single sign-on of cloudlab: clients of Authentik, and the login before all other routes."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.charts.cloudlab_tree import Objects, objects_in, of_kind, values_of, written

SKIP = {"auth.catinthehack.ca/skip": "true"}
WITH_LOGIN = {"auth", "forgejo", "grafana", "headlamp"}


class Blueprint(yaml.SafeLoader):
    """Reads the tags of Authentik as tuples."""


def _tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> tuple[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        return suffix, loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.ScalarNode)
    return suffix, loader.construct_scalar(node)


Blueprint.add_multi_constructor("!", _tag)


@pytest.fixture(scope="module")
def objects() -> Objects:
    return objects_in(written())


@pytest.fixture(scope="module")
def blueprints(objects: Objects) -> dict[str, Any]:
    config_maps = of_kind(objects, "ConfigMap")
    mounted = values_of(objects, "authentik")["blueprints"]["configMaps"]
    return {
        file: yaml.load(text, Blueprint)  # a safe loader with tags
        for name in mounted
        for file, text in config_maps[name]["data"].items()
    }


def test_each_route_has_a_login_of_its_own_or_one_before_it(objects: Objects) -> None:
    skipped = {
        name
        for name, route in of_kind(objects, "HTTPRoute").items()
        if route["metadata"].get("labels") == SKIP
    }
    assert skipped == WITH_LOGIN
    rules = of_kind(objects, "ClusterPolicy")["inject-forward-auth"]["spec"]["rules"]
    for rule in rules:
        assert rule["exclude"]["any"] == [{"resources": {"selector": {"matchLabels": SKIP}}}]
        assert rule["match"]["any"][0]["resources"]["kinds"] == [
            "gateway.networking.k8s.io/v1/HTTPRoute"
        ]


def test_filter_names_the_middleware_that_is_generated_beside_the_route(objects: Objects) -> None:
    middleware, rule = of_kind(objects, "ClusterPolicy")["inject-forward-auth"]["spec"]["rules"]
    generated = middleware["generate"]
    (step,) = yaml.safe_load(rule["mutate"]["foreach"][0]["patchesJson6902"])
    reference = step["value"]["extensionRef"]
    assert reference["name"] == generated["name"]
    assert f"{reference['group']}/v1alpha1" == generated["apiVersion"]
    assert generated["namespace"] == "{{ request.object.metadata.namespace }}"
    # Deleted with its route, and with no other one.
    assert "{{ request.object.metadata.name }}" in generated["name"]


def test_kyverno_may_create_what_the_policy_generates(objects: Objects) -> None:
    controller = values_of(objects, "kyverno")["backgroundController"]
    (rule,) = controller["rbac"]["clusterRole"]["extraResources"]
    assert (rule["apiGroups"], rule["resources"]) == (["traefik.io"], ["middlewares"])
    assert {"create", "update", "delete"} <= set(rule["verbs"])


def test_traefik_reads_middlewares(objects: Objects) -> None:
    assert values_of(objects, "traefik")["providers"]["kubernetesCRD"] == {"enabled": True}
    assert "traefik-crds" in of_kind(objects, "HelmRelease")


def test_login_of_the_domain_is_at_the_host_that_is_left_alone(
    objects: Objects, blueprints: dict[str, Any]
) -> None:
    provider, _, outpost = blueprints["domain-proxy.yaml"]["entries"]
    assert provider["attrs"]["mode"] == "forward_domain"
    assert provider["attrs"]["external_host"] == "https://auth.catinthehack.ca"
    assert provider["attrs"]["cookie_domain"] == "catinthehack.ca"
    assert outpost["identifiers"] == {"managed": "goauthentik.io/outposts/embedded"}
    middleware, _ = of_kind(objects, "ClusterPolicy")["inject-forward-auth"]["spec"]["rules"]
    address = middleware["generate"]["data"]["spec"]["forwardAuth"]["address"]
    (backend,) = of_kind(objects, "HTTPRoute")["auth"]["spec"]["rules"][0]["backendRefs"]
    assert address.startswith(f"http://{backend['name']}.authentik.svc.cluster.local/")


@pytest.mark.parametrize("application", ["forgejo", "grafana", "headlamp"])
def test_client_has_the_secret_that_authentik_reads(
    application: str, objects: Objects, blueprints: dict[str, Any]
) -> None:
    provider, made = blueprints[f"{application}.yaml"]["entries"]
    tag, variable = provider["attrs"]["client_secret"]
    assert (tag, made["identifiers"]) == ("Env", {"slug": application})
    secrets = of_kind(objects, "Secret")
    names = {
        each["name"]: each["valueFrom"]["secretKeyRef"]
        for each in values_of(objects, "authentik")["global"]["env"]
    }
    assert names[variable]["key"] in secrets[names[variable]["name"]]["stringData"]
    (redirect,) = provider["attrs"]["redirect_uris"]
    assert redirect["url"].startswith(f"https://{application}.catinthehack.ca/")


def test_applications_log_in_where_their_client_is(objects: Objects) -> None:
    base = "https://auth.catinthehack.ca/application/o"
    (forgejo,) = values_of(objects, "forgejo")["gitea"]["oauth"]
    assert forgejo["autoDiscoverUrl"] == f"{base}/forgejo/.well-known/openid-configuration"
    grafana = values_of(objects, "kube-prometheus-stack")["grafana"]
    assert grafana["grafana.ini"]["auth.generic_oauth"]["token_url"] == f"{base}/token/"
    headlamp = values_of(objects, "headlamp")["config"]["oidc"]["externalSecret"]
    assert headlamp == {"enabled": True, "name": "headlamp-login"}


def test_api_server_accepts_the_tokens_that_people_bring_to_headlamp() -> None:
    machine = next(yaml.safe_load_all(written()["cloudlab/talos/talos-cp-1.yaml"]))
    options = machine["cluster"]["apiServer"]["extraArgs"]
    issuer = "https://auth.catinthehack.ca/application/o/headlamp/"
    assert (options["oidc-issuer-url"], options["oidc-client-id"]) == (issuer, "headlamp")


@pytest.mark.parametrize("application", ["authentik", "forgejo"])
def test_database_has_an_owner_for_each_application(application: str, objects: Objects) -> None:
    cluster = of_kind(objects, "Cluster")["postgres-cluster"]["spec"]
    roles = {each["name"]: each["passwordSecret"]["name"] for each in cluster["managed"]["roles"]}
    assert set(of_kind(objects, "Secret")[roles[application]]["stringData"]) == {
        "username",
        "password",
    }
    databases = {each["spec"]["name"] for each in of_kind(objects, "Database").values()}
    assert application in databases
    values = str(values_of(objects, application))
    assert re.search(r"postgres-cluster-rw\.postgres\.svc\.cluster\.local", values)
