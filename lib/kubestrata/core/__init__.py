"""Clusters, components, resources, and the values that they consist of."""
