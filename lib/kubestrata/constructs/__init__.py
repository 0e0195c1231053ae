"""Opinionated parts: what two components would otherwise both write."""

from kubestrata.constructs.encrypted_secret import EncryptedSecret
from kubestrata.constructs.helm_chart import HelmChart
from kubestrata.constructs.helm_component import HelmComponent
from kubestrata.constructs.helm_release import HelmRelease
from kubestrata.constructs.route import GatewayReference, Route
from kubestrata.constructs.workload import Workload

__all__ = [
    "EncryptedSecret",
    "GatewayReference",
    "HelmChart",
    "HelmComponent",
    "HelmRelease",
    "Route",
    "Workload",
]
