"""Dashboards, folders and data sources as objects of the Grafana operator."""

from __future__ import annotations

from collections.abc import Mapping

from kubeapis import grafana, k8s
from kubestrata.constructs.observability.dashboard_model import DashboardModel
from kubestrata.constructs.observability.grafana import Folder, Grafana, Published, Source
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference
from kubestrata.core.node import Construct
from kubestrata.core.reference import ReferenceName


class GrafanaOperator(Grafana):
    """GrafanaDashboard, GrafanaFolder and GrafanaDatasource for the Grafana with `labels`.

    `namespace` is that of the Grafana object; objects elsewhere allow cross-namespace imports.
    """

    def __init__(self, *, labels: Mapping[str, str], namespace: str) -> None:
        self.labels = dict(labels)
        self.namespace = namespace

    def dashboard(
        self, scope: Construct, id: str, model: DashboardModel, folder: Folder | None
    ) -> grafana.GrafanaDashboard:
        """Create the dashboard; its folder is set by object, or by uid from another namespace."""
        by_object, by_uid = _folder(scope, folder)
        return grafana.GrafanaDashboard(
            scope,
            id,
            spec=grafana.GrafanaDashboardSpec(
                instance_selector=self._selector,
                allow_cross_namespace_import=self._crosses(scope),
                folder_ref=by_object,
                folder_uid=by_uid,
                json=model.text,
            ),
        )

    def published(
        self, scope: Construct, id: str, dashboard: Published, folder: Folder | None
    ) -> grafana.GrafanaDashboard:
        """Create the dashboard, which the operator downloads."""
        by_object, by_uid = _folder(scope, folder)
        source = grafana.GrafanaDashboardSpecGrafanaCom(
            id=dashboard.number, revision=dashboard.revision
        )
        return grafana.GrafanaDashboard(
            scope,
            id,
            spec=grafana.GrafanaDashboardSpec(
                instance_selector=self._selector,
                allow_cross_namespace_import=self._crosses(scope),
                folder_ref=by_object,
                folder_uid=by_uid,
                grafana_com=source,
            ),
        )

    def folder(self, scope: Construct, id: str, title: str, uid: str) -> Folder:
        """Create one GrafanaFolder."""
        made = grafana.GrafanaFolder(
            scope,
            id,
            spec=grafana.GrafanaFolderSpec(
                instance_selector=self._selector,
                allow_cross_namespace_import=self._crosses(scope),
                title=title,
                uid=uid,
            ),
        )
        return Folder(title, uid, made)

    def data_source(self, scope: Construct, id: str, source: Source) -> grafana.GrafanaDatasource:
        """Create one GrafanaDatasource; the operator fills in the secrets."""
        plugins = None
        if source.plugin is not None:
            plugins = [
                grafana.GrafanaDatasourceSpecPlugins(name=source.type, version=source.plugin)
            ]
        _check_secrets(scope, source)
        return grafana.GrafanaDatasource(
            scope,
            id,
            spec=grafana.GrafanaDatasourceSpec(
                instance_selector=self._selector,
                allow_cross_namespace_import=self._crosses(scope),
                uid=source.uid,
                plugins=plugins,
                values_from=[_value(name, source) for name in source.secrets] or None,
                datasource=grafana.GrafanaDatasourceSpecDatasource(
                    name=source.name,
                    type=source.type,
                    access="proxy",
                    url=source.service.url(source.path),
                    is_default=source.is_default or None,
                    editable=False,
                    json_data=source.settings or None,
                    secure_json_data={
                        name: f"${{{key.key}}}" for name, key in source.secrets.items()
                    }
                    or None,
                ),
            ),
        )

    @property
    def _selector(self) -> k8s.LabelSelector:
        return k8s.LabelSelector(match_labels=self.labels)

    def _crosses(self, scope: Construct) -> bool | None:
        here = component_of(scope).home_namespace.object_name
        return None if here == self.namespace else True


def _folder(
    scope: Construct, folder: Folder | None
) -> tuple[ReferenceName | None, ReferenceName | str | None]:
    """Return the name of a folder's object in the same namespace, and its uid for another one."""
    made = folder.resource if folder is not None else None
    here = component_of(scope).home_namespace.object_name
    if made is not None and made.identity.namespace == here:
        return made.name, None
    if folder is None:
        return None, None
    return None, made.ref.text(folder.uid) if made is not None else folder.uid


def _check_secrets(scope: Construct, source: Source) -> None:
    here = component_of(scope).home_namespace.object_name
    for name, key in source.secrets.items():
        if key.secret.ref.object_namespace != here:
            why = (
                f"is in namespace {key.secret.ref.object_namespace!r}, the data source in {here!r}"
            )
            fix = f"copy the Secret to {here!r}"
            raise InvalidReference(f"secret {name!r} of {source.name}", why, fix)


def _value(name: str, source: Source) -> grafana.GrafanaDatasourceSpecValuesFrom:
    key = source.secrets[name]
    return grafana.GrafanaDatasourceSpecValuesFrom(
        target_path=f"secureJsonData.{name}",
        value_from=grafana.GrafanaDatasourceSpecValuesFromValueFrom(secret_key_ref=key.selector),
    )
