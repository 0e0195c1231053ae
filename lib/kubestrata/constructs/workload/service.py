"""Services and routes of pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import k8s
from kubestrata.constructs.network import Endpoint, NetworkPort, Pods
from kubestrata.constructs.traffic import (
    PathMatch,
    RouteMatch,
    RouteReference,
    RouteRule,
    expose,
)
from kubestrata.constructs.workload.exposure import ExposedPath, Exposure
from kubestrata.constructs.workload.pod_check import require_kubernetes
from kubestrata.constructs.workload.port import HTTP, ProtocolPort
from kubestrata.constructs.workload.provider import SERVICE_PORT
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ServiceReference

Ports = Mapping[str, ProtocolPort]
# The minor version of Kubernetes that accepts names of Services with a digit first.
_DIGIT_FIRST = 36


def service_port(name: str, port: ProtocolPort) -> int:
    """Return the number of a port in the Service: 80 is the main one, all others keep theirs."""
    return SERVICE_PORT if name == HTTP else port.number


def make_service(
    scope: Construct, id: str, labels: Mapping[str, str], ports: Ports
) -> ServiceReference | None:
    """Create a Service of the pods, and return its first port; None if they do not listen."""
    if not ports:
        return None
    _check_service(scope, id, ports)
    made = k8s.Service(
        scope,
        f"{id}-service",
        metadata=k8s.ObjectMeta(name=id, labels=labels),
        spec=k8s.ServiceSpec(selector=labels, ports=service_ports(ports)),
    )
    name, port = next(iter(ports.items()))
    return ServiceReference(made.ref, service_port(name, port))


def _check_service(scope: Construct, id: str, ports: Ports) -> None:
    """Raise InvalidValue for a name or ports that the API server refuses in a Service."""
    if not id[:1].isalpha():
        what = f"Service {id!r} with a digit first"
        fix = "begin it with a letter"
        require_kubernetes(component_of(scope).cluster, _DIGIT_FIRST, what, fix)
    taken: dict[tuple[int, str], str] = {}
    for name, port in ports.items():
        number = service_port(name, port)
        other = taken.setdefault((number, port.protocol), name)
        if other != name:
            why = f"is {number} in the Service, as is port {other!r}"
            fix = f"pass port={number} as the main port, or choose another number"
            raise InvalidValue(f"port {name!r}", why, fix)


def make_headless_service(
    scope: Construct, id: str, labels: Mapping[str, str], ports: Ports
) -> k8s.Service:
    """Create the Service that gives each pod of a StatefulSet a name in DNS, ready or not."""
    return k8s.Service(
        scope,
        f"{id}-headless",
        metadata=k8s.ObjectMeta(labels=labels),
        spec=k8s.ServiceSpec(
            cluster_ip="None",
            publish_not_ready_addresses=True,
            selector=labels,
            ports=[
                k8s.ServicePort(
                    name=name, port=port.number, target_port=name, protocol=_protocol(port)
                )
                for name, port in ports.items()
            ]
            or None,
        ),
    )


def service_ports(ports: Ports) -> list[k8s.ServicePort]:
    """Return the ports of a Service."""
    return [
        k8s.ServicePort(
            name=name,
            port=service_port(name, port),
            target_port=name,
            protocol=_protocol(port),
        )
        for name, port in ports.items()
    ]


def _protocol(port: ProtocolPort) -> str | None:
    return port.protocol if port.protocol != "TCP" else None


def make_route(
    scope: Construct,
    exposure: Exposure,
    pods: Pods,
    ports: Ports,
    *,
    ready: Reference,
    service: ServiceReference | None,
) -> RouteReference:
    """Create the route of an exposure, or its Ingress; raises InvalidValue for unknown ports."""
    component = component_of(scope)
    rules = route_rules(exposure, ports)
    end = Endpoint(pods, exposed_ports(exposure, ports), component, ready)
    if service is None:
        raise exposure.refuse("visibility", "is that of pods without a port", "add a port")
    return expose(
        scope,
        pods.name,
        label=exposure.host or pods.name,
        to=end.behind(service),
        visibility=exposure.visibility,
        rules=rules,
        auth=exposure.auth,
    )


def exposed_ports(exposure: Exposure, ports: Ports) -> tuple[NetworkPort, ...]:
    """Return the ports of the pods that the route needs, in the order of its paths."""
    names = [each.port for each in checked_paths(exposure, ports)] or [HTTP]
    return tuple(NetworkPort(ports[name].number) for name in dict.fromkeys(names))


def route_rules(exposure: Exposure, ports: Ports) -> list[RouteRule]:
    """Return the rules of the route; raises InvalidValue for a port that the pods lack."""
    return [
        RouteRule(
            matches=[RouteMatch(path=PathMatch.prefix(each.prefix))],
            port=service_port(each.port, ports[each.port]),
        )
        for each in checked_paths(exposure, ports)
    ] or [RouteRule()]


def checked_paths(exposure: Exposure, ports: Ports) -> Sequence[ExposedPath]:
    """Return the paths of an exposure; raises InvalidValue for ports without HTTP."""
    known = ", ".join(sorted(ports)) or "none"
    for each in exposure.paths:
        if each.port not in ports:
            why = f"is not a port of the container, which has {known}"
            fix = "add it to the container's ports"
            raise each.refuse("port", f"{each.port!r} {why}", fix)
        if ports[each.port].protocol != "TCP":
            raise each.refuse("port", f"{each.port!r} is not a TCP port", "name a port of HTTP")
    if not exposure.paths and HTTP not in ports:
        why = f"is empty, and the container has no main port, only {known}"
        fix = "name a port: ExposedPath(port=...), or set Container.port"
        raise exposure.refuse("paths", why, fix)
    return exposure.paths
