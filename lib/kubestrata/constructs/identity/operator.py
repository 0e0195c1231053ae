"""The operator of Keycloak that a cluster may have."""

from __future__ import annotations

from kubestrata.constructs.data.operator import Operator


class KeycloakOperator(Operator):
    """The operator of Keycloak, which watches the namespaces that it is configured for."""
