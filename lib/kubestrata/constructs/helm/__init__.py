"""Helm charts, installed by Flux."""

from kubestrata.constructs.helm.helm_chart import HelmChart
from kubestrata.constructs.helm.helm_component import HelmComponent
from kubestrata.constructs.helm.helm_release import HelmRelease

__all__ = ["HelmChart", "HelmComponent", "HelmRelease"]
