"""The network of infra and apps, read from `dist/`."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

DIST = Path(__file__).resolve().parents[2] / "dist"
CLUSTERS = ("apps", "infra")
MODES = ("audit", "enforce", "warn")
CILIUM, CORE, POLICY = "cilium.io/v2", "v1", "networking.k8s.io/v1"
BASELINE = {"allow-dns-egress", "allow-internal", "allow-kube-api-egress", "default-deny-all"}
LEVELS = {
    "restricted": (
        "cnpg-system",
        "dragonfly-operator-system",
        "dragonfly-system",
        "external-secrets",
        "keycloak-operator-system",
        "keycloak-system",
        "messaging",
        "strimzi-operator-system",
    ),
    "baseline": (
        "actions-runner-system",
        "cert-manager",
        "gitlab-runner",
        "gitlab-system",
        "harbor",
        "networking",
    ),
    "privileged": (
        "fluent-bit",
        "flux-system",
        "observability",
        "openebs-system",
        "rook-ceph",
    ),
}
OPEN = {
    "actions-runner-system",
    "fluent-bit",
    "gitlab-runner",
    "messaging",
    "strimzi-operator-system",
}
FLOOR = {
    ("cert-manager.io/v1", "ClusterIssuer"): 2,
    ("cert-manager.io/v1", "Certificate"): 1,
    (CILIUM, "CiliumBGPAdvertisement"): 1,
    (CILIUM, "CiliumBGPClusterConfig"): 1,
    (CILIUM, "CiliumBGPPeerConfig"): 1,
    (CILIUM, "CiliumLoadBalancerIPPool"): 1,
    (CILIUM, "CiliumNetworkPolicy"): 9,
    ("external-secrets.io/v1", "ClusterSecretStore"): 1,
    ("external-secrets.io/v1", "ExternalSecret"): 5,
    ("gateway.networking.k8s.io/v1", "Gateway"): 2,
    ("gateway.networking.k8s.io/v1", "GatewayClass"): 1,
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"): 8,
    (POLICY, "NetworkPolicy"): 23,
    ("rbac.authorization.k8s.io/v1", "ClusterRole"): 2,
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"): 2,
    (CORE, "Namespace"): 19,
    (CORE, "ServiceAccount"): 3,
}


@cache
def objects(cluster: str) -> list[dict[str, Any]]:
    files = sorted((DIST / cluster).glob("*/*/**/*.yaml"))
    found = (each for file in files for each in yaml.safe_load_all(file.read_text()))
    return [each for each in found if isinstance(each, dict) and "metadata" in each]


def of_kind(cluster: str, kind: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the objects of a kind by namespace and name."""
    return {
        (each["metadata"].get("namespace", ""), each["metadata"]["name"]): each
        for each in objects(cluster)
        if each.get("kind") == kind
    }


def waits_for(cluster: str, name: str) -> set[str]:
    """Return what a Kustomization waits for, directly or through others."""
    found: set[str] = set()
    todo = [name]
    while todo:
        file = DIST / cluster / "flux" / f"{todo.pop()}-kustomization.yaml"
        after = yaml.safe_load(file.read_text())["spec"].get("dependsOn", [])
        todo += [each["name"] for each in after if each["name"] not in found]
        found |= {each["name"] for each in after}
    return found


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_kinds_are_at_least_those_of_the_original(cluster: str) -> None:
    counted = Counter((each["apiVersion"], each["kind"]) for each in objects(cluster))
    assert {kind: counted[kind] for kind in FLOOR if counted[kind] < FLOOR[kind]} == {}


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_every_namespace_has_its_level_for_all_modes(cluster: str) -> None:
    found = of_kind(cluster, "Namespace")
    for level, names in LEVELS.items():
        for name in names:
            labels = found["", name]["metadata"]["labels"]
            modes = {
                labels[f"pod-security.kubernetes.io/{m}"] for m in ("enforce", "audit", "warn")
            }
            assert (name, modes) == (name, {level})
    assert len(found) == sum(map(len, LEVELS.values()))


