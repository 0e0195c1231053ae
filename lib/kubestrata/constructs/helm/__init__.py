"""Helm charts, installed by Flux."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
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

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "helm_chart": "HelmChart OwnChart",
        "helm_component": "HelmComponent",
        "helm_release": "HelmRelease",
        "patch": "Patch PatchStep",
        "release_policy": "Drift IgnoredDrift Placement ReleasePolicy Upgrade",
        "values_from": "SharedValues ValuesFrom",
    },
)
