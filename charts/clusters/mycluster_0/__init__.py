"""The cluster mycluster-0, one module for each part of it."""

from charts.clusters.mycluster_0.cluster import mycluster_0

__all__ = ["mycluster_0"]
