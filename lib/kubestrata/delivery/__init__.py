"""Delivery: ordered Kustomizations of a cluster, built from its components."""

from kubestrata.delivery.flux import Flux, SopsDecryption, SubstituteFrom

__all__ = ["Flux", "SopsDecryption", "SubstituteFrom"]
