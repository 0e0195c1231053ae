"""Keycloak with one realm, for people who use the applications of a platform."""

from collections.abc import Sequence
from pathlib import Path
from string import Template

from msgspec.structs import replace

from kubeapis.keycloak import v2alpha1
from kubestrata import (
    Cluster,
    Component,
    Duration,
    Frozen,
    Host,
    Reconcile,
    Reference,
    TypedPatch,
)
from kubestrata.constructs import (
    Availability,
    Certificate,
    ConfigFiles,
    ExternalSecret,
    FileContent,
    Flow,
    Gateways,
    Pods,
    RemoteKey,
    Resources,
    Route,
    SecretReference,
    SecretSource,
)
from kubestrata.constructs.config import ConfigKey
from kubestrata.constructs.identity import (
    Keycloak,
    KeycloakDatabase,
    KeycloakListeners,
    KeycloakPool,
    KeycloakProbe,
    KeycloakRealm,
    KeycloakSpec,
    OidcClient,
    RealmLogin,
    RealmSpec,
    StoredClient,
)
from kubestrata.constructs.network import ServiceEndpoint
from kubestrata.constructs.observability import Monitoring, Scrape
from kubestrata.constructs.traffic import HeadlessService, Lifetime, ServicePort

_NAME = "keycloak"
_HEADLESS = f"{_NAME}-headless"
_CACHE, _FILE = Path(__file__).with_name("cache.xml"), "cache-ispn.xml"
_PORTS = (ServicePort(8080, name="http"), ServicePort(8443, name="https"))
_SECRET = "client_secret"  # noqa: S105  # a field of the store
_MANAGEMENT = 9000
_POOL = KeycloakPool(initial=10, min=5, max=20)
# Its first start may take ten minutes, and the realm is imported afterwards.
_TIMEOUT = Duration("15m")


class KeycloakSecrets(Frozen):
    """Entries of the secret store with `username` and `password`: of the database, of the admin."""

    database: str
    administrator: str


class KeycloakServer(Component):
    """Keycloak at `host`, behind the public Gateway, and the realm of `clients`.

    `pooler` leads to the database `keycloak`. The Gateway terminates TLS; the certificate of
    `issuer` is for clients inside the cluster.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        host: Host,
        issuer: Reference,
        pooler: ServiceEndpoint,
        secrets: KeycloakSecrets,
        realm: str,
        clients: Sequence[StoredClient],
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="security",
            namespace=namespace,
            reconcile=Reconcile(timeout=_TIMEOUT),
        )
        certificate = Certificate(
            self,
            "sso-tls",
            secret_name="sso-tls",  # noqa: S106  # a name
            hosts=[host],
            issuer=issuer,
            lifetime=Lifetime(renew_before=Duration("720h")),
        ).secret
        login = self._login(f"{_NAME}-db-credentials", secrets.database)
        self.server = Keycloak(
            self,
            _NAME,
            host=host,
            database=KeycloakDatabase(pooler, _NAME, login, _POOL),
            listeners=KeycloakListeners.behind_proxy(certificate=certificate),
            administrator=self._login(f"{_NAME}-admin", secrets.administrator),
            cache=self._caches(),
            spec=_SPEC,
            patches=[_NO_XA],
        )
        self.server.connect_to(pooler)
        # Of identity providers, and of what realms load from outside.
        self.server.allow(Flow.to_internet(443))
        ports = [ServicePort(7800, name="jgroups"), *_PORTS]
        pods = self.server.endpoint.pods
        HeadlessService(self, _HEADLESS, pods=pods, ports=ports, not_ready=True)
        gateway = scope.ask(Gateways).with_visibility("public")
        self.route = Route(self, _NAME, host=host, gateway=gateway, to=self.server.service)
        self.realm = KeycloakRealm(
            self,
            f"{realm}-realm",
            realm=realm,
            keycloak=self.server,
            clients=[self._client(each) for each in clients],
            spec=_REALM,
        )
        self.realm.connect_to(pooler)
        if scope.find(Monitoring) is not None:
            self._scrape()

    @property
    def way_in(self) -> Flow:
        """Return the flow of clients in this cluster, who come through its Gateway.

        Cilium enforces their egress at the pods that the Gateway leads to.
        """
        return Flow.to_pods(self.server.endpoint.pods, self.server.listeners.port)

    def admit(self, pods: Pods) -> None:
        """Allow pods of this cluster in, which use `way_in`."""
        self.server.allow(Flow.from_pods(pods, self.server.listeners.port))

    def _login(self, name: str, entry: str) -> SecretReference:
        keys = {key: RemoteKey(entry, key) for key in ("username", "password")}
        return ExternalSecret(self, name, source=SecretSource.keys(keys)).secret

    def _client(self, client: StoredClient) -> OidcClient:
        name = f"{_NAME}-client-{client.application.id}"
        source = SecretSource.keys({_SECRET: client.secret})
        secret = ExternalSecret(self, name, source=source).secret
        return client.application.client(secret.key(_SECRET))

    def _caches(self) -> ConfigKey:
        """Return the configuration of the caches, which find other pods by a headless Service."""
        namespace = self.home_namespace.object_name
        name = f"{_HEADLESS}.{namespace}.svc.cluster.local"
        text = Template(_CACHE.read_text()).substitute(headless=name)
        content = [FileContent.text(_FILE, text)]
        config = ConfigFiles(self, f"{_NAME}-cache-config", content=content, naming="stable")
        return config.key(_FILE)

    def _scrape(self) -> None:
        pods = self.server.endpoint.pods
        Scrape(
            self,
            _NAME,
            pods=pods,
            port="management",
            service_labels=pods.labels,
            pod_port=_MANAGEMENT,
            access=self.server.scrape_access,
        )


_SPEC = KeycloakSpec(
    replicas=2,
    features=["token-exchange", "admin-fine-grained-authz", "client-secret-rotation"],
    disabled_features=["impersonation"],
    options={
        "db-url-properties": "?sslmode=prefer",
        "health-enabled": "true",
        "http-pool-max-threads": "200",
        "metrics-enabled": "true",
    },
    resources=Resources.of("500m", "1Gi", "2", "2Gi"),
    availability=Availability(anti_affinity="required"),
    startup=KeycloakProbe(period_seconds=10, failures=60),
    liveness=KeycloakProbe(period_seconds=30, failures=3),
    readiness=KeycloakProbe(period_seconds=10, failures=3),
    # Its Service has the port of the metrics.
    monitoring=False,
)
_NO_XA = TypedPatch(
    v2alpha1.KeycloakSpec,
    lambda spec: replace(spec, transaction=v2alpha1.KeycloakSpecTransaction(xa_enabled=False)),
)
_REALM = RealmSpec(
    display_name="Platform Services",
    login=RealmLogin(remember_me=True),
    roles=["user", "offline_access", "uma_authorization"],
)