@pytest.mark.parametrize("cluster", CLUSTERS)
@pytest.mark.parametrize("kind", ["CiliumNetworkPolicy", "NetworkPolicy"])
def test_the_baseline_is_in_fifteen_namespaces(cluster: str, kind: str) -> None:
    found: dict[str, set[str]] = {}
    for namespace, name in of_kind(cluster, kind):
        if name in BASELINE:
            found.setdefault(namespace, set()).add(name)
    declared = {name for names in LEVELS.values() for name in names}
    assert set(found) == (declared | {"kube-system"}) - OPEN
    assert {frozenset(names) for names in found.values()} == {frozenset(BASELINE)}
    assert len(found) == 15


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("cilium-bgp", {"cilium-ipam", "cilium"}),
        ("cilium-clustermesh", {"cilium", "onepassword-store"}),
        ("cilium-gateway", {"wildcard-tls", "cert-manager-issuers", "cilium-config"}),
        ("cloudflared", {"cilium-gateway", "onepassword-store"}),
        ("external-dns-cloudflare", {"cilium-gateway", "onepassword-store"}),
        ("external-dns-rfc2136", {"cilium-gateway", "onepassword-store"}),
        ("onepassword-store", {"external-secrets", "crds-external-secrets"}),
    ],
)
@pytest.mark.parametrize("cluster", CLUSTERS)
def test_components_wait_for_what_they_need(cluster: str, name: str, others: set[str]) -> None:
    assert others <= waits_for(cluster, name)


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_tunnel_ends_at_the_service_that_cilium_creates(cluster: str) -> None:
    (config,) = [
        each
        for (namespace, name), each in of_kind(cluster, "ConfigMap").items()
        if namespace == "networking" and name.startswith("cloudflared-config")
    ]
    gateway = "cilium-gateway-external"
    assert ("kube-system", gateway) in of_kind(cluster, "Gateway")
    target = f"https://cilium-gateway-{gateway}.kube-system.svc.cluster.local"
    ingress = yaml.safe_load(config["data"]["config.yaml"])["ingress"]
    assert ingress == [
        {"hostname": "*.monosense.io", "service": target},
        {"service": "http_status:404"},
    ]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_certificate_has_every_host_of_the_gateways(cluster: str) -> None:
    names = of_kind(cluster, "Certificate")["kube-system", "wildcard-tls"]["spec"]["dnsNames"]
    assert names == [
        "*.monosense.io",
        "monosense.io",
        "*.infra.monosense.io",
        "*.apps.monosense.io",
        "*.gitlab.apps.monosense.io",
    ]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_controllers_reach_what_the_baseline_denies(cluster: str) -> None:
    policies = of_kind(cluster, "CiliumNetworkPolicy")
    hosts = {
        place: [name for rule in each["spec"].get("egress", ()) for name in rule.get("toFQDNs", ())]
        for place, each in policies.items()
    }
    connect = {"matchName": "opconnect.monosense.dev"}
    assert connect in hosts["external-secrets", "allow-1password-connect"]
    acme = {"matchName": "acme-v02.api.letsencrypt.org"}
    assert any(acme in names for (home, _), names in hosts.items() if home == "cert-manager")
    assert policies["flux-system", "flux"]["spec"]["egress"][0]["toEntities"] == ["world"]
    assert ("kube-system", "coredns") in policies


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_api_server_is_reached_at_the_node_itself(cluster: str) -> None:
    values = of_kind(cluster, "HelmRelease")["kube-system", "cilium"]["spec"]["values"]
    assert (values["k8sServiceHost"], values["k8sServicePort"]) == ("localhost", 7445)
    assert values["cgroup"] == {"autoMount": {"enabled": False}, "hostRoot": "/sys/fs/cgroup"}
    assert values["clustermesh"]["useAPIServer"] is True
