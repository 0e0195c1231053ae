"""Cilium: the pod network of a cluster in one of three forms, and what it announces and serves."""
