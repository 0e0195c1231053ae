"""The app: builds every cluster of this repository and synthesizes it."""

from charts.clusters.cloudlab.cluster import cloudlab
from charts.clusters.goingdark.cluster import goingdark
from charts.clusters.monosense.apps import apps
from charts.clusters.monosense.infra import infra
from charts.clusters.mycluster_0.cluster import mycluster_0
from charts.clusters.talos.cluster import talos
from kubestrata import Platform


def build() -> Platform:
    """The platform with all its clusters, nothing written yet."""
    platform = Platform()
    apps(platform)
    cloudlab(platform)
    goingdark(platform)
    infra(platform)
    mycluster_0(platform)
    talos(platform)
    return platform


if __name__ == "__main__":
    build().synth()
