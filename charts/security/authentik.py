"""Single sign-on by Authentik."""

from collections.abc import Mapping, Sequence

from charts import catalogue
from charts.resource_request import bounded
from charts.variable import secret_variable
from kubestrata import (
    Cluster,
    Component,
    Duration,
    JsonObject,
    Namespace,
    Reconcile,
    Reference,
    ServiceReference,
)
from kubestrata.constructs import (
    ConfigFiles,
    ConfigReference,
    ExternalSecret,
    FileContent,
    Flow,
    HelmChart,
    HelmRelease,
    RemoteKey,
    SecretKey,
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


class AuthentikServer(Component):
    """Authentik at `auth` in the cluster's domain: one server, one worker, and no database.

    A subclass creates what the pods read, and calls `install`.
    """

    release: HelmRelease

    def __init__(self, scope: Cluster, *, namespace: Namespace | Reference) -> None:
        reconcile = Reconcile(timeout=_TIMEOUT)
        super().__init__(scope, _NAME, layer="security", namespace=namespace, reconcile=reconcile)
        self.host = scope.host("auth")

    def install(
        self,
        values: JsonObject,
        *,
        chart: HelmChart,
        environment: Sequence[SecretReference],
        variables: Mapping[str, SecretKey] | None = None,
    ) -> ServiceReference:
        """Add the release, and return its Service.

        Its pods have each key of `environment` as a variable, and `variables`.
        """
        host = ConfigFiles(
            self,
            f"{_NAME}-host",
            content=[FileContent.text("AUTHENTIK_HOST", f"https://{self.host}")],
        )
        sources: list[JsonObject] = [
            {"configMapRef": {"name": host.reference.name}},
            *({"secretRef": {"name": each.name}} for each in environment),
        ]
        self.release = HelmRelease(
            self,
            _NAME,
            chart=chart,
            timeout=_TIMEOUT,
            values={**_values(sources, variables or {}), **values},
        )
        return self.release.service(f"{_NAME}-server", _PORT)

    def issuer_of(self, application: str = "{id}") -> str:
        """Return the issuer of an application's tokens, by its public host."""
        return f"https://{self.host}/application/o/{application}/"


class Authentik(AuthentikServer):
    """Authentik with the PostgreSQL of its chart, configured by Terraform.

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
        super().__init__(scope, namespace=namespace)
        self.needs(before)
        database = self._database()
        self.service = self.install(
            {
                **_bundled(database),
                "blueprints": {"configMaps": [self._groups(groups).name]},
            },
            chart=catalogue.AUTHENTIK,
            environment=self._environment(database, token),
        )
        release = self.release
        release.allow(Flow.to_pods(release.pods, _POSTGRES_PORT), Flow.to_kubernetes_api())
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

    def _environment(self, database: SecretReference, token: RemoteKey) -> list[SecretReference]:
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
        return [bootstrap, administrator, database, key]


def _values(environment: list[JsonObject], variables: Mapping[str, SecretKey]) -> JsonObject:
    single = [secret_variable(name, key) for name, key in variables.items()]
    size = bounded("100m", "512Mi", "500m", "1Gi")
    return {
        "global": {
            **({"env": single} if single else {}),
            "envFrom": environment,
            # Where Reloader runs, new Secrets restart the pods.
            "deploymentAnnotations": {"reloader.stakater.com/auto": "true"},
        },
        "authentik": {"error_reporting": {"enabled": False}},
        # Its role lets the worker run outposts.
        "serviceAccount": {"create": True},
        "server": {"replicas": 1, "resources": size},
        "worker": {"replicas": 1, "resources": size},
    }


def _bundled(database: SecretReference) -> JsonObject:
    """Return the database of the chart, with the password that Authentik reads."""
    key = database.key(_PASSWORD).key
    keys: JsonObject = {"adminPasswordKey": key, "userPasswordKey": key}
    return {
        "postgresql": {
            "enabled": True,
            "auth": {"existingSecret": database.name, "secretKeys": keys},
        }
    }
