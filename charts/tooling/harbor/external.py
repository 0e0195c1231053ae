"""Harbor whose database, cache and bucket run elsewhere, with logins from the secret store."""

import json
from collections.abc import Mapping, Sequence

from charts import catalogue
from charts.resource_request import bounded
from charts.tooling.harbor.pods import NAME, VULNERABILITIES, HarborPods
from charts.tooling.harbor.secret import REGISTRY_USER, secret_key
from charts.tooling.harbor.value import claim, exposed_at
from charts.variable import secret_variable
from kubestrata import Cluster, Component, Duration, Frozen, Host, JsonObject, Reconcile, Reference
from kubestrata.constructs import (
    Availability,
    ExternalSecret,
    Flow,
    Gateways,
    HelmRelease,
    Patch,
    RemoteKey,
    Route,
    SecretReference,
    SecretSource,
    SecretTemplate,
    ValuesFrom,
)
from kubestrata.constructs.identity import (
    ClientSecret,
    LoginProvider,
    OidcApplication,
    SingleSignOn,
)
from kubestrata.constructs.network import ServiceEndpoint
from kubestrata.constructs.observability import Monitoring
from kubestrata.constructs.scaling import DisruptionBudget

_TIMEOUT = Duration("15m")
_STORAGE = "persistence.imageChartStorage.s3"
_REPLICATED = ("core", "nginx", "portal", "registry", "trivy")


class HarborStores(Frozen):
    """The stores of Harbor's state: the database `database` of its own user, a cache, S3 at `s3`.

    `s3` is an address with its port in the network; volumes are of `storage_class`.
    """

    pooler: ServiceEndpoint
    database: str
    user: str
    cache: ServiceEndpoint
    s3: tuple[str, int]
    storage_class: Reference


def harbor_application(host: Host) -> OidcApplication:
    """Return Harbor as an application that logs people in; `host` is where it is reached."""
    return OidcApplication(
        id="harbor",
        name="Harbor",
        redirects=[f"https://{host}/c/oidc/callback"],
        scopes=["email", "profile", "roles"],
    )


class ExternalHarbor(Component):
    """Harbor at `host`, behind the public Gateway; `entries` is where the store has its logins.

    `core` are the pods that log people in.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        host: Host,
        stores: HarborStores,
        entries: str,
        sign_on: Flow | None = None,
    ) -> None:
        super().__init__(
            scope,
            NAME,
            layer="tooling",
            namespace=namespace,
            reconcile=Reconcile(timeout=_TIMEOUT),
        )
        self._entries = entries
        self.release = HelmRelease(
            self,
            NAME,
            chart=catalogue.HARBOR.at("1.18.0"),
            values=self._values(host, stores, self._sign_on(harbor_application(host))),
            values_from=[
                *self._database(stores),
                *self._cache(stores.cache),
                *self._bucket(),
                *self._keys(),
            ],
            patches=[_ONE_VOLUME],
            interval=Duration("30m"),
            timeout=_TIMEOUT,
        )
        pods = HarborPods(self, self.release)
        self.core = pods.part("core").pods
        self._allow(pods, stores, sign_on)
        gateway = scope.ask(Gateways).with_visibility("public")
        self.route = Route(self, "harbor-web", host=host, gateway=gateway, to=pods.way_in)
        for part in _REPLICATED:
            labels = pods.part(part).pods.labels
            limit = Availability(min_available=1)
            DisruptionBudget(self, f"{NAME}-{part}", labels=labels, availability=limit, replicas=2)
        if scope.find(Monitoring) is not None:
            pods.scrape()

    def _values(self, host: Host, stores: HarborStores, settings: SecretReference) -> JsonObject:
        key = secret_key(self)
        shown = exposed_at(host)
        overwrite = secret_variable("CONFIG_OVERWRITE_JSON", settings.key("config"))
        return {
            **shown,
            **_PARTS,
            "core": {**_CORE, "extraEnvVars": [overwrite]},
            "existingSecretSecretKey": key.name,
            "persistence": _persistence(stores.storage_class),
        }

    def _fetch(
        self, name: str, properties: Sequence[str], template: Mapping[str, str]
    ) -> SecretReference:
        entry = f"{self._entries}/{name}"
        return self._secret(f"{NAME}-{_NAMES.get(name, name)}", entry, properties, template)

    def _secret(
        self, id: str, entry: str, properties: Sequence[str], template: Mapping[str, str]
    ) -> SecretReference:
        source = SecretSource.keys({each: RemoteKey(entry, each) for each in properties})
        return ExternalSecret(self, id, source=source, template=SecretTemplate(template)).secret

    def _database(self, stores: HarborStores) -> list[ValuesFrom]:
        """Return the values of the database; the store has the password and the mode of TLS."""
        template = {
            "HARBOR_DATABASE_HOSTNAME": stores.pooler.host,
            "HARBOR_DATABASE_PORT": str(stores.pooler.port),
            "HARBOR_DATABASE_DATABASE": stores.database,
            "HARBOR_DATABASE_USERNAME": stores.user,
            "HARBOR_DATABASE_PASSWORD": "{{ .password }}",
            "HARBOR_DATABASE_SSLMODE": "{{ .sslmode }}",
        }
        secret = self._fetch("database", ["password", "sslmode"], template)
        paths = ("host", "port", "coreDatabase", "username", "password", "sslmode")
        return [
            ValuesFrom.secret(secret.key(key), path=f"database.external.{path}")
            for key, path in zip(template, paths, strict=True)
        ]

    def _cache(self, cache: ServiceEndpoint) -> list[ValuesFrom]:
        template = {
            "HARBOR_REDIS_ADDR": cache.text("{host}:{port}"),
            "HARBOR_REDIS_PASSWORD": "{{ .password }}",
        }
        secret = self._fetch("redis", ["password"], template)
        return [
            ValuesFrom.secret(secret.key(key), path=f"redis.external.{path}")
            for key, path in zip(template, ("addr", "password"), strict=True)
        ]

    def _bucket(self) -> list[ValuesFrom]:
        names = ("regionendpoint", "bucket", "accesskey", "secretkey", "region")
        template = {f"HARBOR_STORAGE_S3_{each.upper()}": f"{{{{ .{each} }}}}" for each in names}
        secret = self._fetch("s3", names, template)
        return [
            ValuesFrom.secret(secret.key(key), path=f"{_STORAGE}.{path}")
            for key, path in zip(template, names, strict=True)
        ]

    def _keys(self) -> list[ValuesFrom]:
        """Return the administrator's password, and the secrets that the services share."""
        admin = self._fetch("admin", ["password"], {"HARBOR_ADMIN_PASSWORD": "{{ .password }}"})
        names = ("secret_key", "xsrf_key", "registry_password")
        core = self._fetch(
            "core", names, {f"HARBOR_{each.upper()}": f"{{{{ .{each} }}}}" for each in names}
        )
        paths = {
            "HARBOR_SECRET_KEY": "core.secret",
            "HARBOR_XSRF_KEY": "core.xsrfKey",
            "HARBOR_REGISTRY_PASSWORD": "registry.credentials.password",
        }
        return [
            ValuesFrom.secret(admin.key("HARBOR_ADMIN_PASSWORD"), path="harborAdminPassword"),
            *(ValuesFrom.secret(core.key(key), path=path) for key, path in paths.items()),
        ]

    def _sign_on(self, application: OidcApplication) -> SecretReference:
        """Return the Secret with the settings that Harbor reads at each start."""
        secret = "client_secret"  # noqa: S105  # a key
        settings = {
            "auth_mode": "oidc_auth",
            "oidc_name": "Keycloak SSO",
            "oidc_endpoint": self.cluster.ask(LoginProvider).issuer_of(application),
            "oidc_client_id": application.id,
            "oidc_client_secret": f"{{{{ .{secret} }}}}",
            "oidc_scope": "openid,email,profile",
            "oidc_user_claim": "preferred_username",
            "oidc_auto_onboard": True,
            "oidc_verify_cert": True,
        }
        client = ClientSecret(
            name=f"{NAME}-oidc-settings",
            id_key=None,
            secret_key=secret,
            template=SecretTemplate({"config": json.dumps(settings)}),
        )
        return SingleSignOn(self, application, secret=client).login.secret

    def _allow(self, pods: HarborPods, stores: HarborStores, sign_on: Flow | None) -> None:
        pods.allow_inside().connect_to(stores.pooler, stores.cache)
        address, port = stores.s3
        images = Flow.to_addresses(f"{address}/32", ports=[port])
        self.release.allow(images, pods=pods.part("registry").pods)
        self.release.allow(Flow.to_hosts(*VULNERABILITIES), pods=pods.part("trivy").pods)
        ways = [sign_on] if sign_on is not None else []
        # Both replicate from other registries.
        self.release.allow(Flow.to_internet(80, 443), *ways, pods=self.core)
        self.release.allow(Flow.to_internet(80, 443), pods=pods.part("jobservice").pods)


