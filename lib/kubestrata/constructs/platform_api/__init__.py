"""A platform's own API: one declaration, as native objects or as a claim of a generated XRD."""

from kubestrata.constructs.platform_api.platform_api import PlatformApi
from kubestrata.constructs.platform_api.platform_definition import (
    CompositionFunctions,
    PlatformDefinition,
)
from kubestrata.constructs.platform_api.platform_kind import PlatformKind
from kubestrata.constructs.platform_api.structural_schema import structural_schema

__all__ = [
    "CompositionFunctions",
    "PlatformApi",
    "PlatformDefinition",
    "PlatformKind",
    "structural_schema",
]
