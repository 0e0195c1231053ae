"""The cluster cloudlab, one module for each part of it."""

from charts.clusters.cloudlab.cluster import cloudlab

__all__ = ["cloudlab"]
