"""Opinionated parts: what two components would otherwise both write."""

from kubestrata.constructs.helm import HelmChart, HelmComponent, HelmRelease
from kubestrata.constructs.network import CiliumNetwork, Endpoint, Flow, KubernetesNetwork, Pods
from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.secret import EncryptedSecret, SecretKey, SecretReference
from kubestrata.constructs.traffic import GatewayReference, Gateways, Route
from kubestrata.constructs.workload.workload import Workload

__all__ = [
    "Availability",
    "CiliumNetwork",
    "EncryptedSecret",
    "Endpoint",
    "Flow",
    "GatewayReference",
    "Gateways",
    "HelmChart",
    "HelmComponent",
    "HelmRelease",
    "KubernetesNetwork",
    "Pods",
    "Route",
    "Scaling",
    "SecretKey",
    "SecretReference",
    "Workload",
]
