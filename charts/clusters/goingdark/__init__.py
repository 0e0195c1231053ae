"""The cluster goingdark, one module for each part of it."""

from charts.clusters.goingdark.cluster import goingdark

__all__ = ["goingdark"]
