"""Single sign-on: providers, realms and the applications that log people in."""

from kubestrata.constructs.identity.keycloak import Keycloak
from kubestrata.constructs.identity.keycloak_realm import KeycloakRealm
from kubestrata.constructs.identity.keycloak_spec import (
    KeycloakDatabase,
    KeycloakListeners,
    KeycloakPool,
    KeycloakProbe,
    KeycloakSpec,
)
from kubestrata.constructs.identity.oidc_client import OidcClient
from kubestrata.constructs.identity.operator import KeycloakOperator
from kubestrata.constructs.identity.realm_spec import (
    RealmLifetimes,
    RealmLockout,
    RealmLogin,
    RealmSpec,
)

__all__ = [
    "Keycloak",
    "KeycloakDatabase",
    "KeycloakListeners",
    "KeycloakOperator",
    "KeycloakPool",
    "KeycloakProbe",
    "KeycloakRealm",
    "KeycloakSpec",
    "OidcClient",
    "RealmLifetimes",
    "RealmLockout",
    "RealmLogin",
    "RealmSpec",
]
