"""Logins to Grafana, at any provider, as values of its chart."""

from collections.abc import Sequence
from typing import Literal

from kubestrata import Host, JsonObject
from kubestrata.constructs import SecretReference
from kubestrata.constructs.identity import ClientSecret, OidcApplication, OidcLogin

_ID = "GF_AUTH_GENERIC_OAUTH_CLIENT_ID"
_SECRET = "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET"  # noqa: S105  # an environment variable


def grafana_application(
    host: Host,
    *,
    scopes: Sequence[str] = ("email", "profile"),
    pkce: Literal["S256"] | None = "S256",
) -> OidcApplication:
    """Return Grafana as an application that logs people in; `host` is where it is reached."""
    return OidcApplication(
        id="grafana",
        name="Grafana",
        redirects=[f"https://{host}/login/generic_oauth"],
        scopes=scopes,
        pkce=pkce,
    )


def client_variables(name: str) -> ClientSecret:
    """Return the Secret of the client, with the variables of Grafana as its keys."""
    return ClientSecret(name=name, id_key=_ID, secret_key=_SECRET)


def client_secret_variable(login: OidcLogin) -> JsonObject:
    """Return `envValueFrom` for a Secret with other keys, whose client has its id in the values."""
    key = login.password
    return {_SECRET: {"secretKeyRef": {"name": key.name, "key": key.key}}}


def administrator(secret: SecretReference, user: str, password: str) -> JsonObject:
    """Return `admin`: Grafana's own administrator, by keys of a Secret."""
    return {
        "existingSecret": secret.name,
        "userKey": secret.key(user).key,
        "passwordKey": secret.key(password).key,
    }


def authentik_endpoints(login: OidcLogin, inside: str | None = None) -> JsonObject:
    """Return the endpoints of Authentik, which all of its applications share.

    Browsers use the public host, and Grafana the address `inside` of the cluster if there is one.
    """
    public = login.issuer.removesuffix(f"{login.client_id}/")
    own = public if inside is None else f"{inside}/application/o/"
    return _endpoints(f"{public}authorize/", f"{own}token/", f"{own}userinfo/")


def dex_endpoints(login: OidcLogin) -> JsonObject:
    """Return the endpoints of Dex."""
    base = login.issuer
    return _endpoints(f"{base}/auth", f"{base}/token", f"{base}/userinfo")


def keycloak_endpoints(login: OidcLogin) -> JsonObject:
    """Return the endpoints of a realm of Keycloak."""
    base = f"{login.issuer}/protocol/openid-connect"
    return _endpoints(f"{base}/auth", f"{base}/token", f"{base}/userinfo")


def zitadel_endpoints(issuer: str) -> JsonObject:
    """Return the endpoints of Zitadel."""
    base = f"{issuer}/oauth/v2"
    return _endpoints(f"{base}/authorize", f"{base}/token", f"{issuer}/oidc/v1/userinfo")


def _endpoints(authorize: str, token: str, account: str) -> JsonObject:
    return {"auth_url": authorize, "token_url": token, "api_url": account}
