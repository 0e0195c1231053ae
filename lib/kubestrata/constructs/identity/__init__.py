"""Single sign-on: providers, realms and the applications that log people in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.identity.application_modules import ApplicationModules
    from kubestrata.constructs.identity.blueprint_logins import BlueprintLogins
    from kubestrata.constructs.identity.domain_proxy import DomainProxy
    from kubestrata.constructs.identity.keycloak import Keycloak
    from kubestrata.constructs.identity.keycloak_realm import KeycloakRealm
    from kubestrata.constructs.identity.keycloak_spec import (
        KeycloakDatabase,
        KeycloakListeners,
        KeycloakPool,
        KeycloakProbe,
        KeycloakSpec,
    )
    from kubestrata.constructs.identity.oidc_client import OidcApplication, OidcClient
    from kubestrata.constructs.identity.oidc_login import ClientSecret, LoginProvider, OidcLogin
    from kubestrata.constructs.identity.operator import KeycloakOperator
    from kubestrata.constructs.identity.realm_spec import (
        RealmLifetimes,
        RealmLockout,
        RealmLogin,
        RealmSpec,
    )
    from kubestrata.constructs.identity.single_sign_on import SingleSignOn
    from kubestrata.constructs.identity.stored_logins import StoredClient, StoredEntry, StoredLogins
    from kubestrata.constructs.identity.terraform_logins import TerraformLogins
    from kubestrata.constructs.identity.terraform_outposts import TerraformOutposts

__all__ = [
    "ApplicationModules",
    "BlueprintLogins",
    "ClientSecret",
    "DomainProxy",
    "Keycloak",
    "KeycloakDatabase",
    "KeycloakListeners",
    "KeycloakOperator",
    "KeycloakPool",
    "KeycloakProbe",
    "KeycloakRealm",
    "KeycloakSpec",
    "LoginProvider",
    "OidcApplication",
    "OidcClient",
    "OidcLogin",
    "RealmLifetimes",
    "RealmLockout",
    "RealmLogin",
    "RealmSpec",
    "SingleSignOn",
    "StoredClient",
    "StoredEntry",
    "StoredLogins",
    "TerraformLogins",
    "TerraformOutposts",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "application_modules": "ApplicationModules",
        "blueprint_logins": "BlueprintLogins",
        "domain_proxy": "DomainProxy",
        "keycloak": "Keycloak",
        "keycloak_realm": "KeycloakRealm",
        "keycloak_spec": (
            "KeycloakDatabase KeycloakListeners KeycloakPool KeycloakProbe KeycloakSpec"
        ),
        "oidc_client": "OidcApplication OidcClient",
        "oidc_login": "ClientSecret LoginProvider OidcLogin",
        "operator": "KeycloakOperator",
        "realm_spec": "RealmLifetimes RealmLockout RealmLogin RealmSpec",
        "single_sign_on": "SingleSignOn",
        "stored_logins": "StoredClient StoredEntry StoredLogins",
        "terraform_logins": "TerraformLogins",
        "terraform_outposts": "TerraformOutposts",
    },
)
