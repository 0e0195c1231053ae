"""Helm charts, installed by Flux."""

from kubestrata.constructs.helm.helm_chart import HelmChart, OwnChart
from kubestrata.constructs.helm.helm_component import HelmComponent
from kubestrata.constructs.helm.helm_release import HelmRelease
from kubestrata.constructs.helm.patch import Patch, PatchStep
from kubestrata.constructs.helm.release_policy import (
    Drift,
    IgnoredDrift,
    Placement,
    ReleasePolicy,
    Upgrade,
)
from kubestrata.constructs.helm.values_from import SharedValues, ValuesFrom

__all__ = [
    "Drift",
    "HelmChart",
    "HelmComponent",
    "HelmRelease",
    "IgnoredDrift",
    "OwnChart",
    "Patch",
    "PatchStep",
    "Placement",
    "ReleasePolicy",
    "SharedValues",
    "Upgrade",
    "ValuesFrom",
]
