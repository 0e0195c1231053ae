"""Static checks of every dashboard of the platforms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from charts.observability import grafana_dashboard, grafana_folder
from kubestrata.constructs.observability import Record, RuleGroup
from kubestrata.constructs.observability.dashboard_model import read_dashboard

FILES = sorted((Path(grafana_dashboard.__file__).parent / "dashboards").glob("*.json"))
BUILT_IN = {"__rate_interval", "__interval", "__range", "__all"}
VARIABLE = re.compile(r"\$\{?(\w+)")
UNITS = {
    "Bps", "bytes", "ms", "ops", "percentunit", "pps", "reqps", "s", "short",
}  # fmt: skip

every = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def panels(model: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in model["panels"] if panel["type"] != "row"]


def queries(model: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for panel in panels(model):
        for target in panel["targets"]:
            yield panel["title"], target


def variables(model: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in model["templating"]["list"]}


def test_each_dashboard_has_a_folder() -> None:
    names = {file.stem for file in FILES}
    assert len(names) == 21
    assert names == set(grafana_dashboard._FOLDERS)
    assert set(grafana_dashboard._FOLDERS.values()) == set(grafana_folder._TITLES)


@every
def test_dashboard_is_valid_in_grafana(file: Path) -> None:
    model = read_dashboard(file, ())
    assert model.uid == file.stem
    assert read(file)["schemaVersion"] >= 41


def test_uids_and_titles_are_different() -> None:
    found = [read(file) for file in FILES]
    assert len({each["uid"] for each in found}) == len(found)
    assert len({each["title"] for each in found}) == len(found)


@every
def test_its_queries_use_a_data_source_variable(file: Path) -> None:
    model = read(file)
    sources = {
        name: each["query"]
        for name, each in variables(model).items()
        if each["type"] == "datasource"
    }
    assert sources["datasource"] == "prometheus"
    for title, target in queries(model):
        asked = target["datasource"]
        assert asked["uid"].startswith("${"), title
        assert sources[asked["uid"][2:-1]] == asked["type"], title


@every
def test_every_variable_is_declared_and_used(file: Path) -> None:
    model = read(file)
    declared = set(variables(model))
    text = json.dumps([model["panels"], model["templating"]])
    used = {name for name in VARIABLE.findall(text) if not name.isdigit()} - BUILT_IN
    assert used == declared


@every
def test_every_expression_is_balanced_and_not_empty(file: Path) -> None:
    for title, target in queries(read(file)):
        if target["datasource"]["type"] == "prometheus":
            # The check that rules pass, too.
            RuleGroup("checked", [Record(name="checked", expression=target["expr"])])
            assert re.search(r"[a-z]+_[a-z_]+", target["expr"]), title


def plain(target: dict[str, Any]) -> str:
    """Return the expression without the contents of its selectors."""
    return re.sub(r"\{[^}]*\}", "", target["expr"])


@every
def test_rates_use_the_interval_of_the_panel_or_a_fixed_one(file: Path) -> None:
    for title, target in queries(read(file)):
        for window in re.findall(r"\[([^\]]*)\]", plain(target)):
            assert window == "$__rate_interval" or re.fullmatch(r"[0-9]+[mh]", window), title


@every
def test_counters_are_always_shown_as_rates(file: Path) -> None:
    # Gauges in spite of their names.
    gauges = {
        "cnpg_backends_total",
        "cnpg_backends_waiting_total",
        "envoy_cluster_membership_total",
    }
    for title, target in queries(read(file)):
        found = re.findall(r"\b(\w+_(?:total|bucket))\b(\[?)", plain(target))
        assert {name for name, window in found if not window} <= gauges, title


@every
def test_every_value_has_a_unit(file: Path) -> None:
    for panel in panels(read(file)):
        if panel["type"] in ("stat", "timeseries"):
            unit = panel["fieldConfig"]["defaults"]["unit"]
            assert unit in UNITS or unit.startswith("suffix:"), panel["title"]


@every
def test_panels_have_unique_ids_and_do_not_overlap(file: Path) -> None:
    model = read(file)
    ids = [panel["id"] for panel in model["panels"]]
    assert len(set(ids)) == len(ids)
    for one, other in combinations(model["panels"], 2):
        a, b = one["gridPos"], other["gridPos"]
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        above = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert beside or above, (one["title"], other["title"])
        assert a["x"] + a["w"] <= 24
