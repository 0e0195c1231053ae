"""The operator of Keycloak that a cluster may have."""

from __future__ import annotations

from dataclasses import dataclass

from kubestrata.constructs.data.operator import Operator


@dataclass(frozen=True, slots=True)
class KeycloakOperator(Operator):
    """The operator of Keycloak, which watches the namespaces that it is configured for."""
