"""Monitoring of Flux: controller metrics, and alerts on objects that do not reconcile."""

from __future__ import annotations

from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.alert import Alert, RuleGroup
from kubestrata.constructs.observability.alert_rule import AlertRules
from kubestrata.constructs.observability.flux_state import STATE
from kubestrata.constructs.observability.scrape import Scrape
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct
from kubestrata.core.value.duration import Duration

_OBJECT = "{{ $labels.customresource_kind }} {{ $labels.exported_namespace }}/{{ $labels.name }}"
# Name of the metrics port of all Flux controllers, and of no other pod in the namespace.
_PORT = "http-prom"

FLUX_ALERTS = (
    Alert(
        name="FluxReconciliationFailed",
        expression=f'{STATE}{{ready="False", suspended!="true"}} == 1',
        for_=Duration("10m"),
        severity="critical",
        summary=f"{_OBJECT} does not reconcile: {{{{ $labels.reason }}}}",
    ),
    Alert(
        name="FluxReconciliationStalled",
        expression=f'{STATE}{{stalled="True"}} == 1 or {STATE}{{ready="Unknown"}} == 1',
        for_=Duration("30m"),
        severity="warning",
        summary=f"{_OBJECT} makes no progress: {{{{ $labels.reason }}}}",
    ),
    Alert(
        name="FluxReconciliationSuspended",
        expression=f'{STATE}{{suspended="true"}} == 1',
        for_=Duration("24h"),
        severity="info",
        summary=f"{_OBJECT} has been suspended for a day",
    ),
    Alert(
        name="FluxStateUnknown",
        expression=f"absent({STATE})",
        for_=Duration("15m"),
        severity="critical",
        summary="Nobody reports how Flux fares; its alerts are blind",
    ),
)
"""Alerts on Flux objects that fail, hang, or stay suspended.

They query the metric that `flux_state.kube_state_metrics` creates.
"""


class FluxMonitoring(Construct):
    """A scrape of the Flux controllers, and alerts on the objects that they reconcile.

    The scrape is `<id>-controllers`, the rules are `<id>-reconciliation`.
    """

    def __init__(self, scope: Construct, id: str = "flux") -> None:
        super().__init__(scope, f"{id}-monitoring")
        pods = Pods("flux", component_of(self).cluster.delivery.namespace)
        self.scrape = Scrape(self, f"{id}-controllers", pods=pods, port=_PORT)
        groups = [RuleGroup("flux", FLUX_ALERTS)]
        self.rules = AlertRules(self, f"{id}-reconciliation", groups=groups)
