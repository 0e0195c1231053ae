"""Members of a ClusterMesh, and Services of other clusters."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component, Platform, Reference, synthesize
from kubestrata.constructs import CiliumNetwork, Pods
from kubestrata.constructs.secret import ClusterStore, KubernetesSecrets
from kubestrata.constructs.traffic import (
    ClusterIpService,
    ClusterMesh,
    ClusterMeshSecret,
    GlobalService,
    MeshMember,
    MeshService,
    ServicePort,
)
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.json_value import mapping
from tests.constructs.checking import faults, rendered
from tests.small_platform import new_cluster, new_component, order

DATA = MeshMember(1, "10.244.0.0/16", "10.245.0.0/16", "192.0.2.1")
SHOP = MeshMember(2, "10.246.0.0/16", "10.247.0.0/16", "192.0.2.2")
DATABASE = Pods("db", "web", {"app": "db"})


def member(platform: Platform, name: str, value: MeshMember) -> Component:
    cluster = new_cluster(
        name,
        platform=platform,
        groups=("cilium.io", "external-secrets.io"),
        offers=[CiliumNetwork()],
    )
    ClusterMesh(cluster, member=value)
    return new_component(cluster)


def remote(component: Component, cluster: str = "data") -> MeshService:
    pods = replace(DATABASE, cluster=cluster)
    return MeshService(component, "db", ports=[ServicePort(5432)], pods=pods)


def serve(component: Component, mesh: GlobalService | None) -> None:
    ClusterIpService(component, "db", pods=DATABASE, ports=[ServicePort(5432)], mesh=mesh)


def test_cluster_mesh_minimal(manifests: SnapshotAssertion) -> None:
    component = member(Platform(), "data", DATA)
    provider = KubernetesSecrets(
        component.home_namespace, Reference(component, "", "ServiceAccount", "reader", "web")
    )
    component.cluster.offer(ClusterStore(component, "store", provider=provider).store)
    ClusterMeshSecret(component, entry="clusters/data/mesh")
    assert rendered(component) == manifests
    assert faults(component) == []


def test_cluster_mesh_full(manifests: SnapshotAssertion) -> None:
    platform = Platform()
    serve(member(platform, "data", DATA), GlobalService())
    component = member(platform, "shop", SHOP)
    service = remote(component)
    assert (
        service.port(5432).url(scheme="postgresql") == "postgresql://db.web.svc.cluster.local:5432"
    )
    assert service.endpoint.pods.cluster == "data"
    synthesize(platform)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_values_have_the_id_and_the_address_of_the_member() -> None:
    cluster = new_cluster("data")
    mesh = ClusterMesh(cluster, member=replace(DATA, hosts=["mesh.example.com"]))
    assert mesh.values["cluster"] == {"name": "data", "id": 1}
    server = mapping(mapping(mesh.values["clustermesh"])["apiserver"])
    assert server["service"] == {
        "type": "LoadBalancer",
        "annotations": {"lbipam.cilium.io/ips": "192.0.2.1"},
    }
    assert mapping(server["tls"])["server"] == {
        "extraDnsNames": ["mesh.example.com"],
        "extraIpAddresses": ["192.0.2.1"],
    }


def test_nodes_route_to_the_pods_of_every_member() -> None:
    platform = Platform()
    own = member(platform, "data", replace(DATA, routed="10.244.0.0/14"))
    member(platform, "shop", SHOP)
    synthesize(platform)
    assert own.cluster.ask(ClusterMesh).values["ipv4NativeRoutingCIDR"] == "10.244.0.0/14"


def test_pods_that_nodes_do_not_route_to_are_an_error() -> None:
    platform = Platform()
    member(platform, "data", replace(DATA, routed="10.244.0.0/16"))
    member(platform, "shop", SHOP)
    with pytest.raises(InvalidValue, match=r"lacks the pods 10\.246\.0\.0/16 of cluster 'shop'"):
        synthesize(platform)


@pytest.mark.parametrize(
    ("routed", "message"),
    [
        ("10.240.0.0/16", "lacks the pods 10.244.0.0/16 of the cluster itself"),
        ("10.244.0.1/14", "has host bits set"),
    ],
)
def test_a_member_routes_to_its_own_pods(routed: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        replace(DATA, routed=routed)


def test_a_mesh_service_has_no_edge_to_the_other_cluster() -> None:
    platform = Platform()
    serve(member(platform, "data", DATA), GlobalService())
    component = member(platform, "shop", SHOP)
    remote(component)
    assert order(component.cluster) == {"web": []}


@pytest.mark.parametrize("mesh", [None, GlobalService(shared=False)])
def test_a_service_that_is_not_shared_there_is_an_error(mesh: GlobalService | None) -> None:
    platform = Platform()
    serve(member(platform, "data", DATA), mesh)
    remote(member(platform, "shop", SHOP))
    with pytest.raises(InvalidReference, match="Service web/db of data: is not global there"):
        synthesize(platform)


def test_a_service_of_a_chart_is_shared_by_its_annotations() -> None:
    platform = Platform()
    data = member(platform, "data", DATA)
    made = Reference(data, "", "Service", "db", "web")
    assert data.cluster.ask(ClusterMesh).share(made) == {
        "service.cilium.io/global": "true",
        "service.cilium.io/shared": "true",
    }
    remote(member(platform, "shop", SHOP))
    synthesize(platform)


def test_a_service_of_a_cluster_outside_of_the_mesh_is_an_error() -> None:
    platform = Platform()
    member(platform, "data", DATA)
    remote(member(platform, "shop", SHOP), "elsewhere")
    with pytest.raises(InvalidReference, match="is not in the ClusterMesh of the platform"):
        synthesize(platform)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (replace(SHOP, number=1), "has the id 1, as has"),
        (replace(SHOP, address="192.0.2.1"), "has the address 192.0.2.1, as has"),
        (replace(SHOP, pods="10.244.128.0/17"), "which overlaps 10.244"),
        (replace(SHOP, services="10.244.0.0/20"), "which overlaps 10.244"),
    ],
)
def test_members_that_are_alike_are_an_error(other: MeshMember, message: str) -> None:
    platform = Platform()
    member(platform, "data", DATA)
    member(platform, "shop", other)
    with pytest.raises(InvalidValue, match=message):
        synthesize(platform)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0, DATA.pods, DATA.services, DATA.address), "is not within 1-255"),
        ((1, "10.244.0.1/16", DATA.services, DATA.address), "has host bits set"),
        ((1, DATA.pods, DATA.pods, DATA.address), "overlaps"),
        ((1, DATA.pods, DATA.services, "mesh"), "does not appear to be"),
    ],
)
def test_an_invalid_member_is_an_error(values: tuple[int, str, str, str], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        MeshMember(*values)


def test_pods_of_a_mesh_service_are_in_another_cluster() -> None:
    component = member(Platform(), "shop", SHOP)
    with pytest.raises(InvalidValue, match="are not in another cluster"):
        MeshService(component, "db", ports=[ServicePort(5432)], pods=DATABASE)


def test_hosts_of_a_member_are_a_list() -> None:
    with pytest.raises(InvalidValue, match="is a str, where list or tuple is expected"):
        replace(DATA, hosts="mesh.example.com")
