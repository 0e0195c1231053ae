"""The example of each construct's page runs, and no construct or page is left out of the index."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest

from kubestrata import Cluster, Host, Platform, constructs
from kubestrata.constructs import CiliumNetwork, Pods
from kubestrata.constructs.observability import GrafanaOperator, VictoriaMetrics
from kubestrata.core.node import Construct
from tests.constructs.checking import faults
from tests.constructs.data.world import offer_operators
from tests.small_platform import flux, new_component

DOCS = Path(__file__).resolve().parents[2] / "docs" / "constructs"
INDEX = DOCS / "README.md"
PAGES = sorted(set(DOCS.glob("*.md")) - {INDEX})

MONITORING = VictoriaMetrics(
    scraper=Pods("vmagent", "monitoring", {"app.kubernetes.io/name": "vmagent"}),
    grafana=GrafanaOperator(labels={"dashboards": "grafana"}, namespace="monitoring"),
)


def example(page: Path) -> Any:
    """The function `example(component)` of the page's first block of Python."""
    (block,) = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)[:1]
    scope: dict[str, Any] = {"__file__": str(page)}
    exec(compile(block, str(page), "exec"), scope)
    return scope["example"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_an_example_runs(page: Path) -> None:
    cluster = Cluster(
        Platform(),
        "home",
        domain=Host("example.com"),
        delivery=flux(),
        kubernetes="1.35",
        offers=[CiliumNetwork(), MONITORING],
    )
    component = new_component(cluster, "shop")
    offer_operators(cluster)
    before = len(component.rendered())
    example(page)(component)
    assert len(component.rendered()) > before
    assert faults(component) == []


def construct_names() -> set[str]:
    """The constructs that the packages of constructs export."""
    found: set[str] = set()
    for package in pkgutil.iter_modules(constructs.__path__, f"{constructs.__name__}."):
        module = importlib.import_module(package.name)
        exported = {name: getattr(module, name) for name in module.__all__}
        found |= {
            name
            for name, value in exported.items()
            if isinstance(value, type) and issubclass(value, Construct)
        }
    return found


def test_the_index_links_every_page_once_and_nothing_else() -> None:
    linked = re.findall(r"\]\(([^)#]+)\)", INDEX.read_text())
    assert sorted(linked) == [page.name for page in PAGES]


def test_every_construct_is_named_on_a_page() -> None:
    text = "\n".join(page.read_text() for page in PAGES)
    words = set(re.findall(r"\w+", text))
    assert sorted(construct_names() - words) == []


def test_the_index_names_every_construct_on_the_page_that_its_row_links() -> None:
    named: set[str] = set()
    for cells, link in re.findall(
        r"^\| ([^|]+) \| \[[^]]+\]\(([^)]+)\)", INDEX.read_text(), re.MULTILINE
    ):
        names = set(re.findall(r"`(\w+)`", cells))
        assert names <= set(re.findall(r"\w+", (DOCS / link).read_text())), link
        named |= names
    assert sorted(construct_names() - named) == []
