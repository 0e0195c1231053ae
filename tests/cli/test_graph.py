"""`kubestrata graph`: the order and the lines that cause it."""

from __future__ import annotations

import json
import re

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
    assert "    c1_web --> c1_first" in project.run("graph", "--output", "mermaid").out


def parsed(text: str) -> tuple[dict[str, dict[str, str]], set[tuple[str, str]]]:
    """The labels of a Mermaid graph by node and subgraph, and the labels of each edge."""
    head, *lines = text.splitlines()
    assert head == "graph BT"
    groups: dict[str, dict[str, str]] = {}
    edges: set[tuple[str, str]] = set()
    inside = ""
    for line in lines:
        if found := re.fullmatch(r'  subgraph ([A-Za-z]\w*)\["([^"]*)"\]', line):
            inside = found[2]
            groups[inside] = {}
        elif found := re.fullmatch(r'    ([A-Za-z]\w*)\["([^"]*)"\]', line):
            groups[inside][found[1]] = found[2]
        elif found := re.fullmatch(r"    ([A-Za-z]\w*) --> ([A-Za-z]\w*)", line):
            edges.add((groups[inside][found[1]], groups[inside][found[2]]))
        else:
            assert line == "  end"
    return groups, edges


def test_mermaid_keeps_clusters_with_equal_components_apart(project: Project) -> None:
    project.edit(
        "    for name in NAMES:",
        "    other = Cluster(platform, 'c1-api', domain=Host('example.com'),\n"
        "        delivery=cluster.delivery, kubernetes='1.35')\n"
        "    for one, name in [(c, n) for c in (cluster, other) for n in NAMES]:",
    )
    project.edit("Component(cluster, name", "Component(one, name")
    project.edit('["web", "api", "db"]', '["web", "db", "api-db", "end"]')
    groups, edges = parsed(project.run("graph", "--output", "mermaid").out)
    names = ["api-db", "db", "end", "web"]
    assert {cluster: sorted(nodes.values()) for cluster, nodes in groups.items()} == {
        "c1": names,
        "c1-api": names,
    }
    ids = [node for nodes in groups.values() for node in nodes]
    assert len(set(ids)) == len(ids) == 8
    assert edges == set()
