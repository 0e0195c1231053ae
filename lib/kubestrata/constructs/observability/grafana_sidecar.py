"""Dashboards and data sources as labelled ConfigMaps, which a sidecar loads into Grafana."""

from __future__ import annotations

from collections.abc import Mapping

from kubeapis import k8s
from kubestrata.constructs.config import compacted, create_config_map
from kubestrata.constructs.observability.dashboard_model import DashboardModel
from kubestrata.constructs.observability.grafana import Folder, Grafana, Published, Source
from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.reference import ReferenceName
from kubestrata.core.yaml_text import dump

_LARGE = 262_144
_PUBLISHED = "https://grafana.com/api/dashboards"


class GrafanaSidecar(Grafana):
    """One ConfigMap per dashboard or data source; folders are annotations of the dashboards.

    The labels are those that the sidecar selects (source: values `sidecar` of Grafana's chart).
    """

    def __init__(
        self,
        *,
        dashboard_labels: Mapping[str, str] | None = None,
        data_source_labels: Mapping[str, str] | None = None,
        folder_annotation: str = "grafana_folder",
    ) -> None:
        self.dashboard_labels = dict(dashboard_labels or {"grafana_dashboard": "1"})
        self.data_source_labels = dict(data_source_labels or {"grafana_datasource": "1"})
        self.folder_annotation = folder_annotation

    def dashboard(
        self, scope: Construct, id: str, model: DashboardModel, folder: Folder | None
    ) -> k8s.ConfigMap:
        """Create a ConfigMap with the JSON under the key `<uid>.json`.

        JSON of more than 256 KiB loses its white space. Raises InvalidValue if it has more than the
        API server accepts even so.
        """
        text = model.text
        if len(text.encode()) > _LARGE:
            text = compacted(text, f"dashboard {model.uid!r}")
        data = {f"{model.uid}.json": text}
        return create_config_map(
            scope, id, id, data, naming="stable", metadata=self._metadata(folder)
        )

    def published(
        self, scope: Construct, id: str, dashboard: Published, folder: Folder | None
    ) -> k8s.ConfigMap:
        """Create a ConfigMap with the dashboard's address under the key `<id>.json.url`.

        The sidecar downloads it and replaces no inputs (source: k8s-sidecar, suffix `.url`). Raises
        InvalidValue without a revision: the address of grafana.com has one.
        """
        if dashboard.revision is None:
            why = "has no revision, which its address at grafana.com needs"
            raise InvalidValue(f"dashboard {id!r} ({dashboard.number})", why, "pass revision=")
        address = f"{_PUBLISHED}/{dashboard.number}/revisions/{dashboard.revision}/download"
        data = {f"{id}.json.url": address}
        return create_config_map(
            scope, id, id, data, naming="stable", metadata=self._metadata(folder)
        )

    def _metadata(self, folder: Folder | None) -> k8s.ObjectMeta:
        annotations = {self.folder_annotation: folder.title} if folder is not None else None
        return k8s.ObjectMeta(labels=self.dashboard_labels, annotations=annotations)

    def folder(self, scope: Construct, id: str, title: str, uid: str) -> Folder:
        """Return a folder without an object: Grafana creates it with its first dashboard."""
        del scope, id
        return Folder(title, uid)

    def data_source(self, scope: Construct, id: str, source: Source) -> k8s.ConfigMap:
        """Create a provisioning file of Grafana; raises InvalidValue for secrets and plugins."""
        if source.secrets or source.plugin is not None:
            why = "has secrets or a plugin, which a ConfigMap cannot provide"
            fix = "set them in the values of Grafana's chart"
            raise InvalidValue(f"data source {source.name!r}", why, fix)
        entry: JsonObject = {
            "name": source.name,
            "uid": source.uid,
            "type": source.type,
            "access": "proxy",
            "url": str.__str__(source.service.url(source.path)),
            **({"isDefault": True} if source.is_default else {}),
            **({"jsonData": source.settings} if source.settings else {}),
        }
        text = ReferenceName(
            dump({"apiVersion": 1, "datasources": [entry]}), source.service.service
        )
        metadata = k8s.ObjectMeta(labels=self.data_source_labels)
        return k8s.ConfigMap(scope, id, metadata=metadata, data={f"{source.uid}.yaml": text})
