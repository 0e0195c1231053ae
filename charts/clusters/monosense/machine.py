"""Machine configuration of the nodes: control planes that also run the workloads."""

from charts.clusters.monosense.machine_system import KERNEL, SYSCTLS, containerd_files
from charts.clusters.monosense.settings import ClusterSettings, NodeSettings
from kubeapis import talos_1_11 as talos
from kubestrata import Cluster, JsonObject
from kubestrata.constructs.talos import (
    ControlPlane,
    MachineConfiguration,
    MachineNetwork,
    Schematic,
    SecretUri,
)

VERSION = "v1.11.2"
_SUBNET = "10.25.11.0/24"
_ROUTER = "10.25.11.1"
_RESOLVER = "10.25.10.30"
_TIME_SERVER = "time.cloudflare.com"
# Frames of the storage network; the VLAN carries those of the usual size.
_JUMBO, _USUAL = 9000, 1500
_VLAN = 2512
_RING = 8160
_SYSTEM_DISK = "Samsung SSD 860*"
_VOLUME_DISK = "TEAM TM8FP6512G"
_API_PORT = 6443

_SCHEMATIC = Schematic(
    kernel_arguments=[
        "module_blacklist=e1000e",
        "-init_on_alloc",
        "-selinux",
        "apparmor=0",
        "init_on_alloc=0",
        "init_on_free=0",
        "mitigations=off",
        "security=none",
        "talos.auditd.disabled=1",
    ],
    extensions=[
        "siderolabs/i915",
        "siderolabs/intel-ucode",
        "siderolabs/iscsi-tools",
        "siderolabs/nfsrahead",
    ],
)


def configure_machines(cluster: Cluster, settings: ClusterSettings) -> MachineConfiguration:
    """Write the complete configuration of each node, with references to the secrets."""
    return MachineConfiguration(
        cluster,
        version=VERSION,
        network=MachineNetwork([_SUBNET], reserved=["-".join(settings.pool), f"{_ROUTER}/32"]),
        schematic=_SCHEMATIC,
        documents=[
            talos.Config(machine=_machine(settings), cluster=_cluster(settings)),
            talos.UserVolumeConfig(
                name="openebs",
                provisioning=talos.ProvisioningSpec(
                    disk_selector=talos.DiskSelector(match=f'disk.model == "{_VOLUME_DISK}"'),
                    min_size="100GiB",
                    max_size="500GiB",
                ),
            ),
            talos.WatchdogTimerConfig(device="/dev/watchdog0", timeout="5m"),
        ],
        control_plane=[_control_plane(settings)],
        nodes=[_node(each) for each in settings.nodes],
    )


def _node(node: NodeSettings) -> ControlPlane:
    """Return a node with its two ports as one bond."""
    selector = talos.NetworkDeviceSelector(hardware_addr=node.mac, driver=node.driver)
    bond = talos.Device(
        interface="bond0",
        bond=talos.Bond(
            device_selectors=[selector],
            mode="802.3ad",
            xmit_hash_policy="layer3+4",
            lacp_rate="fast",
            miimon=100,
        ),
        mtu=_JUMBO,
        dhcp=False,
        addresses=[f"{node.address}/24"],
        routes=[talos.Route(network="0.0.0.0/0", gateway=_ROUTER)],
        vlans=[talos.Vlan(vlan_id=_VLAN, mtu=_USUAL, dhcp=False)],
    )
    network = talos.NetworkConfig(hostname=node.name, interfaces=[bond])
    rings = talos.EthernetRingsConfig(rx=_RING, tx=_RING)
    return ControlPlane(
        node.name,
        node.address,
        documents=[
            talos.Config(machine=talos.MachineConfig(network=network)),
            *(talos.EthernetConfig(name=port, rings=rings) for port in node.ports),
        ],
    )


def _machine(settings: ClusterSettings) -> talos.MachineConfig:
    return talos.MachineConfig(
        token=_secret(settings, "MACHINE_TOKEN"),
        install=talos.InstallConfig(
            disk_selector=talos.InstallDiskSelector(model=_SYSTEM_DISK),
            image=_SCHEMATIC.image(VERSION),
        ),
        network=talos.NetworkConfig(
            nameservers=[_RESOLVER],
            disable_search_domain=True,
            interfaces=[talos.Device(interface="eno1", ignore=True)],
        ),
        time=talos.TimeConfig(servers=[_TIME_SERVER]),
        kubelet=talos.KubeletConfig(
            extra_config={"featureGates": {"ImageVolume": True}, "serializeImagePulls": False},
            default_runtime_seccomp_profile_enabled=True,
            node_ip=talos.KubeletNodeIPConfig(valid_subnets=[_SUBNET]),
            disable_manifests_directory=True,
        ),
        node_labels={
            "topology.kubernetes.io/region": settings.name,
            "topology.kubernetes.io/zone": "m",
            "cluster": settings.name,
        },
        features=_features(),
        files=containerd_files(),
        kernel=KERNEL,
        sysctls=SYSCTLS,
    )


