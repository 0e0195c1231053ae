"""A dependent of a custom resource starts after its controller, unless that needs it."""

from __future__ import annotations

from kubestrata import ChartRepository, Cluster, Component, Namespace, RawResource
from kubestrata.constructs import HelmChart, HelmComponent
from tests.small_platform import CHARTS, new_cluster, order

OCI = ChartRepository("registry", "oci://registry.example.com/charts")
GROUP = "grafana.integreatly.org"


def operator(
    cluster: Cluster,
    name: str = "operator",
    chart: str = "grafana-operator",
    repository: ChartRepository = CHARTS,
) -> HelmComponent:
    return HelmComponent(
        cluster,
        name,
        layer="infrastructure",
        namespace=Namespace(name, pod_security="restricted"),
        chart=HelmChart(chart, "1.0.0", repository),
    )


def dashboards(cluster: Cluster, kind: str = "GrafanaDashboard") -> Component:
    home = Namespace("web", pod_security="restricted")
    web = Component(cluster, "web", layer="apps", namespace=home)
    RawResource(web, "one", {"apiVersion": f"{GROUP}/v1beta1", "kind": kind})
    return web


def needs(cluster: Cluster, name: str = "web") -> list[str]:
    return order(cluster)[name]


def test_a_kind_with_a_health_expression_waits_for_its_controller() -> None:
    for repository in (CHARTS, OCI):
        cluster = new_cluster(groups=(GROUP,))
        operator(cluster, repository=repository)
        dashboards(cluster)
        assert needs(cluster) == ["operator"]


def test_a_kind_that_is_ready_at_once_does_not() -> None:
    cluster = new_cluster(groups=(GROUP,))
    operator(cluster)
    dashboards(cluster, "GrafanaContactPoint")
    assert needs(cluster) == []


def test_a_chart_without_a_controller_is_not_one() -> None:
    cluster = new_cluster(groups=("operator.victoriametrics.com",))
    operator(cluster, chart="victoria-metrics-operator-crds")
    home = Namespace("web", pod_security="restricted")
    web = Component(cluster, "web", layer="apps", namespace=home)
    kind = {"apiVersion": "operator.victoriametrics.com/v1beta1", "kind": "VMAgent"}
    RawResource(web, "one", kind)
    assert needs(cluster) == []


def test_two_controllers_order_nothing() -> None:
    cluster = new_cluster(groups=(GROUP,))
    operator(cluster)
    operator(cluster, "second")
    dashboards(cluster)
    assert needs(cluster) == []


def test_a_controller_that_needs_what_waits_for_it_stays_first_in_neither_order() -> None:
    cluster = new_cluster(groups=(GROUP,))
    web = dashboards(cluster)
    operator(cluster).needs(web)
    assert needs(cluster) == []
    assert needs(cluster, "operator") == ["web"]
