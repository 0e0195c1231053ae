"""Ceph by Rook: clusters, pools, the toolbox, and what is refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import rook
from kubestrata import Component, Image, Platform, Quantity
from kubestrata.constructs.scaling import PodResources
from kubestrata.constructs.storage import (
    BlueStore,
    CephBlockPool,
    CephBlockPoolSpec,
    CephCluster,
    CephClusterSpec,
    CephDaemons,
    CephNode,
    CephToolbox,
    VolumeClass,
)
from kubestrata.core.errors import InvalidReference, InvalidValue, MissingOffer
from kubestrata.core.patch import TypedPatch
from kubestrata.delivery.deliver import deliver
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.data.world import world
from tests.small_platform import new_cluster, new_component

IMAGE = Image("quay.io/ceph/ceph:v19.2.3")


def node(number: int, *disks: str) -> CephNode:
    names = disks or (f"nvme-eui.{number:02}",)
    return CephNode(name=f"node-{number}", disks=[f"/dev/disk/by-id/{disk}" for disk in names])


THREE = [node(1), node(2), node(3)]


def ceph(component: Component, **fields: Any) -> CephCluster:
    spec = CephClusterSpec(image=IMAGE, **{"nodes": THREE, **fields})
    return CephCluster(component, "ceph", spec=spec)


def test_ceph_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    ceph(shop)
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_ceph_full(manifests: SnapshotAssertion) -> None:
    shop, operators = world()
    ceph(
        shop,
        nodes=[*THREE, node(4, "nvme-eui.04", "nvme-eui.05"), node(5, "nvme-eui.06")],
        monitors=5,
        managers=3,
        modules=["pg_autoscaler", "rook"],
        network="pods",
        device_class="nvme",
        store=BlueStore(osds_per_disk=2, database_mib=10240, log_mib=1024),
        daemons=CephDaemons(osd=PodResources.of("1", "2Gi", "2", "4Gi")),
        dashboard=False,
        log_size=Quantity("1G"),
        sanitize="complete",
        wipes_foreign_disks=True,
        monitoring=False,
    )
    assert rendered(shop) == manifests
    assert faults(shop) == []
    assert faults(operators) == []


def test_pool_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    CephBlockPool(shop, "block", cluster=ceph(shop))
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_pool_full(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    CephBlockPool(
        shop,
        "block",
        cluster=ceph(shop, device_class="ssd"),
        spec=CephBlockPoolSpec(
            replicas=1, failure_domain="osd", device_class="ssd", file_system="xfs"
        ),
        storage_class=VolumeClass(default=True, reclaim="Retain", expandable=False),
    )
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_toolbox_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    CephToolbox(shop, "tools", cluster=ceph(shop))
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_toolbox_full(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    resources = PodResources.of("200m", "256Mi", "1", "1Gi")
    CephToolbox(shop, "tools", cluster=ceph(shop, network="pods"), resources=resources)
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_the_toolbox_writes_its_configuration() -> None:
    shop, _ = world()
    CephToolbox(shop, "tools", cluster=ceph(shop))
    (made,) = objects(shop, "Deployment")
    (container,) = made["spec"]["template"]["spec"]["containers"]
    script = container["command"][-1]
    assert "> /etc/ceph/ceph.conf" in script
    assert "> /etc/ceph/keyring" in script
    writable = [each["mountPath"] for each in container["volumeMounts"] if "readOnly" not in each]
    assert writable == ["/etc/ceph"]


def test_no_object_names_a_second_failure_domain() -> None:
    shop, _ = world()
    CephBlockPool(shop, "block", cluster=ceph(shop))
    (made,) = objects(shop, "CephBlockPool")
    assert sorted(made["spec"]["replicated"]) == ["requireSafeReplicaSize", "size"]


def test_the_class_uses_the_driver_of_the_operators_namespace() -> None:
    shop, _ = world()
    pool = CephBlockPool(shop, "block", cluster=ceph(shop))
    (made,) = objects(shop, "StorageClass")
    assert made["provisioner"] == "operators.rbd.csi.ceph.com"
    assert made["parameters"]["clusterID"] == "shop"
    assert pool.storage_class.object_namespace is None


def test_settings_without_a_field_can_be_patched() -> None:
    shop, _ = world()
    change = TypedPatch(
        rook.CephClusterSpec,
        lambda spec: msgspec.structs.replace(spec, skip_upgrade_checks=True),
    )
    spec = CephClusterSpec(image=IMAGE, nodes=THREE)
    CephCluster(shop, "ceph", spec=spec, patches=[change])
    (made,) = objects(shop, "CephCluster")
    assert made["spec"]["skipUpgradeChecks"] is True


@pytest.mark.parametrize("disk", ["/dev/nvme1n1", "nvme1n1", "/dev/disk/by-path/pci-1", ""])
def test_a_disk_needs_a_stable_name(disk: str) -> None:
    with pytest.raises(InvalidValue, match="is not a stable name: must be below /dev/disk/by-id/"):
        CephNode(name="node-1", disks=[disk])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"monitors": 2}, "an even number tolerates no more failures"),
        ({"monitors": 5}, "is 5, but there are 3 nodes"),
        ({"managers": 4}, "is 4, but there are 3 nodes"),
        ({"nodes": [*THREE, node(3, "nvme-eui.04")]}, "name node 'node-3' twice"),
        ({"nodes": [*THREE, node(4, "nvme-eui.03")]}, "name disk '/dev/.+eui.03' twice"),
    ],
)
def test_contradictory_clusters_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        CephClusterSpec(image=IMAGE, **{"nodes": THREE, **fields})


@pytest.mark.parametrize(
    ("pool", "message"),
    [
        (CephBlockPoolSpec(replicas=4), "is 4, but there are 3 nodes"),
        (CephBlockPoolSpec(replicas=4, failure_domain="osd"), "is 4, but there are 3 disks"),
        (CephBlockPoolSpec(device_class="hdd"), "is 'hdd', but all disks are 'ssd'"),
    ],
)
def test_a_pool_fits_its_cluster(pool: CephBlockPoolSpec, message: str) -> None:
    shop, _ = world()
    made = ceph(shop, device_class="ssd")
    with pytest.raises(InvalidValue, match=message):
        CephBlockPool(shop, "block", cluster=made, spec=pool)


def test_a_pool_is_in_the_namespace_of_its_cluster() -> None:
    shop, _ = world()
    other = new_component(shop.cluster, "other")
    with pytest.raises(InvalidReference, match="create it in a component of namespace 'shop'"):
        CephBlockPool(other, "block", cluster=ceph(shop))


def test_a_pool_needs_an_operator() -> None:
    alone = new_component(new_cluster(), "shop")
    with pytest.raises(MissingOffer, match="CephOperator"):
        CephBlockPool(alone, "block", cluster=ceph(alone))


def test_no_disk_is_in_two_clusters() -> None:
    platform = Platform()
    for name in ("infra", "apps"):
        cluster = new_cluster(name, platform=platform, groups=("ceph.rook.io",))
        ceph(new_component(cluster, "ceph"))
    (apps,) = (each for each in platform.clusters if each.name == "apps")
    why = "eui.01' of cluster 'apps': is given to Ceph in cluster 'infra'"
    with pytest.raises(InvalidValue, match=why):
        deliver(apps)


def test_a_namespace_has_one_cluster() -> None:
    shop, _ = world()
    ceph(shop)
    spec = CephClusterSpec(image=IMAGE, nodes=[node(each, f"nvme-{each}") for each in (4, 5, 6)])
    with pytest.raises(InvalidValue, match="namespace 'shop': has a CephCluster already"):
        CephCluster(shop, "other", spec=spec)
