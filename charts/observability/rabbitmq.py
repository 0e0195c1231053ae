"""A message queue: one RabbitMQ with persistent storage."""

from charts import catalogue
from kubestrata import Construct, JsonObject, ServiceReference
from kubestrata.constructs import (
    Endpoint,
    Flow,
    GatewayReference,
    GeneratedPassword,
    HelmRelease,
    Route,
    SecretReference,
)
from kubestrata.constructs.observability import Scrape

_PORT, _METRICS, _MANAGEMENT = 5672, 9419, 15672
_PASSWORD, _COOKIE = "rabbitmq-password", "rabbitmq-erlang-cookie"


class RabbitMq(Construct):
    """One HelmRelease of the Bitnami chart, its generated passwords, its policy and its scrape."""

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


def _values(id: str, user: str, login: SecretReference) -> JsonObject:
    return {
        # Versioned images moved there when the publisher closed its catalogue.
        "global": {"security": {"allowInsecureImages": True}},
        "image": {"repository": "bitnamilegacy/rabbitmq"},
        "fullnameOverride": id,
        "replicaCount": 1,
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
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi"},
            "limits": {"memory": "512Mi"},
        },
    }
