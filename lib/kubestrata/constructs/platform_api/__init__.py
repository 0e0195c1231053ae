"""A platform's own API: one declaration, as native objects or as a claim of a generated XRD."""

from kubestrata.constructs.platform_api.platform_api import PlatformApi
from kubestrata.constructs.platform_api.platform_kind import PlatformKind

__all__ = ["PlatformApi", "PlatformKind"]
