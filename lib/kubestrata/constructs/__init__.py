"""Opinionated parts: what two components would otherwise both write."""

from kubestrata.constructs.helm import HelmChart, HelmComponent, HelmRelease
from kubestrata.constructs.network import CiliumNetwork, Endpoint, Flow, KubernetesNetwork, Pods
from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.secret import (
    EncryptedSecret,
    ExternalSecret,
    GeneratedPassword,
    RemoteKey,
    SealedSecret,
    SecretKey,
    SecretReference,
    SecretSource,
    SecretStoreReference,
    SecretTemplate,
)
from kubestrata.constructs.traffic import (
    Certificate,
    Gateway,
    GatewayReference,
    Gateways,
    GrpcRoute,
    Route,
    TlsRoute,
)
from kubestrata.constructs.workload.workload import Workload

__all__ = [
    "Availability",
    "Certificate",
    "CiliumNetwork",
    "EncryptedSecret",
    "Endpoint",
    "ExternalSecret",
    "Flow",
    "Gateway",
    "GatewayReference",
    "Gateways",
    "GeneratedPassword",
    "GrpcRoute",
    "HelmChart",
    "HelmComponent",
    "HelmRelease",
    "KubernetesNetwork",
    "Pods",
    "RemoteKey",
    "Route",
    "Scaling",
    "SealedSecret",
    "SecretKey",
    "SecretReference",
    "SecretSource",
    "SecretStoreReference",
    "SecretTemplate",
    "TlsRoute",
    "Workload",
]
