"""A message queue: one RabbitMQ with persistent storage."""

from charts import catalogue
from charts.infrastructure.bitnami_images import legacy_image
from charts.resource_request import resources
from kubestrata import Construct, Duration, JsonObject, ServiceReference
from kubestrata.constructs import (
    Endpoint,
    Flow,
    GatewayReference,
    GeneratedPassword,
    HelmRelease,
    Route,
    SecretReference,
)
from kubestrata.constructs.observability import Alert, AlertRules, RuleGroup, Scrape

_PORT, _METRICS, _MANAGEMENT = 5672, 9419, 15672
_REPLICAS = 1
_PASSWORD, _COOKIE = "rabbitmq-password", "rabbitmq-erlang-cookie"


class RabbitMq(Construct):
    """One HelmRelease of the Bitnami chart, its generated passwords, policy, scrape and alerts."""

    def __init__(self, scope: Construct, id: str, *, user: str) -> None:
        super().__init__(scope, f"{id}-queue")
        self.user = user
        login = GeneratedPassword(self, f"{id}-password", keys=(_PASSWORD, _COOKIE))
        self.credentials: SecretReference = login.secret
        self.release = HelmRelease(
            self, id, chart=catalogue.RABBITMQ, values=_values(id, user, self.credentials)
        )
        # Peer discovery queries the API server even with a single replica.
        self.release.allow(Flow.to_kubernetes_api())
        Scrape(self, id, pods=self.release.pods, port="metrics", pod_port=_METRICS)
        AlertRules(self, id, groups=[_alerts(id)])

    def expose(self, gateway: GatewayReference) -> Route:
        """Return a new route to the management page, at the name of the queue."""
        name = self.release.resource.identity.name
        page = self.release.endpoint(_MANAGEMENT).behind(self.release.service(name, _MANAGEMENT))
        return Route(self, name, host=gateway.domain.sub(name), gateway=gateway, to=page)

    @property
    def endpoint(self) -> Endpoint:
        """Return the pods, on the AMQP port."""
        return self.release.endpoint(_PORT)

    @property
    def service(self) -> ServiceReference:
        """Return the Service, on the AMQP port."""
        return self.release.service(self.release.resource.identity.name, _PORT)


def _alerts(id: str) -> RuleGroup:
    """Return alerts on the metrics of RabbitMQ's own exporter."""
    mine = f'pod=~"{id}-[0-9]+"'
    five = Duration("5m")
    return RuleGroup(
        "rabbitmq",
        [
            Alert(
                name="RabbitmqDown",
                expression=f"absent(rabbitmq_identity_info{{{mine}}})",
                for_=five,
                severity="critical",
                summary=f"{id} does not run",
            ),
            Alert(
                name="RabbitmqNodesMissing",
                expression=f"count(rabbitmq_identity_info{{{mine}}}) < {_REPLICAS}",
                for_=five,
                severity="critical",
                summary=f"{id} has {{{{ $value }}}} of {_REPLICAS} nodes",
            ),
            Alert(
                name="RabbitmqPartition",
                expression=f"max(rabbitmq_unreachable_cluster_peers_count{{{mine}}}) > 0",
                for_=five,
                severity="critical",
                summary=f"Nodes of {id} do not reach each other",
            ),
            Alert(
                name="RabbitmqMemoryHigh",
                expression=(
                    f"rabbitmq_process_resident_memory_bytes{{{mine}}}"
                    f" / rabbitmq_resident_memory_limit_bytes{{{mine}}} > 0.9"
                ),
                for_=five,
                severity="warning",
                summary="{{ $labels.pod }} uses nearly all its memory, and will block publishers",
            ),
            Alert(
                name="RabbitmqTooManyConnections",
                expression=f"sum(rabbitmq_connections{{{mine}}}) > 1000",
                for_=five,
                severity="warning",
                summary=f"{id} has {{{{ $value }}}} connections",
            ),
        ],
    )


def _values(id: str, user: str, login: SecretReference) -> JsonObject:
    return {
        **legacy_image("rabbitmq"),
        "fullnameOverride": id,
        "replicaCount": _REPLICAS,
        "auth": {
            "username": user,
            "existingPasswordSecret": login.name,
            "existingSecretPasswordKey": login.key(_PASSWORD).key,
            "existingErlangSecret": login.name,
            "existingSecretErlangKey": login.key(_COOKIE).key,
        },
        "persistence": {"enabled": True, "size": "4Gi"},
        "metrics": {"enabled": True},
        "networkPolicy": {"enabled": False},
        "resources": resources("100m", "256Mi", "512Mi"),
    }