def _features() -> talos.FeaturesConfig:
    return talos.FeaturesConfig(
        rbac=True,
        stable_hostname=True,
        kubernetes_talos_api_access=talos.KubernetesTalosAPIAccessConfig(
            enabled=True,
            allowed_roles=["os:admin"],
            allowed_kubernetes_namespaces=["actions-runner-system", "system-upgrade"],
        ),
        apid_check_ext_key_usage=True,
        disk_quota_support=True,
        kube_prism=talos.KubePrism(enabled=True, port=7445),
        host_dns=talos.HostDNSConfig(
            enabled=True, resolve_member_names=True, forward_kube_dns_to_host=False
        ),
    )


def _cluster(settings: ClusterSettings) -> talos.ClusterConfig:
    """Return the settings that nodes of both roles need."""
    return talos.ClusterConfig(
        id=_secret(settings, "CLUSTER_ID"),
        secret=_secret(settings, "CLUSTER_SECRET"),
        token=_secret(settings, "CLUSTER_TOKEN"),
        cluster_name=settings.name,
        control_plane=talos.ControlPlaneConfig(endpoint=f"https://{settings.api_host}:{_API_PORT}"),
        network=talos.ClusterNetworkConfig(
            # Cilium is both the network and the proxy, and CoreDNS is a chart.
            cni=talos.CNIConfig(name="none"),
            dns_domain="cluster.local",
            pod_subnets=[settings.pods],
            service_subnets=[settings.services],
        ),
        proxy=talos.ProxyConfig(disabled=True),
        core_dns=talos.CoreDNS(disabled=True),
        discovery=talos.ClusterDiscoveryConfig(
            enabled=True,
            registries=talos.DiscoveryRegistriesConfig(
                kubernetes=talos.RegistryKubernetesConfig(disabled=True),
                service=talos.RegistryServiceConfig(disabled=False),
            ),
        ),
    )


def _control_plane(settings: ClusterSettings) -> talos.Config:
    """Return what only control planes have: keys, and settings of the API server and etcd."""
    everywhere = {"bind-address": "0.0.0.0"}  # noqa: S104  # scraped on the nodes' addresses
    cluster = talos.ClusterConfig(
        secretbox_encryption_secret=_secret(settings, "CLUSTER_SECRETBOXENCRYPTIONSECRET"),
        ca=talos.ConfigClusterCa(
            crt=_secret(settings, "CLUSTER_CA_CRT"), key=_secret(settings, "CLUSTER_CA_KEY")
        ),
        aggregator_ca=talos.ConfigClusterAggregatorCa(
            crt=_secret(settings, "CLUSTER_AGGREGATORCA_CRT"),
            key=_secret(settings, "CLUSTER_AGGREGATORCA_KEY"),
        ),
        service_account=talos.ConfigClusterServiceAccount(
            key=_secret(settings, "CLUSTER_SERVICEACCOUNT_KEY")
        ),
        allow_scheduling_on_control_planes=True,
        api_server=talos.APIServerConfig(
            extra_args={"enable-aggregator-routing": "true", "feature-gates": "ImageVolume=true"},
            cert_sans=[settings.api_host],
        ),
        controller_manager=talos.ControllerManagerConfig(extra_args=everywhere),
        scheduler=talos.SchedulerConfig(extra_args=everywhere, config=_SCHEDULER),
        etcd=talos.EtcdConfig(
            ca=talos.ConfigClusterEtcdCa(
                crt=_secret(settings, "CLUSTER_ETCD_CA_CRT"),
                key=_secret(settings, "CLUSTER_ETCD_CA_KEY"),
            ),
            advertised_subnets=[_SUBNET],
            extra_args={"listen-metrics-urls": "http://0.0.0.0:2381"},
        ),
    )
    ca = talos.ConfigMachineCa(
        crt=_secret(settings, "MACHINE_CA_CRT"), key=_secret(settings, "MACHINE_CA_KEY")
    )
    return talos.Config(machine=talos.MachineConfig(ca=ca), cluster=cluster)


_SCHEDULER: JsonObject = {
    "apiVersion": "kubescheduler.config.k8s.io/v1",
    "kind": "KubeSchedulerConfiguration",
    "profiles": [
        {
            "schedulerName": "default-scheduler",
            "plugins": {"score": {"disabled": [{"name": "ImageLocality"}]}},
            "pluginConfig": [
                {
                    "name": "PodTopologySpread",
                    "args": {
                        "defaultingType": "List",
                        "defaultConstraints": [
                            {
                                "maxSkew": 1,
                                "topologyKey": "kubernetes.io/hostname",
                                "whenUnsatisfiable": "ScheduleAnyway",
                            }
                        ],
                    },
                }
            ],
        }
    ],
}


def _secret(settings: ClusterSettings, field: str) -> SecretUri:
    return SecretUri(f"op://Prod/{settings.name}-talos/{field}")
