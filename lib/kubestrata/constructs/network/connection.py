"""The methods `connect_to` and `allow`, and the pods that have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from kubestrata.constructs.network.both_sides import BothSides
from kubestrata.constructs.network.flow import Flow, NamedPort, NetworkPort
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Pods
from kubestrata.core.argument import require
from kubestrata.core.cluster import Component, component_of
from kubestrata.core.errors import DuplicateObject, InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.resource import Resource
from kubestrata.core.tree import DuplicateId


@runtime_checkable
class Connectable(Protocol):
    """Pods that listen: a workload, a database, a cache."""

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods and their ports."""
        ...


class NetworkParty:
    """Pods with the methods `connect_to` and `allow`.

    `connect_to` is for pods of this platform and opens both sides. `allow` is for traffic without
    an endpoint on the other side: hosts, the Kubernetes API, nodes, traffic among the pods.
    """

    __slots__ = ()

    def _party(self) -> Endpoint:
        """Return the pods that connect, and the component that holds their policies."""
        raise NotImplementedError

    def connect_to(self, *targets: Connectable) -> None:
        """Allow traffic to the ports of each target, and order the component after the target.

        The policies are `<source>-to-<target>` beside the source and `<target>-from-<source>`
        beside the target. Raises MissingOffer where the cluster has no Network, InvalidReference
        for a target in another cluster.
        """
        source = self._party()
        for target in targets:
            found: object = getattr(target, "endpoint", target)
            fix = "pass a workload, a database or an Endpoint; for a Flow, write allow(...)"
            what = f"connection of {source.pods.name!r}"
            end = require(what, found, Endpoint, fix=fix)
            if not end.ports:
                why = f"leads to {end.pods.name!r}, which listens on no port"
                raise InvalidValue(what, why, "add a port there, or connect the other way round")
            _connect(source, end)

    def allow(self, *flows: Flow) -> None:
        """Allow each flow by a policy `<pods>-to-<peer>` or `<pods>-from-<peer>`.

        Raises MissingOffer where the cluster has no Network, InvalidValue for pods on the host
        network, which no policy selects.
        """
        party = self._party()
        _require_policies(party.pods)
        for flow in flows:
            require(f"flow of {party.pods.name!r}", flow, Flow, fix="write Flow.to_...(...)")
            allow_flows(party.component, party.pods, [flow])


class Endpoint(NetworkParty, Frozen):
    """One end of a connection.

    `component` holds its side of the policies; `ready` is the object that must exist before
    anything can connect, None if there is none to wait for.
    """

    pods: Pods
    ports: tuple[NetworkPort | NamedPort, ...]
    component: Component
    ready: Reference | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Return the endpoint itself."""
        return self

    def behind(self, service: ServiceReference) -> ServiceEndpoint:
        """Return the port of a Service in front of this endpoint, for routes."""
        return ServiceEndpoint(service.service, service.port, self)

    def allow(self, *flows: Flow, policy: str | None = None) -> None:
        """Allow the flows; `policy` names one policy for all of them."""
        if policy is None:
            NetworkParty.allow(self, *flows)
        else:
            _require_policies(self.pods)
            try:
                scope = Construct(self.component, f"{policy}-endpoint-policy")
            except DuplicateId:
                why = f"exists already in component {self.component.name!r}"
                fix = "pass all flows in one call of allow, or give this one another name"
                raise InvalidValue(f"policy {policy!r}", why, fix) from None
            allow_flows(scope, self.pods, flows, name=policy)

    def _party(self) -> Endpoint:
        return self


class ServiceEndpoint(ServiceReference):
    """A port of a Service, and the pods behind it with their container ports."""

    endpoint: Endpoint


def allow_flows(
    scope: Construct, pods: Pods, flows: Sequence[Flow], *, name: str | None = None
) -> Resource | None:
    """Create one policy that allows `flows`, and one for DNS if the namespace has none.

    Its name is by default `<pods>-to-<peer>` or `<pods>-from-<peer>` of the first flow. Raises
    MissingOffer where the cluster has no Network. Pods on the host network get no policy.
    """
    cluster = component_of(scope).cluster
    network = cluster.ask(Network)
    if pods.cluster is not None:
        why = f"are in cluster {pods.cluster!r}, whose policies are not in cluster {cluster.name!r}"
        raise InvalidReference(f"pods {pods.name!r}", why, "write the policy in their cluster")
    if pods.host_network:
        return None
    if name is None:
        word = "to" if flows[0].direction == "egress" else "from"
        name = cluster.check_of(BothSides).policy_name(pods, word, flows[0].peer)
    try:
        made = network.policy(scope, name, pods, flows)
    except DuplicateId as error:
        why = f"exists already, created at {error.first}"
        fix = "remove one of the two, or write one flow with the ports of both: Flow.of(...)"
        raise DuplicateObject(f"policy {name!r}", why, fix) from None
    if made is not None:
        cluster.check_of(BothSides).add(pods, flows)
    leaves = any(flow.direction == "egress" for flow in flows)
    if leaves and not network.denies(cluster, pods.namespace):
        network.allow_dns(scope, f"{name}-dns", pods)
    return made


def _require_policies(pods: Pods) -> None:
    if pods.host_network:
        why = "are on the host network, where network policies do not apply"
        fix = "open the other side for nodes: allow(Flow.from_nodes(...)), or use a host firewall"
        raise InvalidValue(f"pods {pods.name!r}", why, fix)


def _connect(source: Endpoint, target: Endpoint) -> None:
    one, other = source.pods, target.pods
    theirs = target.component.cluster
    if theirs is not source.component.cluster:
        what = f"connection from {one.name!r} to {other.name!r}"
        why = f"the first is in cluster {source.component.cluster.name}, the other in cluster"
        fix = "connect endpoints of one cluster"
        raise InvalidReference(what, f"{why} {theirs.name}", fix)
    out, into = Flow.to_pods(other, *target.ports), Flow.from_pods(one, *target.ports)
    named = theirs.check_of(BothSides).policy_name
    allow_flows(source.component, one, [out], name=named(one, "to", other))
    allow_flows(target.component, other, [into], name=named(other, "from", one))
    if target.ready is not None:
        source.component.needs(target.ready)
