"""`kubestrata graph`: the order and the lines that cause it."""

from __future__ import annotations

import json

from tests.small_project import Project


def test_each_edge_has_its_reason_and_line(project: Project) -> None:
    project.edit('data={"text"', 'data={"uses": first.name, "text"')
    project.edit(
        "    for name in NAMES:",
        "    zone = Namespace('first', pod_security='baseline')\n"
        "    owner = Component(cluster, 'first', layer='apps', namespace=zone)\n"
        "    first = owner.home_namespace\n"
        "    for name in NAMES:",
    )
    done = project.run("graph")
    assert done.code == 0
    assert (
        "    after first: ConfigMap web/settings names Namespace first "
        "at main.py:20 (c1/web/settings)" in done.out
    )
    edges = json.loads(project.run("graph", "--output", "json").out)["c1"]
    assert {name: list(others) for name, others in edges.items()} == {
        "api": ["first"],
        "db": ["first"],
        "first": [],
        "web": ["first"],
    }
    assert "    web --> first" in project.run("graph", "--output", "mermaid").out
