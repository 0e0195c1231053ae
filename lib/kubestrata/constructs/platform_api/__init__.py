"""The API of a platform: claims in place of native objects, and their definitions."""

from kubestrata.constructs.platform_api.app import APP, ClaimedWorkload, app_environment
from kubestrata.constructs.platform_api.app_spec import AppSpec
from kubestrata.constructs.platform_api.claim import PlatformKind
from kubestrata.constructs.platform_api.platform_api import EPI, PlatformApi
from kubestrata.constructs.platform_api.platform_definition import (
    CompositionFunctions,
    PlatformDefinition,
)
from kubestrata.constructs.platform_api.sql_instance import (
    SQL_INSTANCE,
    SQLInstanceSpec,
    sql_environment,
)
from kubestrata.constructs.platform_api.structural_schema import structural_schema

__all__ = [
    "APP",
    "EPI",
    "SQL_INSTANCE",
    "AppSpec",
    "ClaimedWorkload",
    "CompositionFunctions",
    "PlatformApi",
    "PlatformDefinition",
    "PlatformKind",
    "SQLInstanceSpec",
    "app_environment",
    "sql_environment",
    "structural_schema",
]
