"""Gateways, DNS, certificates, secrets and admission policies of mycluster-0."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any, cast

import pytest
import yaml

from charts import catalogue
from tests import main_platform

Objects = list[dict[str, Any]]
HELM_VALUES = Path(__file__).parents[3] / "shared" / "schemas" / "helm-values"


@pytest.fixture(scope="module")
def objects() -> Objects:
    return [
        document
        for path, content in main_platform.delivered().contents.items()
        if path.startswith("mycluster-0/")
        and PurePosixPath(path).name != "kustomization.yaml"
        and not path.endswith(".enc.yaml")
        for document in yaml.load_all(content, yaml.CSafeLoader)
    ]


def of_kind(objects: Objects, kind: str, namespace: str = "") -> dict[str, dict[str, Any]]:
    found = [
        each
        for each in objects
        if each["kind"] == kind and namespace in ("", each["metadata"].get("namespace"))
    ]
    return {each["metadata"]["name"]: each for each in found}


def values_of(objects: Objects, release: str) -> dict[str, Any]:
    return cast("dict[str, Any]", of_kind(objects, "HelmRelease")[release]["spec"]["values"])


def waits(objects: Objects, unit: str) -> set[str]:
    """Return all dependencies of a Kustomization, direct or indirect."""
    units = of_kind(objects, "Kustomization")
    found: set[str] = set()
    waiting = [unit]
    while waiting:
        for each in units[waiting.pop()]["spec"].get("dependsOn", []):
            if each["name"] not in found:
                found.add(each["name"])
                waiting.append(each["name"])
    return found


def gateways(objects: Objects) -> dict[str, dict[str, Any]]:
    return of_kind(objects, "Gateway", "infrastructure")


def test_tailnet_tags_separate_the_private_gateways(objects: Objects) -> None:
    found = {
        name: gateway["spec"]["infrastructure"]["annotations"].get("tailscale.com/tags")
        for name, gateway in gateways(objects).items()
    }
    assert found == {
        "platform-tailscale-admin": "tag:admin",
        "platform-tailscale-general": "tag:k8s",
    }


def test_each_gateway_is_a_machine_with_proxies_of_its_own_class(objects: Objects) -> None:
    classes = set(of_kind(objects, "ProxyClass"))
    default = values_of(objects, "tailscale-operator")["proxyConfig"]["defaultProxyClass"]
    found = {}
    for gateway in gateways(objects).values():
        notes = gateway["spec"]["infrastructure"]["annotations"]
        proxies = notes.get("tailscale.com/proxy-class", default)
        found[notes["tailscale.com/hostname"]] = proxies
    assert found == {"gateway-admin-priv": "admin", "gateway-general-priv": "general"}
    assert set(found.values()) == classes


def test_gateways_of_the_platform_are_in_the_tailnet(objects: Objects) -> None:
    classes = {
        name: config["spec"]["service"]["loadBalancerClass"]
        for name, config in of_kind(objects, "CiliumGatewayClassConfig").items()
    }
    found = {
        name: classes[gateway["spec"]["gatewayClassName"]]
        for name, gateway in gateways(objects).items()
    }
    assert found == {
        "platform-tailscale-admin": "tailscale",
        "platform-tailscale-general": "tailscale",
    }


def test_each_listener_serves_a_certificate_for_its_hosts(objects: Objects) -> None:
    certificates = {
        each["spec"]["secretName"]: each["spec"]
        for each in of_kind(objects, "Certificate", "infrastructure").values()
    }
    issuers = {"*.priv.cloud.ogenki.io": "openbao"}
    for gateway in gateways(objects).values():
        plain, listener = gateway["spec"]["listeners"]
        assert (plain["protocol"], "tls" in plain) == ("HTTP", False)
        (secret,) = listener["tls"]["certificateRefs"]
        certificate = certificates[secret["name"]]
        assert certificate["dnsNames"] == [listener["hostname"]]
        assert certificate["issuerRef"]["name"] == issuers[listener["hostname"]]


def test_no_listener_admits_routes_of_every_namespace(objects: Objects) -> None:
    for gateway in gateways(objects).values():
        for listener in gateway["spec"]["listeners"]:
            namespaces = listener["allowedRoutes"]["namespaces"]
            if listener["protocol"] == "HTTP":
                assert namespaces == {"from": "Same"}
                continue
            assert namespaces["from"] == "Selector"
            (expression,) = namespaces["selector"]["matchExpressions"]
            assert expression["key"] == "kubernetes.io/metadata.name"


def test_plain_http_is_sent_to_https_and_publishes_no_name(objects: Objects) -> None:
    routes = of_kind(objects, "HTTPRoute")
    for name in gateways(objects):
        route = routes[f"{name}-https"]
        assert route["spec"]["parentRefs"][0]["sectionName"] == "http"
        (rule,) = route["spec"]["rules"]
        assert rule["filters"][0]["requestRedirect"] == {"scheme": "https", "statusCode": 301}
        assert route["metadata"]["annotations"] == {
            "external-dns.alpha.kubernetes.io/controller": "none"
        }


def test_proxies_are_admitted_where_no_route_has_a_policy_and_nothing_is_denied(
    objects: Objects,
) -> None:
    spec = of_kind(objects, "CiliumClusterwideNetworkPolicy")["allow-gateway-l7-proxy"]["spec"]
    (admitted,) = spec["endpointSelector"]["matchExpressions"]
    assert admitted["values"] == ["flux-system"]
    assert spec["ingress"] == [{"fromEntities": ["ingress"]}]
    assert spec["enableDefaultDeny"] == {"ingress": False}


def test_external_dns_selects_the_label_of_the_gateways(objects: Objects) -> None:
    every = of_kind(objects, "Gateway").values()
    for release in ("external-dns", "external-dns-private"):
        argument = values_of(objects, release)["extraArgs"][-1]
        key, _, value = argument.removeprefix("--gateway-label-filter=").partition("=")
        found = [each["metadata"].get("labels", {}).get(key) for each in every]
        assert found == [value] * len(every)


def test_private_hosts_get_no_record_in_the_public_zone(objects: Objects) -> None:
    found = {
        values["extraArgs"][0]: (values["domainFilters"], values.get("excludeDomains"))
        for name in ("external-dns", "external-dns-private")
        for values in [values_of(objects, name)]
    }
    assert found == {
        "--aws-zone-type=private": (["priv.cloud.ogenki.io"], None),
        "--aws-zone-type=public": (["cloud.ogenki.io"], ["priv.cloud.ogenki.io"]),
    }
    accounts = [
        values_of(objects, name)["serviceAccount"]
        for name in ("external-dns", "external-dns-private")
    ]
    assert [each["create"] for each in accounts] == [True, False]
    assert {each["name"] for each in accounts} == {"external-dns"}


def test_components_that_call_aws_wait_for_their_identity(objects: Objects) -> None:
    for unit in ("cert-manager", "external-dns", "external-secrets"):
        assert "eks-pod-identities" in waits(objects, unit)


def test_issuers_are_two_of_lets_encrypt_and_one_of_openbao(objects: Objects) -> None:
    issuers = of_kind(objects, "ClusterIssuer")
    assert sorted(issuers) == ["letsencrypt-prod", "letsencrypt-staging", "openbao"]
    servers = {
        name: issuer["spec"]["acme"]["server"]
        for name, issuer in issuers.items()
        if "acme" in issuer["spec"]
    }
    assert (
        "staging" in servers["letsencrypt-staging"],
        "staging" in servers["letsencrypt-prod"],
    ) == (
        True,
        False,
    )
    for name in servers:
        (solver,) = issuers[name]["spec"]["acme"]["solvers"]
        assert solver["dns01"] == {"route53": {"region": "${region}"}}


def test_openbao_login_has_a_role_id_of_the_cluster_and_a_secret_of_the_store(
    objects: Objects,
) -> None:
    vault = of_kind(objects, "ClusterIssuer")["openbao"]["spec"]["vault"]
    role = vault["auth"]["appRole"]
    keys = {
        each["secretKey"]
        for each in of_kind(objects, "ExternalSecret", "security")[role["secretRef"]["name"]][
            "spec"
        ]["data"]
    }
    assert role["roleId"] == "${cert_manager_approle_id}"
    assert keys == {role["secretRef"]["key"], vault["caBundleSecretRef"]["key"]}
    sources = of_kind(objects, "Kustomization")["cert-manager-config"]["spec"]["postBuild"]
    assert {"kind": "Secret", "name": "cert-manager-openbao-approle"} in sources["substituteFrom"]


def test_crds_and_controllers_have_one_version(objects: Objects) -> None:
    repositories = of_kind(objects, "GitRepository")
    releases = of_kind(objects, "HelmRelease")
    version = releases["external-secrets"]["spec"]["chart"]["spec"]["version"]
    tag = repositories["crds-external-secrets"]["spec"]["ref"]["tag"]
    assert (version, tag) == ("1.2.1", "v1.2.1")
    assert values_of(objects, "external-secrets")["installCRDs"] is False
    assert releases["cert-manager"]["spec"]["chart"]["spec"]["version"] == "v1.19.2"
    assert values_of(objects, "cert-manager")["crds"]["enabled"] is True
    assert not any("cert-manager" in each["spec"]["url"] for each in repositories.values())


def test_kyverno_waits_for_the_crds_that_it_does_not_install(objects: Objects) -> None:
    assert values_of(objects, "kyverno")["crds"]["install"] is False
    assert "crds-kyverno" in waits(objects, "kyverno")
    assert "kyverno" in waits(objects, "kyverno-policies")


def test_pods_of_kyvernos_hooks_are_under_the_policy_of_its_release(objects: Objects) -> None:
    policy = of_kind(objects, "CiliumNetworkPolicy", "security")["kyverno"]["spec"]
    values = values_of(objects, "kyverno")
    labels = policy["endpointSelector"]["matchLabels"]
    assert values["crds"]["migration"]["podLabels"] == labels
    assert values["webhooksCleanup"]["podLabels"] == labels


def test_webhooks_admit_the_api_server(objects: Objects) -> None:
    ports = {}
    for name, policy in of_kind(objects, "CiliumNetworkPolicy", "security").items():
        for rule in policy["spec"].get("ingress", []):
            if rule.get("fromEntities") == ["kube-apiserver"]:
                ports[name] = [port["port"] for port in rule["toPorts"][0]["ports"]]
    wanted = {
        "cert-manager-webhook": ["10250"],
        "external-secrets-webhook": ["10250"],
        "kyverno": ["9443"],
    }
    assert {name: ports.get(name) for name in wanted} == wanted


def unlisted(values: dict[str, Any], defaults: dict[str, Any], path: str = "") -> set[str]:
    """Return keys that the defaults do not list; an empty default allows any key."""
    found: set[str] = set()
    for key, value in values.items():
        if key not in defaults:
            found.add(path + key)
        elif isinstance(value, dict) and isinstance(defaults[key], dict) and defaults[key]:
            found |= unlisted(cast("dict[str, Any]", value), defaults[key], f"{path}{key}.")
    return found


@pytest.mark.skipif(not HELM_VALUES.is_dir(), reason="the charts' default values are not at hand")
@pytest.mark.parametrize("chart", ["cert-manager", "external-dns", "external-secrets", "kyverno"])
def test_values_use_only_keys_that_the_chart_knows(chart: str, objects: Objects) -> None:
    defaults = yaml.load((HELM_VALUES / f"{chart}.values.yaml").read_text(), yaml.CSafeLoader)
    assert unlisted(values_of(objects, chart), defaults) == set()


def test_charts_are_of_the_platforms_versions(objects: Objects) -> None:
    releases = of_kind(objects, "HelmRelease")
    found = {
        name: releases[name]["spec"]["chart"]["spec"]["version"]
        for name in ("external-dns", "kyverno", "kyverno-policies")
    }
    assert found == {
        "external-dns": catalogue.EXTERNAL_DNS.version,
        "kyverno": "3.6.2",
        "kyverno-policies": catalogue.KYVERNO_POLICIES.version,
    }


def test_tls_for_single_sign_on_ends_in_its_own_pods(objects: Objects) -> None:
    gateway = of_kind(objects, "Gateway", "security")["zitadel"]["spec"]
    (listener,) = gateway["listeners"]
    route = of_kind(objects, "TLSRoute")["zitadel"]
    values = values_of(objects, "zitadel")
    certificate = of_kind(objects, "Certificate", "security")["zitadel"]["spec"]
    config = values["zitadel"]["configmapConfig"]
    assert (listener["protocol"], listener["tls"]) == ("TLS", {"mode": "Passthrough"})
    assert route["apiVersion"] == "gateway.networking.k8s.io/v1alpha2"
    assert route["spec"]["hostnames"] == certificate["dnsNames"] == [config["ExternalDomain"]]
    assert values["zitadel"]["serverSslCrtSecret"] == certificate["secretName"]
    assert config["TLS"] == {"Enabled": True}


def test_single_sign_on_uses_the_secrets_created_for_it(objects: Objects) -> None:
    values = values_of(objects, "zitadel")
    made = of_kind(objects, "ExternalSecret", "security")
    named = {values["envVarsSecret"], values["zitadel"]["masterkeySecretName"]}
    assert named <= set(made)
    secrets = {
        each["valueFrom"]["secretKeyRef"]["name"] for each in values["env"] if "valueFrom" in each
    }
    assert secrets == {"xplane-zitadel-app"}


def test_the_gateway_reaches_the_pods_of_single_sign_on_and_no_job(objects: Objects) -> None:
    policy = of_kind(objects, "CiliumNetworkPolicy", "security")["zitadel-from-gateway"]["spec"]
    assert policy["endpointSelector"]["matchLabels"]["app.kubernetes.io/component"] == "start"
    assert policy["ingress"][0]["fromEntities"] == ["ingress"]
