"""The values that a template reads for a field: named where that is clear, else not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.helm.store import chart_at
from kubestrata.helm.value_reader import ValueReader
from tests.helm.chart import write_chart

TEMPLATE = """apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: {{ .Values.kind }}
  ports:
  - name: http
    port: {{ .Values.port }}
    targetPort: http
  - name: metrics
    port: {{ .Values.metrics.port }}
  {{- with .Values.extra }}
  externalIPs:
  {{- toYaml . | nindent 2 }}
  {{- end }}
  selector:
    app: {{ .Values.app }}
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("spec.type", ["kind"]),
        ("spec.externalIPs[0]", ["extra"]),
        ("spec.selector.app", ["app"]),
        # Two entries of the list have a port, and the text does not say which is which.
        ("spec.ports[1].port", []),
        # What is beside the list is not its value.
        ("spec.ports[0].protocol", []),
        ("spec.selector.tier", []),
    ],
)
def test_a_value_is_named_only_where_it_is_clear(
    tmp_path: Path, path: str, found: list[str]
) -> None:
    chart = chart_at(write_chart(tmp_path / "shop", {"templates/a.yaml": TEMPLATE}))
    assert list(ValueReader(chart).values_of("shop/templates/a.yaml", path)) == found
