"""Machine configuration of goingdark's fixed nodes, as its OpenTofu module sets it.

Nodes of the autoscaler get theirs from the module alone: their names and addresses are not known.
"""

from kubeapis import talos_1_11 as talos
from kubestrata import Cluster
from kubestrata.constructs.talos import (
    ControlPlane,
    MachineConfiguration,
    MachineNetwork,
    Worker,
)

VERSION = "v1.11.1"
_NODES = "10.0.64.0/19"
_API = "10.0.64.126"
# Addresses of Hetzner's load balancers.
_BALANCERS = "10.0.64.128/25"
_TIME_SERVERS = ["ntp1.hetzner.de", "ntp2.hetzner.com", "ntp3.hetzner.net"]
_EVERYWHERE = {"bind-address": "0.0.0.0"}  # noqa: S104  # scraped on the nodes' addresses


def configure_machines(cluster: Cluster) -> MachineConfiguration:
    """Write the patch of each node."""
    return MachineConfiguration(
        cluster,
        version=VERSION,
        network=MachineNetwork([_NODES], reserved=[_BALANCERS]),
        documents=[talos.Config(machine=_machine(), cluster=_cluster()), *_encryption()],
        control_plane=[_control_plane()],
        nodes=[
            ControlPlane("goingdark-control-1", "10.0.64.1", documents=[_label("control")]),
            Worker(
                "goingdark-worker-1",
                "10.0.65.1",
                documents=[
                    _label("worker"),
                    # Elasticsearch maps its indexes into memory.
                    talos.Config(
                        machine=talos.MachineConfig(sysctls={"vm.max_map_count": "262144"})
                    ),
                ],
            ),
        ],
    )


def _machine() -> talos.MachineConfig:
    return talos.MachineConfig(
        kubelet=talos.KubeletConfig(
            extra_args={"rotate-server-certificates": "true"},
            extra_config={"shutdownGracePeriod": "90s", "shutdownGracePeriodCriticalPods": "15s"},
            node_ip=talos.KubeletNodeIPConfig(valid_subnets=[_NODES]),
        ),
        network=talos.NetworkConfig(
            interfaces=[talos.Device(interface=name, dhcp=True) for name in ("eth0", "eth1")],
        ),
        time=talos.TimeConfig(servers=_TIME_SERVERS),
        features=talos.FeaturesConfig(
            kube_prism=talos.KubePrism(enabled=True, port=7445),
            host_dns=talos.HostDNSConfig(enabled=True, forward_kube_dns_to_host=False),
        ),
    )


def _cluster() -> talos.ClusterConfig:
    return talos.ClusterConfig(
        cluster_name="goingdark",
        control_plane=talos.ControlPlaneConfig(endpoint=f"https://{_API}:6443"),
        network=talos.ClusterNetworkConfig(
            cni=talos.CNIConfig(name="none"),
            dns_domain="cluster.local",
            pod_subnets=["10.0.128.0/17"],
            service_subnets=["10.0.96.0/19"],
        ),
        proxy=talos.ProxyConfig(disabled=True),
        external_cloud_provider=talos.ExternalCloudProviderConfig(enabled=True),
    )


def _control_plane() -> talos.Config:
    """Return the virtual IP of the API server, and components that can be scraped."""
    private = talos.Device(interface="eth1", vip=talos.DeviceVIPConfig(ip=_API))
    return talos.Config(
        machine=talos.MachineConfig(network=talos.NetworkConfig(interfaces=[private])),
        cluster=talos.ClusterConfig(
            controller_manager=talos.ControllerManagerConfig(extra_args=_EVERYWHERE),
            scheduler=talos.SchedulerConfig(extra_args=_EVERYWHERE),
            etcd=talos.EtcdConfig(extra_args={"listen-metrics-urls": "http://0.0.0.0:2381"}),
        ),
    )


def _encryption() -> list[talos.VolumeConfig]:
    """Return the volumes, encrypted with a key of the node's id."""
    key = talos.EncryptionKey(slot=0, node_id=talos.EncryptionKeyNodeID())
    encryption = talos.EncryptionSpec(provider="luks2", keys=[key])
    return [talos.VolumeConfig(name=name, encryption=encryption) for name in ("STATE", "EPHEMERAL")]


def _label(pool: str) -> talos.Config:
    return talos.Config(machine=talos.MachineConfig(node_labels={"nodepool": pool}))
