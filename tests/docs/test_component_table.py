"""The page of components names every component of the clusters, where its module is."""

from __future__ import annotations

from main import build
from tests.docs.component_table import PAGE, ROOT, page, rows


def test_the_page_is_what_the_clusters_run() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_component_is_in_one_cell() -> None:
    shown = [
        (cluster, text.partition(" ")[0].rstrip(":"))
        for row in rows()
        for cluster, texts in row.cells.items()
        for text in texts
    ]
    declared = [
        (cluster.name, component.name)
        for cluster in build().clusters
        for component in cluster.components
    ]
    assert sorted(shown) == sorted(declared)


def test_modules_of_components_exist() -> None:
    assert [row.module for row in rows() if not (ROOT / row.module).is_file()] == []
