"""Grafana dashboards, their folders, and the data sources that they query."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kubestrata.constructs.observability.dashboard_model import UID, read_dashboard
from kubestrata.constructs.observability.grafana import Folder, Grafana, Published, Source
from kubestrata.constructs.observability.monitoring import Monitoring
from kubestrata.core import tree
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import DuplicateObject, InvalidValue, MissingOffer
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.resource import Resource


class DashboardFolder(Construct):
    """One GrafanaFolder by the operator, nothing by the sidecar; dashboards wait for it."""

    def __init__(self, scope: Construct, id: str, *, title: str) -> None:
        """`id` is also the folder's uid."""
        super().__init__(scope, f"{id}-folder")
        _check_uid("folder", id)
        self.folder: Folder = _grafana(self).folder(self, id, title, id)


class DataSource(Construct):
    """One GrafanaDatasource by the operator, one ConfigMap by the sidecar."""

    def __init__(self, scope: Construct, id: str, *, source: Source) -> None:
        super().__init__(scope, f"{id}-data-source")
        _check_uid("data source", source.uid)
        _claim(self, "data source", source.uid)
        self.uid = source.uid
        self.resource: Resource = _grafana(self).data_source(self, id, source)


class Dashboard(Construct):
    """One GrafanaDashboard by the operator, one ConfigMap by the sidecar.

    The JSON is kept byte for byte; `${...}` in it is preserved, because the delivery escapes it
    where Flux substitutes. Raises InvalidValue for JSON that Grafana cannot show, and
    DuplicateObject for a uid that is already in the cluster.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        json: Path | str,
        folder: DashboardFolder | None = None,
        data_sources: Sequence[DataSource] = (),
    ) -> None:
        """`json` is a file, or the text; `data_sources` are those that it names by uid."""
        super().__init__(scope, f"{id}-dashboard")
        self.model = read_dashboard(json, {source.uid for source in data_sources})
        _claim(self, "dashboard", self.model.uid)
        component = component_of(self)
        for source in data_sources:
            component.needs(source.resource.ref)
        place = folder.folder if folder is not None else None
        self.resource: Resource = _grafana(self).dashboard(self, id, self.model, place)


class PublishedDashboard(Construct):
    """One dashboard of grafana.com: a GrafanaDashboard, or a ConfigMap with its address.

    The operator or the sidecar downloads it. Without a `revision`, which the sidecar needs, it is
    the newest one, which changes without a commit.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        number: int,
        revision: int | None = None,
        folder: DashboardFolder | None = None,
    ) -> None:
        """`number` is its id at grafana.com. Raises InvalidValue for one that cannot be."""
        super().__init__(scope, f"{id}-dashboard")
        for what, value in (("number", number), ("revision", revision)):
            if value is not None and value < 1:
                raise InvalidValue(f"{what} {value} of dashboard {id!r}", "must be at least 1")
        place = folder.folder if folder is not None else None
        published = Published(number, revision)
        self.resource: Resource = _grafana(self).published(self, id, published, place)


def _grafana(scope: Construct) -> Grafana:
    cluster = component_of(scope).cluster
    found = cluster.ask(Monitoring).grafana
    if found is None:
        why = f"the monitoring of cluster {cluster.name} has none"
        fix = "pass grafana= to the cluster's Monitoring"
        raise MissingOffer("Grafana", why, fix)
    return found


def _check_uid(what: str, uid: str) -> None:
    if not UID.match(uid):
        fix = "write at most 40 letters, digits, '-' and '_'"
        raise InvalidValue(f"{what} {uid!r}", "is not a valid uid of Grafana", fix)


def _claim(scope: Construct, what: str, uid: str) -> None:
    cluster = component_of(scope).cluster
    try:
        # '/' is not allowed in ids, so a uid never collides with a component.
        tree.claim(cluster, f"{what}/{uid}", caller())
    except DuplicateObject as error:
        what = f"{what} with the uid {uid!r}"
        raise DuplicateObject(what, error.why, "change one uid", where=error.where) from None
