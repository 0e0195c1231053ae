"""Machine configurations of the platforms on Talos, and their phases before the delivery."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubestrata.constructs.talos import SecretUri

DIST = Path(__file__).parents[2] / "dist"
NODES = {
    "apps": ["apps-01", "apps-02", "apps-03"],
    "cloudlab": ["talos-cp-1"],
    "goingdark": ["goingdark-control-1", "goingdark-worker-1"],
    "infra": ["infra-01", "infra-02", "infra-03"],
    "talos": [*(f"controlplane{one}" for one in range(3)), *(f"worker{one}" for one in range(3))],
}
BARE = ("apps", "infra")


def documents(cluster: str, node: str) -> list[dict[str, Any]]:
    """The documents of a node, the main one first."""
    return list(yaml.safe_load_all((DIST / cluster / "talos" / f"{node}.yaml").read_text()))


def document(cluster: str, node: str, kind: str, name: str = "") -> dict[str, Any]:
    """The document of a kind, and of a name if several have it."""
    found = [
        each
        for each in documents(cluster, node)
        if each.get("kind") == kind and name in ("", each.get("name"))
    ]
    (one,) = found
    return one


def references(cluster: str) -> set[str]:
    """The references to secrets in the files of a cluster."""
    texts = ((DIST / cluster / "talos" / f"{node}.yaml").read_text() for node in NODES[cluster])
    return {word for text in texts for word in text.split() if word.startswith("op://")}


@pytest.mark.parametrize("cluster", sorted(NODES))
def test_every_node_has_a_configuration(cluster: str) -> None:
    patches = {"extra-manifests", "inline-manifests"}
    found = {
        file.stem
        for file in (DIST / cluster / "talos").glob("*.yaml")
        if "schematic" not in file.stem and file.stem not in patches
    }
    assert found == set(NODES[cluster])


def test_bare_metal_nodes_have_their_ports_volumes_and_watchdog() -> None:
    kinds = Counter(
        each.get("kind")
        for cluster in BARE
        for node in NODES[cluster]
        for each in documents(cluster, node)
    )
    assert kinds == {
        None: 6,
        "EthernetConfig": 12,
        "UserVolumeConfig": 6,
        "WatchdogTimerConfig": 6,
    }
    ports = [each.get("name") for each in documents("apps", "apps-03") if "rings" in each]
    assert ports == ["enp1s0", "enp1s0d1"]


@pytest.mark.parametrize("cluster", BARE)
def test_two_ports_are_one_bond_with_a_static_address(cluster: str) -> None:
    for number, node in enumerate(NODES[cluster], start=11 if cluster == "infra" else 14):
        network = documents(cluster, node)[0]["machine"]["network"]
        (bond,) = (each for each in network["interfaces"] if each["interface"] == "bond0")
        assert bond["addresses"] == [f"10.25.11.{number}/24"]
        assert (bond["bond"]["mode"], bond["mtu"], bond["dhcp"]) == ("802.3ad", 9000, False)
        assert [each["vlanId"] for each in bond["vlans"]] == [2512]
        assert network["hostname"] == node


@pytest.mark.parametrize("cluster", BARE)
def test_secrets_are_references_to_the_item_of_the_cluster(cluster: str) -> None:
    found = references(cluster)
    assert {SecretUri(each).rpartition("/")[0] for each in found} == {f"op://Prod/{cluster}-talos"}
    fields = {each.rpartition("/")[2] for each in found}
    pairs = ("MACHINE_CA", "CLUSTER_CA", "CLUSTER_AGGREGATORCA", "CLUSTER_ETCD_CA")
    assert fields == {
        "MACHINE_TOKEN",
        "CLUSTER_ID",
        "CLUSTER_SECRET",
        "CLUSTER_TOKEN",
        "CLUSTER_SECRETBOXENCRYPTIONSECRET",
        "CLUSTER_SERVICEACCOUNT_KEY",
        *(f"{name}_{part}" for name in pairs for part in ("CRT", "KEY")),
    }


@pytest.mark.parametrize("node", NODES["talos"])
def test_mirrors_are_projects_of_harbor_before_the_registries(node: str) -> None:
    mirrors = documents("talos", node)[0]["machine"]["registries"]["mirrors"]
    harbor = "https://registry.test-cluster.agentydragon.com/v2"
    assert {name: each["endpoints"] for name, each in mirrors.items()} == {
        "docker.io": [f"{harbor}/docker-hub-proxy", "https://registry-1.docker.io/v2"],
        "ghcr.io": [f"{harbor}/ghcr-proxy", "https://ghcr.io/v2"],
        "quay.io": [f"{harbor}/quay-proxy", "https://quay.io/v2"],
        "registry.k8s.io": [f"{harbor}/registry-k8s-io-proxy", "https://registry.k8s.io/v2"],
    }
    assert all(each["overridePath"] for each in mirrors.values())


@pytest.mark.parametrize("node", NODES["talos"])
def test_nodes_trust_the_root_of_the_registry(node: str) -> None:
    roots = document("talos", node, "TrustedRootsConfig")["certificates"]
    assert roots.startswith("-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize("node", NODES["talos"])
def test_only_control_planes_hold_the_virtual_ip_and_route_to_services(node: str) -> None:
    is_control_plane = node.startswith("controlplane")
    (interface,) = documents("talos", node)[0]["machine"]["network"]["interfaces"]
    expected = {"vip": {"ip": "10.2.3.1"}} if is_control_plane else {"dhcp": False}
    assert interface == {"interface": "eth0", **expected}
    key, arguments = document("talos", node, "ExtensionServiceConfig")["environment"]
    assert key == "TS_AUTHKEY=${TS_AUTHKEY}"
    assert ("--advertise-routes=10.2.3.0/27" in arguments) is is_control_plane


def test_a_node_of_talos_has_the_id_and_the_image_of_its_own_machine() -> None:
    found = [documents("talos", node)[0]["machine"] for node in NODES["talos"]]
    ids = [each["kubelet"]["extraArgs"]["provider-id"].rpartition("/")[2] for each in found]
    assert ids == ["1500", "1501", "1502", "2000", "2001", "2002"]
    assert len({each["install"]["image"] for each in found}) == len(found)


def test_volumes_of_cloudlab_are_sealed_to_secure_boot() -> None:
    state, ephemeral = (
        document("cloudlab", "talos-cp-1", "VolumeConfig", name)["encryption"]["keys"]
        for name in ("STATE", "EPHEMERAL")
    )
    assert state == [{"slot": 0, "tpm": {"checkSecurebootStatusOnEnroll": True}}]
    assert ephemeral == [{**state[0], "lockToState": True}]


@pytest.mark.parametrize("cluster", BARE)
def test_core_releases_are_installed_before_flux(cluster: str) -> None:
    text = (DIST / cluster / "bootstrap" / "helmfile.yaml").read_text()
    releases = {each["name"]: each for each in yaml.safe_load(text)["releases"]}
    core = [name for name, each in releases.items() if each["labels"]["phase"] == "core"]
    assert core == ["cilium", "coredns", "cert-manager", "external-secrets", "flux-operator"]
    versions = [releases[name]["version"] for name in core]
    assert versions == ["1.18.3", "1.45.0", "v1.19.0", "0.20.4", "0.32.0"]
    values = yaml.safe_load((DIST / cluster / "bootstrap" / "values" / "cilium.yaml").read_text())
    assert values["cgroup"] == {"autoMount": {"enabled": False}, "hostRoot": "/sys/fs/cgroup"}


@pytest.mark.parametrize("cluster", BARE)
def test_the_flux_instance_synchronizes_the_folder_of_its_cluster(cluster: str) -> None:
    folder = DIST / cluster
    early = yaml.safe_load((folder / "bootstrap" / "delivery" / "objects.yaml").read_text())
    delivered = folder / "infrastructure" / "flux-instance" / "flux-fluxinstance.yaml"
    assert early == yaml.safe_load(delivered.read_text())
    assert early["spec"]["sync"]["path"] == f"dist/{cluster}/flux"
    assert early["spec"]["distribution"]["version"] == "2.7.2"
    assert len(early["spec"]["components"]) == len(early["spec"]["kustomize"]["patches"]) == 6


@pytest.mark.parametrize("cluster", sorted(NODES))
def test_every_cluster_has_a_page_of_its_phases(cluster: str) -> None:
    page = (DIST / cluster / "bootstrap" / "README.md").read_text()
    assert page.startswith(f"# Bootstrap of {cluster}\n")
    assert page.index("```sh\n") < page.index("Delivery")
