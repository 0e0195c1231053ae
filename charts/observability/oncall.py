"""On-call: Grafana OnCall, with its queue, cache and database."""

from charts import catalogue
from charts.observability.rabbitmq import RabbitMq
from charts.observability.victoria_metrics_stack import GRAFANA, VictoriaMetricsStack
from kubestrata import Cluster, Component, Duration, Host, JsonObject, Reconcile, ServiceReference
from kubestrata.constructs import (
    Drift,
    Endpoint,
    ExternalSecret,
    Flow,
    Gateways,
    GeneratedPassword,
    HelmRelease,
    IgnoredDrift,
    ReleasePolicy,
    Route,
    SecretReference,
    SecretSource,
)
from kubestrata.constructs.data import Postgres, PostgresSpec, Valkey
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import GrafanaInstance

_NAME = "oncall"
_PORT = 8080


class OnCall(Component):
    """Grafana OnCall at `oncall` on the private gateway."""

    def __init__(
        self, scope: Cluster, *, stack: VictoriaMetricsStack, grafana: GrafanaInstance
    ) -> None:
        timeout = Duration("15m")
        super().__init__(
            scope,
            _NAME,
            layer="observability",
            namespace=stack.home_namespace,
            reconcile=Reconcile(timeout=timeout),
        )
        spec = PostgresSpec(database=_NAME, owner=_NAME)
        database = Postgres(self, f"{_NAME}-db", spec=spec)
        password = GeneratedPassword(self, f"{_NAME}-valkey-password").secret.key("password")
        cache = Valkey(self, f"{_NAME}-valkey", chart=catalogue.VALKEY, password=password)
        queue = RabbitMq(self, f"{_NAME}-rabbitmq", user=_NAME)
        keys = ["secret-key", "mirage-secret-key"]
        secrets = ExternalSecret(
            self,
            f"{_NAME}-secrets",
            source=SecretSource.all_of("observability/oncall/secrets", keys=keys),
        ).secret
        self.release = release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.ONCALL,
            timeout=timeout,
            policy=_POLICY,
            values={
                **_VALUES,
                "base_url": _host(scope),
                "oncall": {"secrets": _secrets(secrets)},
                "externalGrafana": {"url": grafana.url},
                "externalPostgresql": _database(database),
                "externalRabbitmq": _queue(queue),
                "externalRedis": _cache(cache),
            },
        )
        self.engine = release.endpoint(_PORT, labels={"app.kubernetes.io/component": "engine"})
        mine = release.endpoint(_PORT)
        viewer = Endpoint(GRAFANA, (NetworkPort(3000),), stack, stack.release.resource.ref)
        mine.connect_to(database, cache, queue, viewer)
        release.allow(Flow.to_hosts("slack.com", "hooks.slack.com"))
        self._callers(stack)
        page = self.engine.behind(release.service(f"{_NAME}-engine", _PORT))
        self.route = Route.at(self, _NAME, label=_NAME, to=page)

    @property
    def service(self) -> ServiceReference:
        """Return the Service that receives alerts."""
        return self.release.service(f"{_NAME}-engine", _PORT)

    def _callers(self, stack: VictoriaMetricsStack) -> None:
        """Admit Grafana's plugin and Alertmanager, whose components are already defined."""
        callers = (GRAFANA, stack.alertmanager.pods)
        for caller in callers:
            Endpoint(caller, (), self).allow(Flow.to_pods(self.engine.pods, _PORT))
        into = [Flow.from_pods(each, _PORT) for each in callers]
        self.engine.allow(*into, policy=f"{_NAME}-engine")


def _host(scope: Cluster) -> Host:
    return scope.ask(Gateways).with_visibility("private").domain.sub(_NAME)


def _secrets(secrets: SecretReference) -> JsonObject:
    return {
        "existingSecret": secrets.name,
        "secretKey": secrets.key("secret-key").key,
        "mirageSecretKey": secrets.key("mirage-secret-key").key,
    }


def _database(database: Postgres) -> JsonObject:
    return {
        "host": database.service.host,
        "port": database.service.port,
        "db_name": _NAME,
        "user": _NAME,
        "existingSecret": database.credentials.name,
        "passwordKey": database.credentials.key("password").key,
    }


def _queue(queue: RabbitMq) -> JsonObject:
    return {
        "host": queue.service.host,
        "port": queue.service.port,
        "user": queue.user,
        "protocol": "amqp",
        "vhost": "/",
        "existingSecret": queue.credentials.name,
        "passwordKey": queue.credentials.key("rabbitmq-password").key,
        # The Secret has no user; the chart uses the one above if this is empty.
        "usernameKey": "",
    }


def _cache(cache: Valkey) -> JsonObject:
    return {
        "host": cache.service.host,
        "port": cache.service.port,
        "existingSecret": cache.credentials.name,
        "passwordKey": cache.password.key,
    }


# The chart adds a timestamp to the name of the migration Job, which completes.
_POLICY = ReleasePolicy(drift=Drift(ignore=[IgnoredDrift([""], kind="Job")]))

_VALUES: JsonObject = {
    "base_url_protocol": "https",
    "image": {"pullPolicy": "IfNotPresent"},
    "engine": {
        "replicaCount": 1,
        "resources": {
            "requests": {"cpu": "100m", "memory": "512Mi"},
            "limits": {"memory": "1Gi"},
        },
    },
    "celery": {
        "replicaCount": 1,
        "resources": {
            "requests": {"cpu": "100m", "memory": "512Mi"},
            "limits": {"memory": "1Gi"},
        },
    },
    # A Job that is deleted leaves no logs to debug a failure.
    "migrate": {"enabled": True, "ttlSecondsAfterFinished": ""},
    "database": {"type": "postgresql"},
    "broker": {"type": "rabbitmq"},
    # Its back ends are created with it; its gateway is the platform's.
    **{
        part: {"enabled": False}
        for part in (
            "cert-manager",
            "grafana",
            "ingress",
            "ingress-nginx",
            "mariadb",
            "postgresql",
            "prometheus",
            "rabbitmq",
            "redis",
        )
    },
}
