"""Monitored clusters, with synthetic values."""

from __future__ import annotations

from collections.abc import Callable

from kubestrata import Cluster, Component, Host, Platform, Reference, SubstituteFrom
from kubestrata.constructs import CiliumNetwork, Pods, SecretReference
from kubestrata.constructs.observability import (
    Grafana,
    GrafanaOperator,
    GrafanaSidecar,
    Monitoring,
    PrometheusOperator,
    VictoriaMetrics,
)
from tests.small_platform import flux, new_component

SCRAPER = Pods("vmagent", "monitoring", {"app": "vmagent"})


def victoria(grafana: Grafana | None = None) -> Monitoring:
    return VictoriaMetrics(scraper=SCRAPER, grafana=grafana or in_operator())


def prometheus(grafana: Grafana | None = None) -> Monitoring:
    return PrometheusOperator(scraper=SCRAPER, labels={"release": "stack"}, grafana=grafana)


def in_operator() -> Grafana:
    return GrafanaOperator(labels={"dashboards": "grafana"}, namespace="monitoring")


KINDS: list[Callable[[], Monitoring]] = [victoria, lambda: prometheus(GrafanaSidecar())]
NAMES = ["victoria-metrics", "prometheus-operator"]


def cluster(*offers: object, placeholders: tuple[str, ...] = ()) -> Cluster:
    filled = [SubstituteFrom("ConfigMap", "facts", placeholders)] if placeholders else []
    return Cluster(
        Platform(),
        "c1",
        domain=Host("example.com"),
        delivery=flux(substitute_from=filled),
        kubernetes="1.35",
        provided_groups=[
            "cilium.io",
            "grafana.integreatly.org",
            "monitoring.coreos.com",
            "operator.victoriametrics.com",
        ],
        offers=offers,
    )


def shop(*offers: object) -> Component:
    """Return a component in a cluster with a network and `offers`."""
    return new_component(cluster(CiliumNetwork(), *offers), "shop")


def secret(component: Component, *keys: str) -> SecretReference:
    """Return a Secret in the component's namespace."""
    ref = Reference(component, "", "Secret", "credentials", "shop")
    return SecretReference(ref, frozenset(keys))
