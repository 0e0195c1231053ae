"""On-call: Grafana OnCall, with its queue, cache and database."""

from charts import catalogue, container_image
from charts.observability.rabbitmq import RabbitMq
from charts.observability.victoria_metrics_stack import GRAFANA, VictoriaMetricsStack
from charts.resource_request import resources
from kubestrata import (
    Cluster,
    Component,
    Duration,
    JsonObject,
    Quantity,
    Reconcile,
    ServiceReference,
)
from kubestrata.constructs import (
    Drift,
    Endpoint,
    ExternalSecret,
    Flow,
    GatewayReference,
    GeneratedPassword,
    HelmRelease,
    IgnoredDrift,
    ReleasePolicy,
    Route,
    SecretReference,
    SecretSource,
)
from kubestrata.constructs.data import (
    CnpgSchedule,
    Postgres,
    PostgresBackup,
    PostgresSpec,
    Valkey,
)
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import GrafanaInstance
from kubestrata.constructs.secret import Refresh

_NAME = "oncall"
_PORT = 8080
_BACKUP = PostgresBackup(schedule=CnpgSchedule("0 0 0 * * *"), retention="15d")


class OnCall(Component):
    """Grafana OnCall at `oncall`, and the page of its queue at `oncall-rabbitmq`, on `gateway`."""

    def __init__(
        self,
        scope: Cluster,
        *,
        stack: VictoriaMetricsStack,
        grafana: GrafanaInstance,
        gateway: GatewayReference,
    ) -> None:
        timeout = Duration("15m")
        super().__init__(
            scope,
            _NAME,
            layer="observability",
            namespace=stack.home_namespace,
            reconcile=Reconcile(timeout=timeout),
        )
        spec = PostgresSpec(
            image=container_image.POSTGRES_18,
            instances=1,
            database=_NAME,
            owner=_NAME,
            storage=Quantity("20Gi"),
            storage_class="gp3",
            backup=_BACKUP,
        )
        database = Postgres(self, f"xplane-{_NAME}", spec=spec)
        password = GeneratedPassword(self, f"{_NAME}-valkey-password").secret.key("password")
        cache = Valkey(self, f"{_NAME}-valkey", chart=catalogue.VALKEY, password=password)
        queue = RabbitMq(self, f"{_NAME}-rabbitmq", user=_NAME)
        secrets = self._fetched("grafana-oncall", "oncall-admin", _SECRET_KEYS)
        slack = self._fetched("oncall-slack-app", "oncall-slackapp", _SLACK_KEYS)
        host = gateway.domain.sub(_NAME)
        self.release = release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.ONCALL,
            timeout=timeout,
            policy=_POLICY,
            values={
                **_VALUES,
                "base_url": host,
                "oncall": {"secrets": _secrets(secrets), "slack": _slack(slack)},
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
        self.route = Route(self, _NAME, host=host, gateway=gateway, to=page)
        self.queue_route = queue.expose(gateway)

    def _fetched(self, name: str, entry: str, keys: list[str]) -> SecretReference:
        source = SecretSource.all_of(f"observability/grafana/{entry}", keys=keys)
        return ExternalSecret(self, name, source=source, refresh=Refresh.every("20m")).secret

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


_SECRET_KEYS = ["secret_key", "mirage_secret_key"]
_SLACK_KEYS = ["client_id", "client_secret", "signing_secret"]


def _secrets(secrets: SecretReference) -> JsonObject:
    return {
        "existingSecret": secrets.name,
        "secretKey": secrets.key("secret_key").key,
        "mirageSecretKey": secrets.key("mirage_secret_key").key,
    }


def _slack(app: SecretReference) -> JsonObject:
    return {
        "enabled": True,
        "existingSecret": app.name,
        "clientIdKey": app.key("client_id").key,
        "clientSecretKey": app.key("client_secret").key,
        "signingSecretKey": app.key("signing_secret").key,
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
        "resources": resources("100m", "512Mi", "1Gi"),
    },
    "celery": {
        "replicaCount": 1,
        "resources": resources("100m", "512Mi", "1Gi"),
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
