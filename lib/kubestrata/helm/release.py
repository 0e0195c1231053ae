"""A release to render: a chart, its values and the facts of the cluster that it is installed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import field

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Manifest
from kubestrata.helm.stored_chart import StoredChart


class Release(Frozen):
    """One rendering: `helm template NAME CHART --namespace NAMESPACE`.

    `values` are those of the release, merged, without the defaults of the chart. `kubernetes` is a
    version such as `1.35` or `1.35.2`; `api_versions` are the ones of the cluster beside those
    that Kubernetes has itself: `group/version` and `group/version/Kind`, as in
    `.Capabilities.APIVersions`.
    """

    chart: StoredChart
    name: str
    namespace: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    kubernetes: str = ""
    api_versions: frozenset[str] = frozenset()
    is_upgrade: bool = False
    objects: Mapping[str, Manifest] = field(default_factory=dict[str, Manifest])
    """Objects that `lookup` finds, by `v1 Secret shop web-tls`: version, kind and names."""
    has_schema: bool = True
    """False if values are not compared with the schema of the chart."""
