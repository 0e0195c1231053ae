"""Machine configuration of the virtual machines on Proxmox: three of each role.

OpenTofu passes each node's file to the provider of Talos with its Tailscale key.
"""

from collections.abc import Mapping

from kubeapis import talos_1_9 as talos
from kubestrata import Cluster, Host
from kubestrata.constructs.talos import (
    ControlPlane,
    MachineConfiguration,
    MachineNetwork,
    PlatformNetwork,
    Schematic,
    SecretVariable,
    Worker,
)

VERSION = "v1.9.1"
# Without images, talosctl would write those of its own release.
_KUBERNETES = "v1.32.1"
_NETWORK, _ROUTER = "10.2.0.0/16", "10.2.0.1"
_CONTROL_PLANES, _WORKERS = "10.2.1.0/24", "10.2.2.0/24"
_API = "10.2.3.1"
# The router, and the pools of MetalLB.
_RESERVED = (f"{_ROUTER}/32", "10.2.3.2-10.2.3.20")
_RESOLVERS = ("1.1.1.1", "8.8.8.8")
_PODS, _SERVICES = "10.244.0.0/16", "10.96.0.0/12"
_LINK = "eth0"
_HEADSCALE = "https://agentydragon.com:8080"
_VIPS = "10.2.3.0/27"
# Registry -> the project of Harbor that caches it, and its own address.
_MIRRORS = {
    "docker.io": ("docker-hub-proxy", "registry-1.docker.io"),
    "ghcr.io": ("ghcr-proxy", "ghcr.io"),
    "quay.io": ("quay-proxy", "quay.io"),
    "registry.k8s.io": ("registry-k8s-io-proxy", "registry.k8s.io"),
}
_EXTENSIONS = ("siderolabs/qemu-guest-agent", "siderolabs/tailscale")
_FIRST_CONTROL_PLANE, _FIRST_WORKER = 1500, 2000
_OF_EACH = 3


def configure_machines(
    cluster: Cluster, *, registry: Host, roots: Mapping[str, str]
) -> MachineConfiguration:
    """Write the patch and the schematic of each node; `registry` is the host of Harbor.

    `roots` are certificates by name, which nodes trust when they pull images from it.
    """
    return MachineConfiguration(
        cluster,
        version=VERSION,
        network=MachineNetwork([_CONTROL_PLANES, _WORKERS], reserved=_RESERVED),
        documents=[
            talos.Config(machine=_machine(registry), cluster=_cluster()),
            *(
                talos.TrustedRootsConfig(name=name, certificates=certificate)
                for name, certificate in sorted(roots.items())
            ),
        ],
        control_plane=[
            _control_plane(),
            _tailscale(f"--advertise-routes={_VIPS}", "--advertise-tags=tag:cluster-router"),
        ],
        # A second address would break the kubelet.
        worker=[_interface(talos.Device(interface=_LINK, dhcp=False)), _tailscale()],
        nodes=[
            *(_control_plane_node(number) for number in range(_OF_EACH)),
            *(_worker_node(number) for number in range(_OF_EACH)),
        ],
    )


def _control_plane_node(number: int) -> ControlPlane:
    name, address = f"controlplane{number}", f"10.2.1.{number + 1}"
    schematic = _schematic(name, address)
    documents = [_own(_FIRST_CONTROL_PLANE + number, schematic)]
    return ControlPlane(name, address, documents, schematic)


def _worker_node(number: int) -> Worker:
    name, address = f"worker{number}", f"10.2.2.{number + 1}"
    schematic = _schematic(name, address)
    return Worker(name, address, [_own(_FIRST_WORKER + number, schematic)], schematic)


def _schematic(name: str, address: str) -> Schematic:
    """Return the image of a node, which has its network before it has a configuration."""
    network = PlatformNetwork(name, f"{address}/16", _ROUTER, _RESOLVERS, link=_LINK)
    return Schematic(kernel_arguments=["net.ifnames=0"], extensions=_EXTENSIONS, network=network)


