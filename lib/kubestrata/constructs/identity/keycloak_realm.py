"""Realms of Keycloak, with the applications that log people in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kubeapis.keycloak import v2alpha1 as kinds
from kubestrata.constructs.identity.keycloak import Keycloak
from kubestrata.constructs.identity.oidc_client import OidcClient
from kubestrata.constructs.identity.realm_spec import RealmSpec
from kubestrata.constructs.network.connection import Endpoint, NetworkParty
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core import patch as patching
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import DuplicateObject, InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch

# Without this scope of Keycloak's own, tokens have no subject.
_BASIC = "basic"
_MASTER = "master"
_REALM_NAME = re.compile(r"[A-Za-z0-9._-]+\Z")
# Its label (source: the operator).
_JOB = "keycloak-realm-import"
_NOT_IN_NAMES = re.compile(r"[^A-Z0-9]+")


class KeycloakRealm(Construct, NetworkParty):
    """One KeycloakRealmImport named `id`, which creates the realm `realm` with its clients.

    A realm that exists already is never changed by it. Secrets of clients are placeholders, which
    the operator replaces from Secrets in the namespace of Keycloak. The Job that imports the realm
    writes to the database itself: connect one realm of each namespace to it, for the pods of all.
    Raises InvalidValue for the realm `master`, DuplicateObject for two clients with one id.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        realm: str,
        keycloak: Keycloak,
        clients: Sequence[OidcClient] = (),
        spec: RealmSpec | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        super().__init__(scope, f"{id}-realm")
        patching.register(self, patches)
        if realm == _MASTER:
            why = "is for administrators of Keycloak, who can change all other realms"
            raise InvalidValue(
                f"realm {realm!r}", why, "give the applications a realm of their own"
            )
        if not _REALM_NAME.match(realm):
            why = "is not a name for addresses: must be letters, digits, '-', '_' and '.'"
            raise InvalidValue(f"realm {realm!r}", why)
        self.realm = realm
        self.issuer = f"{keycloak.issuer_base}{realm}"
        secrets = _secrets(clients, keycloak)
        cr = keycloak.resource.ref
        self.resource = kinds.KeycloakRealmImport(
            self,
            id,
            spec=kinds.KeycloakRealmImportSpec(
                keycloak_cr_name=cr.name,
                placeholders={name: _placeholder(key) for name, key in secrets.items()} or None,
                realm=_realm(realm, spec or RealmSpec(), clients),
            ),
        )
        if self.resource.identity.namespace != cr.object_namespace:
            why = f"is in namespace {self.resource.identity.namespace!r}, its Keycloak in"
            fix = "create it in the component of its Keycloak"
            raise InvalidReference(f"realm {realm!r}", f"{why} {cr.object_namespace!r}", fix)
        self._component = component_of(self)
        patching.check_used(self)

    def _party(self) -> Endpoint:
        """Return the pods of the Job."""
        pods = Pods(_JOB, self.resource.identity.namespace, {"app": _JOB})
        return Endpoint(pods, (), self._component, self.resource.ref)


def _secrets(clients: Sequence[OidcClient], keycloak: Keycloak) -> dict[str, SecretKey]:
    """Return the placeholder of each client's secret; the names are those of variables."""
    found: dict[str, SecretKey] = {}
    seen: dict[str, str] = {}
    for client in clients:
        name = _variable(client)
        if name in seen:
            why = f"is defined twice, or has the same letters as {seen[name]!r}"
            raise DuplicateObject(f"OIDC client {client.id!r}", why, "rename one of the two")
        seen[name] = client.id
        if client.secret is not None:
            client.secret.secret.require_namespace(keycloak.resource.identity.namespace)
            found[name] = client.secret
    return found


def _variable(client: OidcClient) -> str:
    return f"CLIENT_SECRET_{_NOT_IN_NAMES.sub('_', client.id.upper())}"


def _placeholder(key: SecretKey) -> kinds.KeycloakRealmImportSpecPlaceholders:
    secret = kinds.KeycloakRealmImportSpecPlaceholdersSecret(name=key.name, key=key.key)
    return kinds.KeycloakRealmImportSpecPlaceholders(secret=secret)


def _realm(
    name: str, spec: RealmSpec, clients: Sequence[OidcClient]
) -> kinds.KeycloakRealmImportSpecRealm:
    login, lockout, times = spec.login, spec.lockout, spec.lifetimes
    roles = [kinds.KeycloakRealmImportSpecRealmRolesRealm(name=each) for each in spec.roles]
    return kinds.KeycloakRealmImportSpecRealm(
        id=name,
        realm=name,
        enabled=True,
        display_name=spec.display_name,
        ssl_required=spec.ssl_required,
        registration_allowed=login.registration,
        verify_email=login.verify_email,
        login_with_email_allowed=login.with_email,
        reset_password_allowed=login.reset_password,
        remember_me=login.remember_me,
        brute_force_protected=lockout is not None,
        failure_factor=lockout.failures if lockout else None,
        wait_increment_seconds=lockout.wait_seconds if lockout else None,
        max_failure_wait_seconds=lockout.longest_wait_seconds if lockout else None,
        max_delta_time_seconds=lockout.reset_seconds if lockout else None,
        sso_session_idle_timeout=times.session_idle_seconds,
        sso_session_max_lifespan=times.session_seconds,
        access_token_lifespan=times.access_token_seconds,
        access_token_lifespan_for_implicit_flow=times.implicit_token_seconds,
        access_code_lifespan=times.code_seconds,
        access_code_lifespan_login=times.code_login_seconds,
        access_code_lifespan_user_action=times.code_action_seconds,
        roles=kinds.KeycloakRealmImportSpecRealmRoles(realm=roles) if roles else None,
        clients=[_client(each) for each in clients] or None,
    )


def _client(client: OidcClient) -> kinds.KeycloakRealmImportSpecRealmClients:
    """Return a client with the authorization code flow only."""
    confidential = client.secret is not None
    pkce = {"pkce.code.challenge.method": client.pkce} if client.pkce else None
    return kinds.KeycloakRealmImportSpecRealmClients(
        client_id=client.id,
        name=client.name or None,
        enabled=True,
        protocol="openid-connect",
        public_client=not confidential,
        client_authenticator_type="client-secret" if confidential else None,
        secret=f"${{{_variable(client)}}}" if confidential else None,
        standard_flow_enabled=True,
        implicit_flow_enabled=False,
        direct_access_grants_enabled=False,
        service_accounts_enabled=False,
        redirect_uris=list(client.redirects),
        web_origins=client.origins,
        default_client_scopes=[_BASIC, *client.scopes],
        attributes=pkce,
    )