# Names of Secrets that are not those of their entries.
_NAMES = {
    "admin": "admin-credentials",
    "core": "core-secret",
    "database": "db-credentials",
    "redis": "redis-credentials",
    "s3": "s3-credentials",
}
_LARGE = bounded("500m", "512Mi", "1", "1Gi")
_SMALL = bounded("100m", "128Mi", "500m", "256Mi")
_CORE: JsonObject = {"replicas": 2, "resources": _LARGE}
_PARTS: JsonObject = {
    "database": {"type": "external"},
    "jobservice": {
        "replicas": 1,
        "maxJobWorkers": 10,
        "jobLoggers": ["file", "stdout"],
        "resources": _LARGE,
    },
    "metrics": {"enabled": True},
    "portal": {"replicas": 2, "resources": _SMALL},
    "redis": {
        "type": "external",
        "external": {
            "coreDatabaseIndex": "0",
            "jobserviceDatabaseIndex": "1",
            "registryDatabaseIndex": "2",
            "trivyAdapterIndex": "5",
        },
    },
    "registry": {
        "replicas": 2,
        "relativeurls": True,
        "credentials": {"username": REGISTRY_USER},
        "registry": {"resources": _LARGE},
        "controller": {"resources": _SMALL},
    },
    "trivy": {
        "enabled": True,
        "replicas": 2,
        "severity": "UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL",
        "timeout": "5m0s",
        "resources": bounded("200m", "512Mi", "1", "1Gi"),
    },
}
# A second pod could not mount the volume with the logs.
_ONE_VOLUME = Patch.merge(
    "apps/v1",
    "Deployment",
    {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}},
    name=f"{NAME}-jobservice",
)


def _persistence(storage_class: Reference) -> JsonObject:
    return {
        "enabled": True,
        "persistentVolumeClaim": {
            "jobservice": {"jobLog": claim("10Gi", storage_class)},
            "trivy": claim("5Gi", storage_class),
        },
        "imageChartStorage": {
            "type": "s3",
            # MinIO is not reachable from outside: the registry sends the layers itself.
            "disableredirect": True,
            "s3": {"secure": False, "v4auth": True, "chunksize": "5242880"},
        },
    }
