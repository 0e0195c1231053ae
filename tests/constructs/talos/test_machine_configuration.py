"""Machine configuration of Talos nodes: merged documents, references, checks."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from kubeapis import talos as talos_1_12
from kubeapis import talos_1_9
from kubeapis import talos_1_11 as talos
from kubestrata.constructs.talos import (
    ControlPlane,
    MachineConfiguration,
    MachineNetwork,
    PlatformNetwork,
    Schematic,
    SecretUri,
    SecretVariable,
    Worker,
)
from kubestrata.core.errors import DuplicateObject, InvalidBody, InvalidValue, SourceError
from kubestrata.core.struct import Struct
from tests.constructs.talos.machines import (
    CONFIG,
    NETWORK,
    VERSION,
    configure,
    control_plane,
    interface,
    machine,
    text,
    worker,
)
from tests.small_platform import files, new_cluster

TALOSCTL = shutil.which("talosctl")
ROOT = Path(__file__).parents[3]
INLINE = talos.ClusterInlineManifest(
    name="login",
    contents="apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: c2VjcmV0}\n",
)
KEY = "-----BEGIN ED25519 PRIVATE KEY-----\nMC4CAQ\n-----END ED25519 PRIVATE KEY-----\n"


def test_machine_configuration_minimal(snapshot: SnapshotAssertion) -> None:
    cluster = new_cluster()
    configure(cluster, control_plane("cp-1", "192.0.2.10"))
    assert text(cluster, "cp-1") == snapshot


def test_machine_configuration_full(snapshot: SnapshotAssertion) -> None:
    cluster = new_cluster()
    schematic = Schematic(extensions=["siderolabs/iscsi-tools"], kernel_arguments=["-selinux"])
    own = Schematic(network=PlatformNetwork("w-1", "192.0.2.20/24", "192.0.2.1", ["192.0.2.53"]))
    image = schematic.image(VERSION)
    key = SecretVariable("TS_AUTHKEY")
    MachineConfiguration(
        cluster,
        version=VERSION,
        network=NETWORK,
        schematic=schematic,
        documents=[
            CONFIG,
            machine(sysctls={"vm.nr_hugepages": "1024"}, node_labels={"rack": "a"}),
            talos.WatchdogTimerConfig(device="/dev/watchdog0", timeout="5m"),
        ],
        control_plane=[
            machine(ca=talos.ConfigMachineCa(key=SecretUri("op://Prod/home/MACHINE_CA_KEY"))),
            interface(vip="192.0.2.9"),
        ],
        worker=[
            talos.ExtensionServiceConfig(name="tailscale", environment=[f"TS_AUTHKEY={key}"]),
        ],
        nodes=[
            control_plane(
                "cp-1",
                "192.0.2.10",
                interface("192.0.2.10/24", gateway="192.0.2.1"),
                machine(install=talos.InstallConfig(image=image), node_labels={"rack": "b"}),
                talos.EthernetConfig(name="eth0", rings=talos.EthernetRingsConfig(rx=8160)),
            ),
            Worker("w-1", "192.0.2.20", [machine(sysctls={"fs.nr_open": "9"})], own),
        ],
    )
    found = {name: each.decode() for name, each in files(cluster).items() if "talos/" in name}
    assert found == snapshot


def test_a_node_has_the_documents_of_its_role() -> None:
    cluster = new_cluster()
    MachineConfiguration(
        cluster,
        version=VERSION,
        network=NETWORK,
        control_plane=[talos.WatchdogTimerConfig(device="/dev/watchdog0")],
        worker=[talos.UserVolumeConfig(name="data")],
        nodes=[control_plane("cp-1", "192.0.2.10"), worker("w-1", "192.0.2.20")],
    )
    kinds = {
        name: [each.get("kind") for each in yaml.safe_load_all(text(cluster, name))]
        for name in ("cp-1", "w-1")
    }
    assert kinds == {"cp-1": [None, "WatchdogTimerConfig"], "w-1": [None, "UserVolumeConfig"]}


def test_documents_are_merged_as_talos_merges_patches() -> None:
    cluster = new_cluster()
    configure(
        cluster,
        control_plane(
            "cp-1",
            "192.0.2.10",
            interface(vip="192.0.2.9"),
            interface("192.0.2.10/24"),
            machine(cert_sans=["b"], sysctls={"a": "2", "b": "1"}),
        ),
        documents=[CONFIG, machine(cert_sans=["a"], sysctls={"a": "1"})],
    )
    (config,) = yaml.safe_load_all(text(cluster, "cp-1"))
    assert config["machine"]["certSANs"] == ["a", "b"]
    assert config["machine"]["sysctls"] == {"a": "2", "b": "1"}
    assert config["machine"]["network"]["interfaces"] == [
        {"interface": "eth0", "vip": {"ip": "192.0.2.9"}, "addresses": ["192.0.2.10/24"]}
    ]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (("cp-1", "192.0.2.10"), ("cp-1", "192.0.2.11"), "hostname cp-1: is that of a node"),
        (("cp-1", "192.0.2.10"), ("cp-2", "192.0.2.10"), "address 192.0.2.10: is that of a node"),
        (("cp-1", "192.0.2.10"), ("cp-2", "198.51.100.1"), "outside of the nodes' subnets"),
        (("cp-1", "192.0.2.10"), ("cp-2", "192.0.2.110"), "is in 192.0.2.100-192.0.2.119"),
        (("cp-1", "192.0.2.10"), ("cp-2", "192.0.2.1"), "is in 192.0.2.1/32, which is reserved"),
    ],
)
def test_addresses_and_hostnames_of_nodes_are_checked(
    first: tuple[str, str], second: tuple[str, str], message: str
) -> None:
    nodes = [ControlPlane(*first)]
    nodes.append(ControlPlane(*second))
    with pytest.raises(SourceError, match=message) as raised:
        configure(new_cluster(), *nodes)
    # The line of the second node, not of the construct.
    assert raised.value.where.startswith(str(nodes[1].origin).split(" ", maxsplit=1)[0])


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([interface("192.0.2.11/24")], "is in the subnet of 192.0.2.10"),
        ([interface("192.0.2.300/24")], "is not a valid address"),
        ([interface("192.0.2.10/24", gateway="198.51.100.1")], "is not in a subnet of its inter"),
        ([interface(vip="192.0.2.10")], "virtual IP 192.0.2.10: is the address of cp-1"),
        ([interface(vip="192.0.2.101")], "virtual IP 192.0.2.101: is in 192.0.2.100-192.0.2.119"),
        ([interface(vip="no address")], "virtual IP 'no address': is not valid"),
        ([machine(network=talos.NetworkConfig(hostname="other"))], "hostname 'other'"),
        (
            [
                machine(
                    kubelet=talos.KubeletConfig(
                        node_ip=talos.KubeletNodeIPConfig(valid_subnets=["192.0.2.10/24"])
                    )
                )
            ],
            "has bits of a host",
        ),
        (
            [machine(install=talos.InstallConfig(image="ghcr.io/siderolabs/installer:v1.10.0"))],
            "is not of Talos v1.11.2",
        ),
        ([talos.MachineConfig(type="worker")], "is a part of a document"),
        ([talos_1_9.Config()], "use kubeapis.talos_1_11.Config"),
    ],
)
def test_documents_of_a_node_are_checked(documents: Sequence[Struct], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        configure(new_cluster(), ControlPlane("cp-1", "192.0.2.10", documents))


def test_two_nodes_cannot_have_one_address_on_another_interface() -> None:
    storage = interface("198.51.100.9/24")
    with pytest.raises(DuplicateObject, match=r"address 198.51.100.9: is an address of cp-1 too"):
        configure(
            new_cluster(),
            control_plane("cp-1", "192.0.2.10", storage),
            control_plane("cp-2", "192.0.2.11", storage),
        )


def test_a_worker_holds_no_virtual_ip() -> None:
    with pytest.raises(InvalidValue, match="only control plane nodes hold one"):
        configure(new_cluster(), worker("w-1", "192.0.2.20", interface(vip="192.0.2.9")))


@pytest.mark.parametrize(
    ("pods", "services", "message"),
    [
        ("10.244.0.0/16", "10.244.1.0/24", "overlaps"),
        ("192.0.2.0/25", "10.245.0.0/16", "address 192.0.2.10: is in 192.0.2.0/25"),
        ("10.244.0.1/16", "10.245.0.0/16", "has bits of a host"),
    ],
)
def test_networks_of_pods_and_services_are_checked(pods: str, services: str, message: str) -> None:
    network = talos.ClusterNetworkConfig(pod_subnets=[pods], service_subnets=[services])
    config = talos.Config(cluster=talos.ClusterConfig(network=network))
    with pytest.raises(InvalidValue, match=message):
        configure(new_cluster(), control_plane("cp-1", "192.0.2.10"), documents=[config])


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (machine(token="328hom.uqjzh6jnn2eie9oi"), "machine.token: is a bootstrap token"),
        (machine(ca=talos.ConfigMachineCa(key="bm8ta2V5")), "machine.ca.key: is a private key"),
        (machine(files=[talos.MachineFile(path="/k", content=KEY)]), "is a private key"),
        (
            machine(
                files=[
                    talos.MachineFile(path="/k", content=base64.b64encode(KEY.encode()).decode())
                ]
            ),
            "is a private key",
        ),
        (
            talos.Config(cluster=talos.ClusterConfig(secretbox_encryption_secret="c2VjcmV0")),
            "cluster.secretboxEncryptionSecret: is a secretbox encryption secret",
        ),
        (
            talos.Config(cluster=talos.ClusterConfig(inline_manifests=[INLINE])),
            "cluster.inlineManifests\\[0\\].contents: is a Secret",
        ),
        (
            talos.ExtensionServiceConfig(name="ts", environment=["TS_AUTHKEY=tskey-auth-k1"]),
            "ExtensionServiceConfig.environment\\[0\\]: is TS_AUTHKEY in plain text",
        ),
    ],
)
def test_a_secret_in_plain_text_is_refused_and_not_shown(document: Struct, message: str) -> None:
    with pytest.raises(InvalidValue, match=message) as raised:
        configure(new_cluster(), control_plane("cp-1", "192.0.2.10", document))
    for secret in ("328hom", "bm8ta2V5", "MC4CAQ", "c2VjcmV0", "tskey"):
        assert secret not in str(raised.value)


def test_the_bindings_are_those_of_the_version() -> None:
    with pytest.raises(InvalidValue, match=r"schema is of Talos 1\.12\n  fix: import the schema"):
        configure(
            new_cluster(), control_plane("cp-1", "192.0.2.10"), documents=[talos_1_12.Config()]
        )


def test_a_document_fits_the_schema_of_the_version() -> None:
    volume = talos_1_12.LinkConfig(
        name="eth0", addresses=[talos_1_12.AddressConfig(address="not an address")]
    )
    with pytest.raises(InvalidBody, match=r"LinkConfig.addresses\[0\].address"):
        MachineConfiguration(
            new_cluster(),
            version="v1.12.4",
            network=NETWORK,
            documents=[volume],
            nodes=[control_plane("cp-1", "192.0.2.10")],
        )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MachineNetwork(["192.0.2.1/24"]), "write '192.0.2.0/24'"),
        (lambda: MachineNetwork(["home"]), "is not a valid CIDR"),
        (lambda: MachineNetwork([], reserved=["192.0.2.9-192.0.2.1"]), "ends before it begins"),
        (lambda: MachineNetwork([], reserved=["192.0.2.9-x"]), "is not a valid range"),
        (lambda: SecretUri("hunter2"), "is not a reference"),
        (lambda: SecretUri("op://vault/field"), "must be op://vault/item/field"),
        (lambda: SecretVariable("a secret"), "is not a valid name of a variable"),
        (lambda: ControlPlane("cp-1", "192.0.2.10/24"), "without a prefix length"),
        (lambda: ControlPlane("schematic", "192.0.2.10"), "is the name of a file"),
    ],
)
def test_invalid_values_are_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(InvalidValue, match=message):
        make()


def test_a_secret_that_is_no_reference_is_not_shown() -> None:
    with pytest.raises(InvalidValue) as raised:
        SecretUri("hunter2")
    assert "hunter2" not in str(raised.value)


COMPLETE = sorted(
    file
    for file in (ROOT / "dist").glob("*/talos/*.yaml")
    if "op://" in file.read_text(encoding="utf-8")
)


def test_clusters_with_complete_configurations_are_validated() -> None:
    assert {file.parts[-3] for file in COMPLETE} == {"apps", "infra"}


@pytest.mark.skipif(TALOSCTL is None, reason="talosctl is not on PATH")
@pytest.mark.parametrize("file", COMPLETE, ids=lambda file: file.stem)
def test_talosctl_accepts_a_complete_configuration(file: Path, tmp_path: Path) -> None:
    assert TALOSCTL is not None
    bundle = tmp_path / "secrets.yaml"
    subprocess.run([TALOSCTL, "gen", "secrets", "--output-file", bundle], check=True)
    made = yaml.safe_load(bundle.read_text())
    certificate, key = made["certs"]["os"]["crt"], made["certs"]["os"]["key"]
    text = file.read_text()
    for reference in {word for word in text.split() if word.startswith("op://")}:
        name = reference.rpartition("/")[2]
        value = made["secrets"]["bootstraptoken"]
        value = key if name.endswith("_KEY") else certificate if name.endswith("_CRT") else value
        text = text.replace(f"{reference}\n", f"{value}\n")
    filled = tmp_path / "config.yaml"
    filled.write_text(text)
    command = [TALOSCTL, "validate", "--mode", "metal", "--config", str(filled)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
