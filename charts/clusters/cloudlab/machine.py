"""Machine configuration of cloudlab's node: a virtual machine with Secure Boot and a TPM."""

from kubeapis import talos
from kubestrata import Cluster
from kubestrata.constructs.talos import (
    ControlPlane,
    MachineConfiguration,
    MachineNetwork,
    Schematic,
)

VERSION = "v1.12.4"
ADDRESS = "192.168.20.100"
"""The address of the node in the home network."""
_NODE = "talos-cp-1"
_SUBNET, _ROUTER = "192.168.20.0/24", "192.168.20.1"
_LINK = "net0"

_SCHEMATIC = Schematic(extensions=["siderolabs/nfs-utils", "siderolabs/qemu-guest-agent"])


def configure_machine(cluster: Cluster, *, storage: str, issuer: str) -> MachineConfiguration:
    """Write the patch of the node.

    `storage` is the address of the NAS, `issuer` the one of the tokens of people who use Headlamp.
    """
    return MachineConfiguration(
        cluster,
        version=VERSION,
        network=MachineNetwork([_SUBNET], reserved=[f"{_ROUTER}/32", f"{storage}/32"]),
        schematic=_SCHEMATIC,
        documents=[_config(issuer), *_encryption()],
        nodes=[ControlPlane(_NODE, ADDRESS, documents=_network())],
    )


def _config(issuer: str) -> talos.Config:
    return talos.Config(
        machine=talos.MachineConfig(
            install=talos.InstallConfig(
                disk="/dev/sda",
                image=_SCHEMATIC.image(VERSION, installer="installer-secureboot"),
            ),
            kubelet=talos.KubeletConfig(
                default_runtime_seccomp_profile_enabled=True,
                extra_args={"node-ip": ADDRESS},
            ),
        ),
        cluster=talos.ClusterConfig(
            cluster_name="cloudlab",
            control_plane=talos.ControlPlaneConfig(endpoint=f"https://{ADDRESS}:6443"),
            api_server=talos.APIServerConfig(
                extra_args={
                    "oidc-issuer-url": issuer,
                    "oidc-client-id": "headlamp",
                    "oidc-username-claim": "preferred_username",
                    "oidc-groups-claim": "groups",
                }
            ),
            allow_scheduling_on_control_planes=True,
            discovery=talos.ClusterDiscoveryConfig(enabled=False),
        ),
    )


def _network() -> list[talos.HostnameConfig | talos.LinkAliasConfig | talos.LinkConfig]:
    """Return the hostname, and the address of the only interface, found by its driver."""
    return [
        talos.HostnameConfig(auto="off", hostname=_NODE),
        talos.LinkAliasConfig(
            name=_LINK, selector=talos.LinkSelector(match='link.driver == "virtio_net"')
        ),
        talos.LinkConfig(
            name=_LINK,
            addresses=[talos.AddressConfig(address=f"{ADDRESS}/24")],
            routes=[talos.RouteConfig(gateway=_ROUTER)],
        ),
    ]


def _encryption() -> list[talos.VolumeConfig]:
    """Return the volumes, encrypted with a key that the TPM seals to Secure Boot."""
    tpm = talos.EncryptionKeyTPM(check_secureboot_status_on_enroll=True)
    keys = {
        "STATE": talos.EncryptionKey(slot=0, tpm=tpm),
        "EPHEMERAL": talos.EncryptionKey(slot=0, tpm=tpm, lock_to_state=True),
    }
    return [
        talos.VolumeConfig(name=name, encryption=talos.EncryptionSpec(provider="luks2", keys=[key]))
        for name, key in keys.items()
    ]
