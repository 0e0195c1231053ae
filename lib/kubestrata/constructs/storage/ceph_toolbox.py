"""A pod with Ceph's commands, for a person who looks after the cluster."""

from __future__ import annotations

from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.scaling import Scaling
from kubestrata.constructs.scaling.pod_resources import PodResources
from kubestrata.constructs.storage.ceph_cluster import CephCluster
from kubestrata.constructs.workload import (
    Container,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Volume,
    Workload,
)
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.value.quantity import Quantity

# User and group `ceph` of the image, as Rook runs it.
_USER = 2016
_RESOURCES = PodResources.of("100m", "128Mi", None, "512Mi")
_ADDRESSES, _KEY, _CONFIG = "/etc/rook", "/var/lib/rook-ceph-mon", "/etc/ceph"
# Addresses are `a=10.0.0.1:6789,b=...`; they change when a monitor moves to another node.
_SCRIPT = f"""\
set -eu
umask 077
while true; do
  monitors=$(sed 's/[a-z0-9_-]*=//g' {_ADDRESSES}/mon-endpoints)
  printf '[global]\\nmon_host = %s\\n[client.admin]\\nkeyring = {_CONFIG}/keyring\\n' \\
    "$monitors" > {_CONFIG}/ceph.conf
  printf '[client.admin]\\nkey = %s\\n' "$(cat {_KEY}/key)" > {_CONFIG}/keyring
  sleep 60
done
"""


class CephToolbox(Construct):
    """A Workload named `id` of one pod, of the image of the cluster, that runs `ceph` and `rbd`.

    The pod writes the configuration of the user `client.admin` at its start, and again when the
    monitors change. Run commands by `kubectl exec`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: CephCluster,
        resources: PodResources = _RESOURCES,
    ) -> None:
        super().__init__(scope, f"{id}-toolbox")
        component_of(scope).needs(cluster.ref)
        admin = cluster.admin
        self.workload = Workload(
            self,
            id,
            image=cluster.spec.image,
            scaling=Scaling.fixed(1),
            container=Container(
                port=None,
                command=["/bin/bash", "-c", _SCRIPT],
                # Ready as soon as there is a configuration.
                probes=Probes(
                    liveness=Probe.none(), readiness=Probe.exec("test", "-s", f"{_CONFIG}/keyring")
                ),
                resources=Resources(
                    cpu=resources.cpu,
                    memory=resources.memory,
                    cpu_limit=resources.cpu_limit,
                    memory_limit=resources.memory_limit,
                ),
                writable={_CONFIG: Quantity("1Mi")},
                mounts={_ADDRESSES: "monitors", _KEY: "admin"},
            ),
            pod=PodSettings(
                security=PodSecurity(user=_USER, group=_USER, volume_group=_USER),
                volumes={
                    "monitors": Volume.config_map(
                        cluster.monitor_addresses.name, {"data": "mon-endpoints"}
                    ),
                    "admin": Volume.secret(admin.name, {"ceph-secret": "key"}),
                },
            ),
        )

        if component_of(scope).cluster.find(Network) is not None:
            self.workload.allow(Flow.to_pods(cluster.pods))

    @property
    def ref(self) -> Reference:
        """Return the Deployment."""
        return self.workload.deployment
