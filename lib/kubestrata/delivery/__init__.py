"""From components to what a cluster reconciles, in order."""

from kubestrata.delivery.flux import Flux, SopsDecryption, SubstituteFrom

__all__ = ["Flux", "SopsDecryption", "SubstituteFrom"]
