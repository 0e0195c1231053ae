"""Single sign-on by Authentik, with the PostgreSQL of its chart."""

from collections.abc import Sequence

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, Component, Duration, JsonObject, Reconcile, Reference
from kubestrata.constructs import (
    ConfigFiles,
    ConfigReference,
    ExternalSecret,
    FileContent,
    Flow,
    HelmRelease,
    RemoteKey,
    SecretReference,
    SecretSource,
)
from kubestrata.constructs.secret import GeneratedPassword, PasswordFormat, Refresh, SecretTemplate
from kubestrata.constructs.traffic import Ingress, IngressController, IngressRule, IngressTls

_NAME = "authentik"
_PORT, _POSTGRES_PORT = 80, 5432
# The first start migrates the database.
_TIMEOUT = Duration("15m")
_PASSWORD = "password"  # noqa: S105  # a key
_POSTGRES = "AUTHENTIK_POSTGRESQL__PASSWORD"
_TOKEN = "AUTHENTIK_BOOTSTRAP_TOKEN"  # noqa: S105  # an environment variable
READABLE = PasswordFormat(length=32, digits=8, symbols=4, symbol_characters="!@#$%^&*")
"""Passwords that people type."""


class Authentik(Component):
    """Authentik at `auth` in the cluster's domain: one server, one worker, one database.

    `token` is the key in the store of the token with which Terraform configures it; `before` writes
    it. The passwords are generated once: the database and Authentik keep them. `groups` are created
    without members, for the permissions of applications.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        controller: IngressController,
        issuer: Reference,
        token: RemoteKey,
        before: Reference,
        groups: Sequence[str],
    ) -> None:
        reconcile = Reconcile(timeout=_TIMEOUT)
        super().__init__(scope, _NAME, layer="security", namespace=namespace, reconcile=reconcile)
        self.needs(before)
        self.host = scope.host("auth")
        database = self._database()
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.AUTHENTIK,
            timeout=_TIMEOUT,
            values={
                **_values(database, self._environment(database, token)),
                "blueprints": {"configMaps": [self._groups(groups).name]},
            },
        )
        release.allow(Flow.to_pods(release.pods, _POSTGRES_PORT), Flow.to_kubernetes_api())
        self.release = release
        self.service = release.service(f"{_NAME}-server", _PORT)
        self.url = self.service.url()
        Ingress(
            self,
            _NAME,
            controller=controller,
            rules=[IngressRule.all_of(self.host, to=self.service)],
            tls=IngressTls.issued(issuer, secret_name=f"{_NAME}-tls"),
        )

    def _groups(self, names: Sequence[str]) -> ConfigReference:
        """Return the blueprint from which Authentik's worker creates the groups."""
        entries: list[JsonObject] = [
            {"model": "authentik_core.group", "identifiers": {"name": name}, "state": "present"}
            for name in names
        ]
        blueprint: JsonObject = {"version": 1, "metadata": {"name": "Groups"}, "entries": entries}
        content = FileContent.yaml("groups.yaml", blueprint)
        return ConfigFiles(self, f"{_NAME}-groups", content=[content]).reference

    def issuer_of(self, application: str = "{id}") -> str:
        """Return the issuer of an application's tokens, by its public host."""
        return f"https://{self.host}/application/o/{application}/"

    def _database(self) -> SecretReference:
        """Add the password of the database, for both the server and its client."""
        names = {_POSTGRES: "{{ .password }}", _PASSWORD: "{{ .password }}"}
        return GeneratedPassword(
            self,
            f"{_NAME}-postgres-env",
            format=PasswordFormat(length=32, digits=10),
            template=SecretTemplate(names),
            generator_name=f"{_NAME}-postgres-password-generator",
        ).secret

    def _environment(self, database: SecretReference, token: RemoteKey) -> list[JsonObject]:
        administrator = GeneratedPassword(
            self,
            f"{_NAME}-admin-password",
            keys=["AUTHENTIK_BOOTSTRAP_PASSWORD"],
            format=READABLE,
            generator_name=f"{_NAME}-admin-password-generator",
        ).secret
        # A new key ends all sessions.
        key = GeneratedPassword(
            self,
            f"{_NAME}-secret-key",
            keys=["AUTHENTIK_SECRET_KEY"],
            format=PasswordFormat(length=64, digits=16),
            generator_name=f"{_NAME}-secret-key-password",
        ).secret
        bootstrap = ExternalSecret(
            self,
            f"{_NAME}-bootstrap",
            source=SecretSource.keys({_TOKEN: token}),
            refresh=Refresh.once(),
        ).secret
        host = ConfigFiles(
            self,
            f"{_NAME}-host",
            content=[FileContent.text("AUTHENTIK_HOST", f"https://{self.host}")],
        )
        secrets = [bootstrap, administrator, database, key]
        return [
            {"configMapRef": {"name": host.reference.name}},
            *({"secretRef": {"name": each.name}} for each in secrets),
        ]


def _values(database: SecretReference, environment: list[JsonObject]) -> JsonObject:
    size = bounded("100m", "512Mi", "500m", "1Gi")
    key = database.key(_PASSWORD).key
    return {
        "global": {
            "envFrom": environment,
            "deploymentAnnotations": {"reloader.stakater.com/auto": "true"},
        },
        "authentik": {"error_reporting": {"enabled": False}},
        # Its role lets the worker run outposts.
        "serviceAccount": {"create": True},
        "server": {"replicas": 1, "resources": size},
        "worker": {"replicas": 1, "resources": size},
        "postgresql": {
            "enabled": True,
            "auth": {
                "existingSecret": database.name,
                "secretKeys": {"adminPasswordKey": key, "userPasswordKey": key},
            },
        },
    }
