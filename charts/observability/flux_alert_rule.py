"""When a Flux object needs a person: it fails, it hangs, or it was left suspended."""

from charts.observability.flux_metric import STATE
from kubeapis import prometheus

_OBJECT = "{{ $labels.customresource_kind }} {{ $labels.exported_namespace }}/{{ $labels.name }}"


def _rule(
    alert: str, *, when: str, lasting: str, severity: str, says: str
) -> prometheus.PrometheusRuleSpecGroupsRules:
    return prometheus.PrometheusRuleSpecGroupsRules(
        alert=alert,
        expr=when,
        for_=lasting,
        labels={"severity": severity},
        annotations={"summary": f"{_OBJECT} {says}"},
    )


RULES = prometheus.PrometheusRuleSpec(
    groups=[
        prometheus.PrometheusRuleSpecGroups(
            name="flux",
            rules=[
                _rule(
                    "FluxReconciliationFailed",
                    when=f'{STATE}{{ready="False", suspended!="true"}} == 1',
                    lasting="10m",
                    severity="critical",
                    says="does not reconcile: {{ $labels.reason }}",
                ),
                _rule(
                    "FluxReconciliationStalled",
                    when=f'{STATE}{{stalled="True"}} == 1 or {STATE}{{ready="Unknown"}} == 1',
                    lasting="30m",
                    severity="warning",
                    says="makes no progress: {{ $labels.reason }}",
                ),
                _rule(
                    "FluxReconciliationSuspended",
                    when=f'{STATE}{{suspended="true"}} == 1',
                    lasting="24h",
                    severity="info",
                    says="has been suspended for a day",
                ),
                prometheus.PrometheusRuleSpecGroupsRules(
                    alert="FluxStateUnknown",
                    expr=f"absent({STATE})",
                    for_="15m",
                    labels={"severity": "critical"},
                    annotations={"summary": "Nobody reports how Flux fares; its alerts are blind"},
                ),
            ],
        )
    ]
)
