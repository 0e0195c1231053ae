"""External metrics for autoscalers, from queries of the metrics store."""

from collections.abc import Sequence

from charts import catalogue
from charts.infrastructure.internal_issuers import (
    Names,
    Validity,
    internal_certificate,
)
from charts.resource_request import resources
from kubestrata import Cluster, Frozen, JsonObject, Reference, ServiceReference
from kubestrata.constructs import Flow, HelmComponent

_NAME = "prometheus-adapter"
_PORT = 6443
_CERTIFICATES = "/etc/serving"


class AdapterRule(Frozen):
    """A metric `name` for autoscalers, from `series`; `query` is a template of the adapter."""

    name: str
    series: str
    query: str

    @property
    def entry(self) -> JsonObject:
        """Return the entry of `rules.external`."""
        return {
            "seriesQuery": f'{self.series}{{namespace!=""}}',
            "resources": {"overrides": {"namespace": {"resource": "namespace"}}},
            "name": {"matches": f"^{self.series}$", "as": self.name},
            "metricsQuery": self.query,
        }


class PrometheusAdapter(HelmComponent):
    """The API `external.metrics.k8s.io`, with a metric for each rule."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        store: ServiceReference,
        issuer: Reference,
        rules: Sequence[AdapterRule],
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.PROMETHEUS_ADAPTER,
            values={
                "prometheus": {"url": store.text("http://{host}"), "port": store.port},
                "rules": {"default": False, "external": [each.entry for each in rules]},
                "resources": resources("100m", "128Mi", "256Mi"),
                **_serving(),
            },
            flows=[Flow.to_kubernetes_api(), Flow.from_kubernetes_api(_PORT), Flow.to_cluster()],
        )
        self.metrics = tuple(each.name for each in rules)
        home = namespace.object_name
        internal_certificate(
            self,
            _SECRET,
            issuer=issuer,
            names=Names.of(home, _NAME),
            validity=Validity("8760h", "720h"),
        )


_SECRET = "prometheus-adapter-certs"  # noqa: S105  # the name of a Secret


def _serving() -> JsonObject:
    """Return the values that make the adapter serve with its certificate."""
    return {
        "extraArguments": [
            f"--tls-cert-file={_CERTIFICATES}/tls.crt",
            f"--tls-private-key-file={_CERTIFICATES}/tls.key",
        ],
        "extraVolumes": [{"name": "certificates", "secret": {"secretName": _SECRET}}],
        "extraVolumeMounts": [
            {"name": "certificates", "mountPath": _CERTIFICATES, "readOnly": True}
        ],
    }
