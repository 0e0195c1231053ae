"""Interface that delivers dashboards and data sources to a Grafana."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from msgspec import field

from kubestrata.constructs.observability.dashboard_model import DashboardModel
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference
from kubestrata.core.resource import Resource


class Folder(Frozen):
    """A folder of dashboards; `resource` is its object, None where a label is enough."""

    title: str
    uid: str
    resource: Resource | None = None


class Source(Frozen):
    """A data source of Grafana.

    `type` is its plugin's id, `plugin` the plugin's version if Grafana must install it. `settings`
    are the plugin's own (source: jsonData), `secrets` its confidential ones (secureJsonData).
    """

    name: str
    type: str
    uid: str
    service: ServiceReference
    path: str = ""
    is_default: bool = False
    plugin: str | None = None
    settings: JsonObject = field(default_factory=dict[str, str])
    secrets: Mapping[str, SecretKey] = field(default_factory=dict[str, SecretKey])


class Published(Frozen):
    """A dashboard at grafana.com; without a revision it is the newest one."""

    number: int
    revision: int | None = None


class Grafana(ABC):
    """Creates the objects that a Grafana, or its operator, watches."""

    @abstractmethod
    def dashboard(
        self, scope: Construct, id: str, model: DashboardModel, folder: Folder | None
    ) -> Resource:
        """Create one dashboard, in a folder or at the top."""

    @abstractmethod
    def published(
        self, scope: Construct, id: str, dashboard: Published, folder: Folder | None
    ) -> Resource:
        """Create a dashboard that is downloaded; raises InvalidValue if its address is unknown."""

    @abstractmethod
    def folder(self, scope: Construct, id: str, title: str, uid: str) -> Folder:
        """Create a folder, as an object where Grafana does not create it with its dashboards."""

    @abstractmethod
    def data_source(self, scope: Construct, id: str, source: Source) -> Resource:
        """Create one data source."""
