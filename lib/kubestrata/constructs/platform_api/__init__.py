"""The API of a platform: claims in place of native objects, and their definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.platform_api.app import APP, ClaimedWorkload, app_environment
    from kubestrata.constructs.platform_api.app_spec import AppSpec
    from kubestrata.constructs.platform_api.claim import PlatformKind
    from kubestrata.constructs.platform_api.declaration_schema import structural_schema
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

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "app": "APP ClaimedWorkload app_environment",
        "app_spec": "AppSpec",
        "claim": "PlatformKind",
        "declaration_schema": "structural_schema",
        "platform_api": "EPI PlatformApi",
        "platform_definition": "CompositionFunctions PlatformDefinition",
        "sql_instance": "SQL_INSTANCE SQLInstanceSpec sql_environment",
    },
)
