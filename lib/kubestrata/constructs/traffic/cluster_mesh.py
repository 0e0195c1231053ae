"""Clusters that Cilium connects to one ClusterMesh, and Services of other clusters in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from kubestrata.constructs.secret.external_secret import ExternalSecret
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.constructs.secret.secret_source import SecretSource
from kubestrata.constructs.secret.secret_store import SecretStoreReference
from kubestrata.constructs.traffic.global_service import GlobalService
from kubestrata.core.argument import require
from kubestrata.core.cluster import Cluster, ClusterCheck, component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.origin import Origin, caller
from kubestrata.core.reference import Reference, ServiceReference

# Source: Cilium, maxConnectedClusters and the length of cluster names.
_LAST_ID, _LONGEST_NAME = 255, 32
# The name that Cilium mounts.
_SECRET = "cilium-clustermesh"  # noqa: S105  # the name of a Secret


class MeshMember(Frozen):
    """One cluster as the others see it.

    `number` is its id in the mesh. `pods` and `services` are its CIDR blocks, `address` is that of
    its clustermesh-apiserver, and `hosts` are further names in the certificate of that server.
    `routed` is the block with the pods of every cluster, for nodes that route without
    encapsulation: Cilium gives traffic to any other address that of the node, and policies of
    another cluster would see the node, not the pod.
    """

    number: int
    pods: str
    services: str
    address: str
    hosts: Sequence[str] = ()
    routed: str | None = None

    def __post_init__(self) -> None:
        require("number of a MeshMember", self.number, int)
        require("hosts of a MeshMember", self.hosts, list, tuple)
        if not 1 <= self.number <= _LAST_ID:
            what = f"number {self.number!r} of a MeshMember"
            raise InvalidValue(what, f"is not within 1-{_LAST_ID}")
        try:
            ip_address(self.address)
        except ValueError as error:
            raise InvalidValue(f"address {self.address!r} of a MeshMember", str(error)) from error
        _overlap_within(self)
        _require_routed(self, self, "MeshMember")

    @property
    def networks(self) -> list[tuple[str, IPv4Network | IPv6Network]]:
        """Return the CIDR blocks with what they are for."""
        return [("pods", _block(self.pods)), ("services", _block(self.services))]


class ClusterMesh:
    """The membership of a cluster in the ClusterMesh of all clusters of the platform that have one.

    The cluster provides it. Names, ids and CIDR blocks of members must differ: that is checked when
    the platform is synthesized.
    """

    def __init__(self, cluster: Cluster, *, member: MeshMember) -> None:
        require("member of a ClusterMesh", member, MeshMember)
        if len(cluster.name) > _LONGEST_NAME:
            why = f"has {len(cluster.name)} characters; Cilium allows at most {_LONGEST_NAME}"
            raise InvalidValue(f"cluster name {cluster.name!r} of a ClusterMesh", why)
        self.cluster = cluster
        self.member = member
        self.origin: Origin = caller(cluster.name)
        self._shared: set[tuple[str, str]] = set()
        cluster.offer(self)
        cluster.check_of(MeshCheck)

    @property
    def values(self) -> JsonObject:
        """Return the values of Cilium's chart: name and id, and the server for other clusters.

        Their addresses and certificates are in the Secret `cilium-clustermesh`, not in the values.
        """
        member = self.member
        server: JsonObject = {
            "extraDnsNames": list(member.hosts),
            "extraIpAddresses": [member.address],
        }
        return {
            **_routing(member),
            "cluster": {"name": self.cluster.name, "id": member.number},
            "clustermesh": {
                "useAPIServer": True,
                "config": {"enabled": False},
                "apiserver": {
                    "replicas": 2,
                    "service": {
                        "type": "LoadBalancer",
                        "annotations": {"lbipam.cilium.io/ips": member.address},
                    },
                    # Helm would make new certificates at each rendering.
                    "tls": {"auto": {"enabled": True, "method": "cronJob"}, "server": server},
                },
            },
        }

    def share(
        self, service: ServiceReference | Reference, mesh: GlobalService | None = None
    ) -> Mapping[str, str]:
        """Return the annotations by which a chart or an operator makes a Service global.

        Other clusters may then name it. Constructs of Services with `mesh=` call it themselves.
        """
        ref = service.service if isinstance(service, ServiceReference) else service
        self._shared.add((ref.object_namespace or "", ref.object_name))
        return (mesh or GlobalService()).annotations

    def shares(self, namespace: str, name: str) -> bool:
        """Return True if a Service of this cluster is global."""
        return (namespace, name) in self._shared


class ClusterMeshSecret(Construct):
    """The ExternalSecret `cilium-clustermesh`: how to reach the other clusters of the mesh.

    The entry of the store has one field for each file that Cilium's agents read: for each other
    cluster its etcd configuration, and the certificates for it. Create it in Cilium's namespace.
    `store` is by default the one that the cluster provides.
    """

    def __init__(
        self, scope: Construct, *, entry: str, store: SecretStoreReference | None = None
    ) -> None:
        super().__init__(scope, "clustermesh-secret")
        component_of(scope).cluster.ask(ClusterMesh)
        self.secret: SecretReference = ExternalSecret(
            self, _SECRET, source=SecretSource.all_of(entry), store=store
        ).secret


class MeshUse(Frozen):
    """The use of a Service of another cluster, None for any, and the line that names it."""

    cluster: str | None
    namespace: str
    name: str
    origin: Origin


class MeshCheck(ClusterCheck):
    """The members of the mesh differ, and Services of other clusters are global there."""

    def __init__(self) -> None:
        self._uses: list[MeshUse] = []

    def add(self, use: MeshUse) -> None:
        """Record the use of a Service of another cluster."""
        self._uses.append(use)

    def check(self, cluster: Cluster) -> None:
        """Raise InvalidValue for two members alike, InvalidReference for a Service not global."""
        members = dict(_members(cluster))
        own = members.pop(cluster.name, None)
        if own is None:
            return
        for other in members.values():
            _differ(own, other)
        for use in self._uses:
            _check_use(use, members)


def _members(cluster: Cluster) -> Iterator[tuple[str, ClusterMesh]]:
    for each in cluster.platform.clusters:
        mesh = each.find(ClusterMesh)
        if mesh is not None:
            yield each.name, mesh


def _differ(own: ClusterMesh, other: ClusterMesh) -> None:
    what = f"cluster {own.cluster.name!r} of the ClusterMesh"
    name = other.cluster.name
    if own.member.number == other.member.number:
        why = f"has the id {own.member.number}, as has {name!r} ({other.origin})"
        raise InvalidValue(what, why, "give each cluster an id of its own", where=own.origin)
    if own.member.address == other.member.address:
        why = f"has the address {own.member.address}, as has {name!r} ({other.origin})"
        raise InvalidValue(what, why, "give each server an address", where=own.origin)
    for one_use, one in own.member.networks:
        for other_use, block in other.member.networks:
            if one.version == block.version and one.overlaps(block):
                why = f"has {one} for {one_use}, which overlaps {block} for {other_use} of {name!r}"
                raise InvalidValue(what, why, "choose another block", where=own.origin)
    _require_routed(own.member, other.member, what, other_name=name, where=own.origin)


def _check_use(use: MeshUse, others: Mapping[str, ClusterMesh]) -> None:
    known = ", ".join(sorted(others)) or "no other cluster"
    if use.cluster is not None and use.cluster not in others:
        what = f"cluster {use.cluster!r} of Service {use.namespace}/{use.name}"
        why = f"is not in the ClusterMesh of the platform, which has {known}"
        raise InvalidReference(what, why, where=use.origin)
    wanted = [others[use.cluster]] if use.cluster is not None else list(others.values())
    if not any(each.shares(use.namespace, use.name) for each in wanted):
        where = use.cluster or known
        what = f"Service {use.namespace}/{use.name} of {where}"
        why = "is not global there, so that no cluster but its own reaches its pods"
        fix = "pass mesh=GlobalService() to it, or use the annotations of ClusterMesh.share(...)"
        raise InvalidReference(what, why, fix, where=use.origin)


def _block(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise InvalidValue(f"block {text!r} of a MeshMember", str(error)) from error


def _overlap_within(member: MeshMember) -> None:
    (_, pods), (_, services) = member.networks
    if pods.version == services.version and pods.overlaps(services):
        why = f"{member.pods} for pods overlaps {member.services} for services"
        raise InvalidValue("MeshMember", why, "choose another block")


def _routing(member: MeshMember) -> JsonObject:
    """Return the block in which Cilium keeps the addresses of pods."""
    if member.routed is None:
        return {}
    version = _block(member.routed).version
    return {f"ipv{version}NativeRoutingCIDR": member.routed}


def _require_routed(
    own: MeshMember,
    other: MeshMember,
    what: str,
    *,
    other_name: str | None = None,
    where: Origin | None = None,
) -> None:
    """Raise InvalidValue for pods outside of the block that nodes route."""
    if own.routed is None:
        return
    routed, pods = _block(own.routed), _block(other.pods)
    if routed.version != pods.version or not pods.subnet_of(routed):  # type: ignore[arg-type]
        whose = f"cluster {other_name!r}" if other_name else "the cluster itself"
        why = f"routes {routed} without encapsulation, which lacks the pods {pods} of {whose}"
        fix = "pass a block with the pods of every cluster"
        raise InvalidValue(what, why, fix, where=where)
