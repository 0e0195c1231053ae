"""Secrets of GitLab, in the forms that its parts read."""

from charts.tooling.gitlab.store import ObjectStorage
from kubestrata import Component, Host, JsonObject
from kubestrata.constructs import (
    ExternalSecret,
    FileContent,
    RemoteKey,
    SecretKey,
    SecretReference,
    SecretSource,
    SecretTemplate,
)
from kubestrata.constructs.identity import (
    ClientSecret,
    LoginProvider,
    OidcApplication,
    SingleSignOn,
)

_NAME = "gitlab"
_ACCESS, _SECRET = "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"


def gitlab_application(host: Host) -> OidcApplication:
    """Return GitLab as an application that logs people in; `host` is where it is reached."""
    return OidcApplication(
        id="gitlab",
        name="Gitlab",
        redirects=[f"https://{host}/users/auth/openid_connect/callback"],
        scopes=["email", "profile", "roles"],
    )


class GitLabSecrets:
    """ExternalSecrets in the namespace of GitLab; `entries` is where the store has their values.

    Rails, the registry and the backup tool each read S3 settings in a form of their own.
    """

    def __init__(
        self, component: Component, *, entries: str, objects: ObjectStorage, host: Host
    ) -> None:
        self._component, self._entries, self._objects = component, entries, objects
        self.database = self._password("db-credentials", "db")
        self.cache = self._password("redis-credentials", "redis")
        self.root = self._password("root-password", "root")
        self.rails = self._storage("s3-credentials", "connection", _yaml(_rails(objects)))
        self.registry = self._storage("registry-storage", "config", _yaml(_registry(objects)))
        self.backup = self._storage("toolbox-s3cfg", "config", _s3cmd(objects))
        self.provider = self._provider(gitlab_application(host))

    def _password(self, name: str, entry: str) -> SecretKey:
        source = SecretSource.keys({"password": RemoteKey(f"{self._entries}/{entry}", "password")})
        return ExternalSecret(self._component, f"{_NAME}-{name}", source=source).secret.key(
            "password"
        )

    def _storage(self, name: str, key: str, text: str) -> SecretKey:
        entry = f"{self._entries}/s3"
        source = SecretSource.keys({each: RemoteKey(entry, each) for each in (_ACCESS, _SECRET)})
        return self._made(name, source, {key: text}).key(key)

    def _provider(self, application: OidcApplication) -> SecretKey:
        issuer = self._component.cluster.ask(LoginProvider).issuer_of(application)
        key = "oidc-provider"
        client = ClientSecret(
            name=f"{_NAME}-oidc-credentials",
            template=SecretTemplate({key: _yaml(_openid(application, issuer))}),
        )
        return SingleSignOn(self._component, application, secret=client).login.secret.key(key)

    def _made(self, name: str, source: SecretSource, data: dict[str, str]) -> SecretReference:
        template = SecretTemplate(data)
        id = f"{_NAME}-{name}"
        return ExternalSecret(self._component, id, source=source, template=template).secret


def _value(name: str) -> str:
    return f"{{{{ .{name} }}}}"


def _yaml(value: JsonObject) -> str:
    (text,) = FileContent.yaml("settings.yaml", value).entries.values()
    return str(text)


def _rails(objects: ObjectStorage) -> JsonObject:
    """Return a connection of fog (source: GitLab, object storage)."""
    return {
        "provider": "AWS",
        "region": objects.region,
        "aws_access_key_id": _value(_ACCESS),
        "aws_secret_access_key": _value(_SECRET),
        "aws_signature_version": 4,
        "host": objects.host,
        "endpoint": objects.url,
        "path_style": True,
    }


def _registry(objects: ObjectStorage) -> JsonObject:
    """Return the storage section of the registry's configuration."""
    return {
        "s3": {
            "accesskey": _value(_ACCESS),
            "secretkey": _value(_SECRET),
            "region": objects.region,
            "regionendpoint": objects.url,
            "bucket": objects.bucket("registry"),
            "pathstyle": True,
            "secure": False,
            "v4auth": True,
        },
        # MinIO is not reachable from outside: the registry sends the layers itself.
        "redirect": {"disable": True},
    }


def _s3cmd(objects: ObjectStorage) -> str:
    """Return a configuration of s3cmd."""
    lines = (
        "[default]",
        f"access_key = {_value(_ACCESS)}",
        f"secret_key = {_value(_SECRET)}",
        f"bucket_location = {objects.region}",
        f"host_base = {objects.host}",
        f"host_bucket = {objects.host}",
        "use_https = False",
        "signature_v2 = False",
    )
    return "".join(f"{each}\n" for each in lines)


def _openid(application: OidcApplication, issuer: str) -> JsonObject:
    """Return a provider of OmniAuth."""
    return {
        "name": "openid_connect",
        "label": "Keycloak SSO",
        "args": {
            "name": "openid_connect",
            "scope": ["openid", "profile", "email"],
            "response_type": "code",
            "issuer": issuer,
            "discovery": True,
            "client_auth_method": "query",
            "uid_field": "preferred_username",
            "pkce": True,
            "client_options": {
                "identifier": _value("client_id"),
                "secret": _value("client_secret"),
                "redirect_uri": application.redirects[0],
            },
        },
    }
