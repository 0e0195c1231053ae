"""Recommendations of requests, by the vertical pod autoscaler."""

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.scaling import ContainerBounds, VerticalRecommendation

_SMALL, _LARGE = ("50m", "128Mi"), ("200m", "256Mi")


class VerticalPodAutoscaler(HelmComponent):
    """The recommender alone: its recommendations are read by people, no pod is changed."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            "vpa",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.VERTICAL_POD_AUTOSCALER,
            values=_VALUES,
            flows=[Flow.to_kubernetes_api()],
        )
        recommender = self.release.makes("apps", "Deployment", "vpa-recommender")
        bounds = ContainerBounds.of("vpa", _SMALL, _LARGE)
        VerticalRecommendation(self, "vpa-recommender-vpa", target=recommender, containers=[bounds])


_VALUES: JsonObject = {
    "recommender": {"resources": bounded(*_SMALL, *_LARGE)},
    "updater": {"enabled": False},
    "admissionController": {"enabled": False},
}
