"""Dashboards of Grafana as tables of panels, with one data source variable."""

import json
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import field

from kubestrata import Frozen, JsonObject

Kind = Literal["piechart", "row", "stat", "state-timeline", "table", "timeseries"]
_SOURCE: JsonObject = {"type": "prometheus", "uid": "${datasource}"}
_COLUMNS = 24
_HEIGHTS: dict[Kind, int] = {
    "piechart": 8,
    "row": 1,
    "stat": 4,
    "state-timeline": 8,
    "table": 8,
    "timeseries": 8,
}
# Kinds that show the last value of a series.
_INSTANT: tuple[Kind, ...] = ("piechart", "stat", "table")


class Query(Frozen):
    """An expression, and the name of its series."""

    expression: str
    legend: str = ""


class Panel(Frozen):
    """A panel; `width` are columns of 24, `unit` one of Grafana's."""

    title: str
    queries: Sequence[Query]
    unit: str = "short"
    kind: Kind = "timeseries"
    width: int = 12

    def model(self, number: int, x: int, y: int) -> JsonObject:
        """Return the JSON of the panel at a place."""
        place: JsonObject = {"x": x, "y": y, "w": self.width, "h": _HEIGHTS[self.kind]}
        if self.kind == "row":
            heading: JsonObject = {"id": number, "title": self.title, "type": "row"}
            return {**heading, "collapsed": False, "gridPos": place, "panels": []}
        instant = self.kind in _INSTANT
        targets: list[JsonObject] = [
            {
                "refId": chr(ord("A") + index),
                "datasource": _SOURCE,
                "expr": query.expression,
                "legendFormat": query.legend,
                "instant": instant,
                "range": not instant,
                **({"format": "table"} if self.kind == "table" else {}),
            }
            for index, query in enumerate(self.queries)
        ]
        return {
            "id": number,
            "title": self.title,
            "type": self.kind,
            "datasource": _SOURCE,
            "gridPos": place,
            "fieldConfig": {"defaults": {"unit": self.unit}, "overrides": []},
            "targets": targets,
        }


class Choice(Frozen):
    """A variable with the values of a label, all at first."""

    name: str
    query: str

    @property
    def model(self) -> JsonObject:
        """Return the JSON of the variable."""
        return {
            "name": self.name,
            "type": "query",
            "datasource": _SOURCE,
            "query": self.query,
            "refresh": 2,
            "includeAll": True,
            "multi": True,
            "current": {"text": "All", "value": "$__all"},
        }


class Board(Frozen):
    """A dashboard; panels fill its rows from left to right.

    It shows the time since `since`, and is loaded again every `refresh`. `alias` names its object
    where the uid says nothing.
    """

    uid: str
    title: str
    panels: Sequence[Panel]
    choices: Sequence[Choice] = field(default_factory=tuple[Choice, ...])
    refresh: str = "1m"
    since: str = "now-6h"
    alias: str = ""

    @property
    def name(self) -> str:
        """Return the name by which objects of the dashboard are called."""
        return self.alias or self.uid

    @property
    def text(self) -> str:
        """Return the JSON of the dashboard."""
        source: JsonObject = {
            "name": "datasource",
            "label": "Data source",
            "type": "datasource",
            "query": "prometheus",
        }
        model: JsonObject = {
            "uid": self.uid,
            "title": self.title,
            "editable": False,
            "schemaVersion": 39,
            "refresh": self.refresh,
            "time": {"from": self.since, "to": "now"},
            "templating": {"list": [source, *(choice.model for choice in self.choices)]},
            "panels": list(self._placed()),
        }
        return json.dumps(model, indent=2) + "\n"

    def _placed(self) -> Iterator[JsonObject]:
        x = y = height = 0
        for number, panel in enumerate(self.panels, 1):
            if x + panel.width > _COLUMNS:
                x, y, height = 0, y + height, 0
            yield panel.model(number, x, y)
            x, height = x + panel.width, max(height, _HEIGHTS[panel.kind])


def line(title: str, expression: str, legend: str = "", unit: str = "short") -> Panel:
    """Return a graph of one query."""
    return Panel(title, [Query(expression, legend)], unit)


def number(title: str, expression: str, unit: str = "short") -> Panel:
    """Return one number."""
    return Panel(title, [Query(expression)], unit, "stat", width=6)


def table(title: str, expression: str) -> Panel:
    """Return a table of series, with their labels as columns."""
    return Panel(title, [Query(expression)], kind="table", width=_COLUMNS)


def heading(title: str) -> Panel:
    """Return the heading of the panels behind it."""
    return Panel(title, [], kind="row", width=_COLUMNS)
