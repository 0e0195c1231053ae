"""Kinds that sources define: Kubernetes' own, custom ones and composites, checked."""
