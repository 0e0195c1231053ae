"""Opinionated parts: what two components would otherwise both write."""

from kubestrata.constructs.helm import HelmChart, HelmComponent, HelmRelease
from kubestrata.constructs.network import (
    CiliumNetwork,
    Endpoint,
    Flow,
    KubernetesNetwork,
    OpenNetwork,
    Pods,
)
from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.secret import EncryptedSecret, SecretKey, SecretReference
from kubestrata.constructs.traffic import GatewayReference, Gateways, Route
from kubestrata.constructs.workload import (
    Container,
    Exposure,
    Probes,
    Resources,
    Workload,
    WorkloadDeclaration,
    WorkloadDefaults,
)

__all__ = [
    "Availability",
    "CiliumNetwork",
    "Container",
    "EncryptedSecret",
    "Endpoint",
    "Exposure",
    "Flow",
    "GatewayReference",
    "Gateways",
    "HelmChart",
    "HelmComponent",
    "HelmRelease",
    "KubernetesNetwork",
    "OpenNetwork",
    "Pods",
    "Probes",
    "Resources",
    "Route",
    "Scaling",
    "SecretKey",
    "SecretReference",
    "Workload",
    "WorkloadDeclaration",
    "WorkloadDefaults",
]
