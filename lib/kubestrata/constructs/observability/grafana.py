"""How dashboards and data sources reach a Grafana; the cluster's Monitoring says which way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from kubestrata.constructs.observability.dashboard_model import DashboardModel
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference
from kubestrata.core.resource import Resource


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of dashboards; `resource` is its object, None where a label of theirs is enough."""

    title: str
    uid: str
    resource: Resource | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A data source of Grafana.

    `type` is its plugin's id, `plugin` the plugin's version where Grafana must install it.
    `settings` are the plugin's own (source: jsonData), `secrets` those that nobody may read.
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


class Grafana(ABC):
    """Makes the objects that a Grafana, or its operator, looks for."""

    @abstractmethod
    def dashboard(
        self, scope: Construct, id: str, model: DashboardModel, folder: Folder | None
    ) -> Resource:
        """One dashboard, in a folder or at the top."""

    @abstractmethod
    def folder(self, scope: Construct, id: str, title: str, uid: str) -> Folder:
        """A folder, with an object of its own where Grafana does not make it on the way."""

    @abstractmethod
    def data_source(self, scope: Construct, id: str, source: Source) -> Resource:
        """One data source."""