def _own(machine: int, schematic: Schematic) -> talos.Config:
    """Return what only one node has: its id at Proxmox, and its image."""
    image = schematic.image(VERSION, installer="installer")
    return talos.Config(
        machine=talos.MachineConfig(
            install=talos.InstallConfig(image=image),
            kubelet=talos.KubeletConfig(extra_args={"provider-id": f"proxmox://cluster/{machine}"}),
        )
    )


def _machine(registry: Host) -> talos.MachineConfig:
    return talos.MachineConfig(
        kubelet=talos.KubeletConfig(
            image=f"ghcr.io/siderolabs/kubelet:{_KUBERNETES}",
            extra_args={"allowed-unsafe-sysctls": "net.ipv4.tcp_mtu_probing"},
            node_ip=talos.KubeletNodeIPConfig(valid_subnets=[_NETWORK]),
        ),
        node_labels={
            "topology.kubernetes.io/region": "cluster",
            "topology.kubernetes.io/zone": "atlas",
        },
        registries=talos.RegistriesConfig(
            mirrors={
                name: talos.RegistryMirrorConfig(
                    # The path is that of the project, so that of the registry itself is given too.
                    endpoints=[f"https://{registry}/v2/{project}", f"https://{upstream}/v2"],
                    override_path=True,
                )
                for name, (project, upstream) in _MIRRORS.items()
            }
        ),
        features=talos.FeaturesConfig(
            kube_prism=talos.KubePrism(enabled=True, port=7445),
            host_dns=talos.HostDNSConfig(enabled=True, forward_kube_dns_to_host=True),
        ),
    )


def _cluster() -> talos.ClusterConfig:
    return talos.ClusterConfig(
        cluster_name="talos-cluster",
        control_plane=talos.ControlPlaneConfig(endpoint=f"https://{_API}:6443"),
        network=talos.ClusterNetworkConfig(
            cni=talos.CNIConfig(name="none"), pod_subnets=[_PODS], service_subnets=[_SERVICES]
        ),
        proxy=talos.ProxyConfig(disabled=True),
        discovery=talos.ClusterDiscoveryConfig(
            enabled=False,
            registries=talos.DiscoveryRegistriesConfig(
                kubernetes=talos.RegistryKubernetesConfig(disabled=True),
                service=talos.RegistryServiceConfig(disabled=True),
            ),
        ),
    )


def _control_plane() -> talos.Config:
    """Return the virtual IP of the API server, which Talos itself moves between the nodes."""
    interface = talos.Device(interface=_LINK, vip=talos.DeviceVIPConfig(ip=_API))
    return talos.Config(
        machine=talos.MachineConfig(network=talos.NetworkConfig(interfaces=[interface])),
        cluster=talos.ClusterConfig(
            controller_manager=talos.ControllerManagerConfig(
                image=f"registry.k8s.io/kube-controller-manager:{_KUBERNETES}"
            ),
            scheduler=talos.SchedulerConfig(image=f"registry.k8s.io/kube-scheduler:{_KUBERNETES}"),
            api_server=talos.APIServerConfig(
                image=f"registry.k8s.io/kube-apiserver:{_KUBERNETES}",
                cert_sans=[_API, "127.0.0.1"],
                extra_args={"bind-address": "0.0.0.0"},  # noqa: S104  # as Talos itself
            ),
        ),
    )


def _interface(device: talos.Device) -> talos.Config:
    return talos.Config(
        machine=talos.MachineConfig(network=talos.NetworkConfig(interfaces=[device]))
    )


def _tailscale(*arguments: str) -> talos.ExtensionServiceConfig:
    """Return the settings of the extension; its key is made per node, and valid for an hour."""
    options = " ".join((f"--login-server={_HEADSCALE}", "--accept-routes", *arguments))
    key = SecretVariable("TS_AUTHKEY")
    return talos.ExtensionServiceConfig(
        name="tailscale", environment=[f"TS_AUTHKEY={key}", f"TS_EXTRA_ARGS={options}"]
    )
