"""Keycloak, a provider of single sign-on, run by its operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from kubeapis.keycloak import v2alpha1 as kinds
from kubestrata.constructs.config.config_reference import ConfigKey
from kubestrata.constructs.identity.keycloak_pod import pod_template, resources, scheduling
from kubestrata.constructs.identity.keycloak_spec import (
    KeycloakDatabase,
    KeycloakListeners,
    KeycloakProbe,
    KeycloakSpec,
)
from kubestrata.constructs.identity.operator import KeycloakOperator
from kubestrata.constructs.network.connection import (
    Endpoint,
    NetworkParty,
    ServiceEndpoint,
    allow_flows,
)
from kubestrata.constructs.network.flow import Flow, NetworkPort
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.scrape import watch
from kubestrata.constructs.observability.scrape_target import ScrapeAccess, ScrapeTls
from kubestrata.constructs.scaling.availability import DisruptionBudget
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core import patch as patching
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.host import Host

_MANAGEMENT = 9000
# Of JGroups: messages between the pods, and detection of failed ones.
_CLUSTERING = (7800, 57800)
_LOGIN = frozenset({"password", "username"})


class Keycloak(Construct, NetworkParty):
    """One Keycloak at `host`, its PodDisruptionBudget, and the policies of its pods.

    `administrator` has the keys `username` and `password` of the first administrator, which
    Keycloak creates in an empty database; None leaves both to the operator. `cache` is a key with a
    configuration of Infinispan, None is Keycloak's own. Raises InvalidReference for a Secret in
    another namespace.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        host: Host,
        database: KeycloakDatabase,
        listeners: KeycloakListeners | None = None,
        administrator: SecretReference | None = None,
        cache: ConfigKey | None = None,
        spec: KeycloakSpec | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        super().__init__(scope, f"{id}-keycloak")
        if host.startswith("*."):
            why = "is a wildcard, and Keycloak has one address"
            raise InvalidValue(f"host {str(host)!r} of Keycloak {id!r}", why, "name one host")
        patching.register(self, patches)
        self._component = component_of(scope)
        self.host = host
        self.spec = spec = spec or KeycloakSpec()
        self.listeners = listeners or KeycloakListeners.behind_proxy()
        labels = {"app": "keycloak", "app.kubernetes.io/instance": id}
        KeycloakOperator.precedes(self._component)
        self.resource = kinds.Keycloak(
            self,
            id,
            spec=replace(
                _settings(spec, labels),
                hostname=kinds.KeycloakSpecHostname(hostname=f"https://{host}", strict=True),
                http=_http(self.listeners),
                proxy=_proxy(self.listeners),
                network_policy=self._network_policy(),
                db=_database(database),
                bootstrap_admin=_administrator(administrator),
                cache=_cache(cache),
            ),
        )
        namespace = self.resource.identity.namespace
        for secret in (database.login, administrator, self.listeners.certificate):
            if secret is not None:
                secret.require_namespace(namespace)
        self._pods = Pods(id, namespace, labels)
        self._run(labels)
        patching.check_used(self)

    def _network_policy(self) -> kinds.KeycloakSpecNetworkPolicy | None:
        """Return the operator's policy as off where the cluster has a Network of its own.

        The operator's admits every pod, and policies add up.
        """
        if self._component.cluster.find(Network) is None:
            return None
        return kinds.KeycloakSpecNetworkPolicy(enabled=False)

    def _run(self, labels: dict[str, str]) -> None:
        """Create what belongs to the pods: a budget, their policy, and the scrape."""
        name, count = self._pods.name, self.spec.replicas
        if count > 1:
            availability = self.spec.availability
            DisruptionBudget(self, name, labels=labels, availability=availability, replicas=count)
            if self._component.cluster.find(Network) is not None:
                both = [
                    Flow.to_pods(self._pods, *_CLUSTERING),
                    Flow.from_pods(self._pods, *_CLUSTERING),
                ]
                allow_flows(Construct(self, "network"), self._pods, both, name=name)
        if self.spec.monitoring:
            watch(
                self,
                name,
                self._pods,
                port="management",
                number=_MANAGEMENT,
                access=self.scrape_access,
            )

    @property
    def scrape_access(self) -> ScrapeAccess | None:
        """Return how to scrape the management port: by TLS if Keycloak has a certificate.

        The certificate names the host, not the pods, so it is not verified.
        """
        if self.listeners.certificate is None:
            return None
        return ScrapeAccess(tls=ScrapeTls(verify=False))

    @property
    def issuer_base(self) -> str:
        """Return the address below which each realm has its issuer."""
        return f"https://{self.host}/realms/"

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods, on the ports for people and programs."""
        ports = tuple(NetworkPort(each) for each in self.listeners.ports)
        return Endpoint(self._pods, ports, self._component, self.resource.ref)

    @property
    def service(self) -> ServiceEndpoint:
        """Return the Service that the operator creates, with the pods behind it, for routes."""
        ref, port = self.resource.ref, self.listeners.port
        made = ref.makes("Service", f"{ref.object_name}-service")
        pods = Endpoint(self._pods, (NetworkPort(port),), self._component, ref)
        return pods.behind(ServiceReference(made, port))

    def _party(self) -> Endpoint:
        return self.endpoint


def _settings(spec: KeycloakSpec, labels: dict[str, str]) -> kinds.KeycloakSpec:
    options = [
        kinds.KeycloakSpecAdditionalOptions(name=name, value=value)
        for name, value in spec.options.items()
    ]
    features = kinds.KeycloakSpecFeatures(
        enabled=list(spec.features) or None, disabled=list(spec.disabled_features) or None
    )
    return kinds.KeycloakSpec(
        instances=spec.replicas,
        image=spec.image,
        start_optimized=spec.start_optimized,
        ingress=kinds.KeycloakSpecIngress(enabled=False),
        features=features if spec.features or spec.disabled_features else None,
        additional_options=options or None,
        resources=resources(spec.resources),
        scheduling=scheduling(spec.availability, labels),
        startup_probe=_probe(spec.startup),
        liveness_probe=_probe(spec.liveness),
        readiness_probe=_probe(spec.readiness),
        unsupported=kinds.KeycloakSpecUnsupported(pod_template=pod_template()),
    )


def _http(listeners: KeycloakListeners) -> kinds.KeycloakSpecHttp:
    certificate = listeners.certificate
    return kinds.KeycloakSpecHttp(
        http_enabled=True if listeners.port == 8080 else None,
        tls_secret=None if certificate is None else certificate.name,
    )


def _proxy(listeners: KeycloakListeners) -> kinds.KeycloakSpecProxy | None:
    headers = listeners.headers
    return None if headers is None else kinds.KeycloakSpecProxy(headers=headers)


def _database(database: KeycloakDatabase) -> kinds.KeycloakSpecDb:
    login, pool = database.login, database.pool
    return kinds.KeycloakSpecDb(
        vendor="postgres",
        host=database.service.host,
        port=database.service.port,
        database=database.name,
        username_secret=kinds.KeycloakSpecDbUsernameSecret(name=login.name, key="username"),
        password_secret=kinds.KeycloakSpecDbPasswordSecret(name=login.name, key="password"),
        pool_initial_size=pool.initial,
        pool_min_size=pool.min,
        pool_max_size=pool.max,
    )


def _administrator(secret: SecretReference | None) -> kinds.KeycloakSpecBootstrapAdmin | None:
    if secret is None:
        return None
    for key in sorted(_LOGIN):
        secret.key(key)
    return kinds.KeycloakSpecBootstrapAdmin(
        user=kinds.KeycloakSpecBootstrapAdminUser(secret=secret.name)
    )


def _cache(key: ConfigKey | None) -> kinds.KeycloakSpecCache | None:
    if key is None:
        return None
    return kinds.KeycloakSpecCache(
        config_map_file=kinds.KeycloakSpecCacheConfigMapFile(name=key.name, key=key.key)
    )


def _probe(given: KeycloakProbe | None) -> kinds.KeycloakSpecStartupProbe | None:
    if given is None:
        return None
    return kinds.KeycloakSpecStartupProbe(
        period_seconds=given.period_seconds, failure_threshold=given.failures
    )
