"""Single sign-on by Zitadel, which terminates TLS itself."""

from charts import catalogue, container_image
from charts.resource_request import resources
from charts.security_context import WRITABLE_ROOT, restricted_pod
from charts.variable import secret_variable
from kubestrata import (
    Cluster,
    Component,
    Duration,
    Host,
    JsonObject,
    Quantity,
    Reconcile,
    Reference,
    waive,
)
from kubestrata.constructs import (
    Certificate,
    Endpoint,
    ExternalSecret,
    Flow,
    Gateway,
    HelmRelease,
    RemoteKey,
    SecretReference,
    SecretSource,
    TlsRoute,
)
from kubestrata.constructs.data import CnpgSchedule, Postgres, PostgresBackup, PostgresSpec
from kubestrata.constructs.observability import Monitoring, Scrape, ScrapeAccess, ScrapeTls
from kubestrata.constructs.secret import Refresh
from kubestrata.constructs.traffic import DnsRecord, GatewayExposure, Listener, RoutesFrom

_NAME = "zitadel"
_PORT = 8080
# The release waits for its database and its certificate.
_TIMEOUT = Duration("45m")
_REFRESH = Refresh.every("20m")
_ADMINISTRATOR = "ZITADEL_FIRSTINSTANCE_ORG_HUMAN_"
_ENTRY = "zitadel/envvars"
_MASTER_KEY = RemoteKey(_ENTRY, "ZITADEL_MASTERKEY")
_STARTED = {"app.kubernetes.io/component": "start"}


class Zitadel(Component):
    """Zitadel at `auth`, with a database, a certificate and a Gateway with TLS passthrough.

    Its master key and the first administrator come from the cluster's secret store.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gateway_class: Reference,
        issuer: Reference,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="security",
            namespace=namespace,
            reconcile=Reconcile(timeout=_TIMEOUT),
        )
        self.host = scope.host("auth")
        spec = PostgresSpec(
            image=container_image.POSTGRES_18,
            database=_NAME,
            owner=_NAME,
            storage=Quantity("20Gi"),
            storage_class="gp3",
            backup=_BACKUP,
        )
        database = Postgres(self, f"xplane-{_NAME}", spec=spec)
        secrets: JsonObject = {
            "masterkeySecretName": ExternalSecret(
                self,
                f"{_NAME}-masterkey",
                source=SecretSource.keys({"masterkey": _MASTER_KEY}),
                refresh=_REFRESH,
            ).secret.name,
            "serverSslCrtSecret": Certificate(
                self, _NAME, hosts=[self.host], issuer=issuer
            ).secret.name,
        }
        administrator = ExternalSecret(
            self,
            f"{_NAME}-envvars",
            source=SecretSource.keys(
                {
                    f"{_ADMINISTRATOR}{name}": RemoteKey(_ENTRY, f"{_ADMINISTRATOR}{name}")
                    for name in ("USERNAME", "PASSWORD")
                }
            ),
            refresh=_REFRESH,
        ).secret
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.ZITADEL,
            timeout=_TIMEOUT,
            values={
                **_VALUES,
                "zitadel": {**secrets, "configmapConfig": _config(self.host)},
                "envVarsSecret": administrator.name,
                "env": _database(database.credentials),
            },
        )
        # Its setup Job writes credentials to Secrets; Zitadel calls providers and webhooks.
        release.allow(Flow.to_kubernetes_api(), Flow.to_internet(443))
        release.connect_to(database)
        started = release.endpoint(_PORT, labels=_STARTED)
        self._expose(gateway_class, release, started)
        if scope.find(Monitoring) is not None:
            access = ScrapeAccess(ScrapeTls(server_name=self.host))
            metrics, port = "/debug/metrics", "http2-server"
            Scrape(self, _NAME, pods=started.pods, port=port, path=metrics, access=access)

    def _expose(self, gateway_class: Reference, release: HelmRelease, pods: Endpoint) -> None:
        gateway = Gateway(
            self,
            _NAME,
            gateway_class=gateway_class,
            listeners=[Listener.passthrough(self.host, routes=RoutesFrom.same_namespace())],
            exposure=GatewayExposure.aws_network_load_balancer(
                scheme="internet-facing", name="ogenki-zitadel-gateway"
            ),
            dns=DnsRecord(),
        )
        route = TlsRoute(
            self,
            _NAME,
            host=self.host,
            gateway=gateway.listener("tls"),
            to=pods.behind(release.service(_NAME, _PORT)),
        )
        waive(
            "V03",
            route.resource,
            reason="Gateway API v1.4.1 serves TLSRoute as v1alpha2 alone; bindings are of v1.6.1",
            owner="platform",
            expires="2027-06-30",
        )


def _config(host: Host) -> JsonObject:
    return {
        "ExternalDomain": host,
        "ExternalPort": 443,
        "ExternalSecure": True,
        "TLS": {"Enabled": True},
        "Database": {
            "Postgres": {
                "MaxOpenConns": 20,
                "MaxIdleConns": 10,
                "MaxConnLifetime": "30m",
                "MaxConnIdleTime": "5m",
            }
        },
        # The second login page has its own Service, which a TLSRoute cannot distinguish by path.
        "DefaultInstance": {"Features": {"LoginV2": {"Required": False}}},
    }


def _database(credentials: SecretReference) -> list[JsonObject]:
    keys = {
        "HOST": "host",
        "PORT": "port",
        "DATABASE": "dbname",
        "USER_USERNAME": "username",
        "USER_PASSWORD": "password",
    }
    found: list[JsonObject] = [
        secret_variable(f"ZITADEL_DATABASE_POSTGRES_{name}", credentials.key(key))
        for name, key in keys.items()
    ]
    return [*found, {"name": "ZITADEL_DATABASE_POSTGRES_USER_SSL_MODE", "value": "require"}]


_BACKUP = PostgresBackup(schedule=CnpgSchedule("0 0 0 * * *"), retention="15d")
_VALUES: JsonObject = {
    "replicaCount": 2,
    "login": {"enabled": False},
    # Database and owner already exist: only the schema is created.
    # The Job starts before the database does.
    "initJob": {"command": "zitadel", "backoffLimit": 30, "activeDeadlineSeconds": 1800},
    # By default the image has the API server's version, for which there may be none.
    "tools": {"kubectl": {"image": {"tag": "1.35.0"}}},
    "pdb": {"enabled": True, "minAvailable": 1},
    "metrics": {"enabled": True},
    "podSecurityContext": restricted_pod(volume_group=1000),
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "readOnlyRootFilesystem": True,
        **WRITABLE_ROOT,
    },
    "resources": resources("100m", "512Mi", "512Mi"),
}
