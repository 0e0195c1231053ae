"""Agents of language models: the controller, and its user interface."""

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, Component, JsonObject, Reference
from kubestrata.constructs import (
    ExternalSecret,
    Flow,
    HelmRelease,
    Patch,
    RemoteKey,
    SecretReference,
    SecretSource,
)
from kubestrata.constructs.secret import Refresh
from kubestrata.constructs.traffic import ForwardLogin, Ingress

_NAME = "kagent"
_UI = 8080
_KEY = "ANTHROPIC_API_KEY"
MODEL = "claude-sonnet-4-20250514"
"""The model of agents."""


class Kagent(Component):
    """kagent at `kagent` in the domain, behind the cluster's login: it has none of its own.

    `api_key` is the key in the store of the provider of models; a person writes it.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, api_key: RemoteKey) -> None:
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        key = ExternalSecret(
            self,
            f"{_NAME}-anthropic",
            source=SecretSource.keys({_KEY: api_key}),
            refresh=Refresh.once(),
        ).secret
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.KAGENT,
            values=_values(key),
            creates=["kagent.dev"],
            patches=[_WITHOUT_BROKEN],
        )
        release.allow(Flow.to_kubernetes_api(), Flow.to_hosts("api.anthropic.com"))
        Ingress.at(
            self,
            _NAME,
            label=_NAME,
            to=release.service(f"{_NAME}-ui", _UI),
            visibility="public",
            auth=ForwardLogin(_NAME),
        )


# Bindings of the chart to an account, or of roles, that it does not create.
_BROKEN = (
    "argo",
    "cilium-debug",
    "cilium-manager",
    "cilium-policy",
    "istio",
    "tools-getter",
    "tools-writer",
)
_WITHOUT_BROKEN = Patch.merge(
    "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding",
    {"$patch": "delete"},
    f"{_NAME}-({'|'.join(_BROKEN)})-rolebinding",
)


def _values(key: SecretReference) -> JsonObject:
    return {
        "providers": {
            "default": "anthropic",
            "anthropic": {
                "provider": "Anthropic",
                "model": MODEL,
                "apiKeySecretRef": key.name,
                "apiKeySecretKey": key.key(_KEY).key,
            },
        },
        "database": {"type": "sqlite", "sqlite": {"databaseName": "kagent.db"}},
        "kmcp": {"enabled": True},
        "controller": {"resources": bounded("100m", "128Mi", "1000m", "512Mi")},
        "ui": {"resources": bounded("100m", "256Mi", "500m", "512Mi")},
    }
