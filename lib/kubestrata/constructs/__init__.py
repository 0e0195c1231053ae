"""Opinionated parts: what two components would otherwise both write."""

from kubestrata.constructs.helm import (
    Drift,
    HelmChart,
    HelmComponent,
    HelmRelease,
    IgnoredDrift,
    Patch,
    PatchStep,
    Placement,
    ReleasePolicy,
    SharedValues,
    Upgrade,
    ValuesFrom,
)
from kubestrata.constructs.network import CiliumNetwork, Endpoint, Flow, KubernetesNetwork, Pods
from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.secret import EncryptedSecret, SecretKey, SecretReference
from kubestrata.constructs.traffic import GatewayReference, Gateways, Route
from kubestrata.constructs.workload.workload import Workload

__all__ = [
    "Availability",
    "CiliumNetwork",
    "Drift",
    "EncryptedSecret",
    "Endpoint",
    "Flow",
    "GatewayReference",
    "Gateways",
    "HelmChart",
    "HelmComponent",
    "HelmRelease",
    "IgnoredDrift",
    "KubernetesNetwork",
    "Patch",
    "PatchStep",
    "Placement",
    "Pods",
    "ReleasePolicy",
    "Route",
    "Scaling",
    "SecretKey",
    "SecretReference",
    "SharedValues",
    "Upgrade",
    "ValuesFrom",
    "Workload",
]
