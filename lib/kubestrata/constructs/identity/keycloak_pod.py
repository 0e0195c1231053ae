"""Pods of Keycloak: hardening, spreading and requests, in the operator's own types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from kubeapis import k8s
from kubeapis.keycloak import v2alpha1 as kinds
from kubestrata.constructs.scaling.availability import Availability
from kubestrata.constructs.scaling.placement import affinity, topology_spread_constraints
from kubestrata.constructs.workload.resources import Resources
from kubestrata.core.value.quantity import Quantity

# The user of the image.
_USER = 1000
_Made = TypeVar("_Made", bound=msgspec.Struct)
_Template = kinds.KeycloakSpecUnsupportedPodTemplate
_Pod = kinds.KeycloakSpecUnsupportedPodTemplateSpec
_Container = kinds.KeycloakSpecUnsupportedPodTemplateSpecContainers


def resources(given: Resources) -> kinds.KeycloakSpecResources:
    """Return requests and limits; the memory limit is the request unless given."""
    limits: dict[str, Quantity] = {"memory": given.memory_limit or given.memory}
    if given.cpu_limit is not None:
        limits["cpu"] = given.cpu_limit
    requests = {"cpu": given.cpu, "memory": given.memory}
    return kinds.KeycloakSpecResources(requests=requests, limits=limits)


def scheduling(given: Availability, labels: Mapping[str, str]) -> kinds.KeycloakSpecScheduling:
    """Return the spread over zones and nodes, and the affinity, of the pods of `labels`."""
    apart = affinity(given, labels)
    spread = topology_spread_constraints(given, labels, rollout=())
    constraint = kinds.KeycloakSpecSchedulingTopologySpreadConstraints
    return kinds.KeycloakSpecScheduling(
        affinity=None if apart is None else _as(kinds.KeycloakSpecSchedulingAffinity, apart),
        priority_class_name=given.priority,
        topology_spread_constraints=[_as(constraint, each) for each in spread] or None,
    )


def _as(kind: type[_Made], value: msgspec.Struct) -> _Made:
    """Return a value of Kubernetes as the operator's type of the same fields."""
    return msgspec.convert(msgspec.to_builtins(value), kind)


def pod_template() -> _Template:
    """Return what the restricted level of Pod Security requires; the operator sets none of it.

    Keycloak writes below its own folder unless its image was built with the settings.
    """
    restricted = kinds.KeycloakSpecUnsupportedPodTemplateSpecContainersSecurityContext(
        allow_privilege_escalation=False, capabilities=k8s.Capabilities(drop=["ALL"])
    )
    pod = kinds.KeycloakSpecUnsupportedPodTemplateSpecSecurityContext(
        run_as_non_root=True,
        run_as_user=_USER,
        fs_group=_USER,
        seccomp_profile=kinds.KeycloakSpecUnsupportedPodTemplateSpecSecurityContextSeccompProfile(
            type="RuntimeDefault"
        ),
    )
    return _Template(
        spec=_Pod(security_context=pod, containers=[_Container(security_context=restricted)])
    )
