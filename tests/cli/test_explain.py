"""`kubestrata explain`: from a file of the tree to the line that made it."""

from __future__ import annotations

import json

from tests.small_project import Project

FILE = "dist/c1/apps/web/settings-configmap.yaml"


def test_a_file_leads_to_its_line_and_construct(project: Project) -> None:
    done = project.run("explain", FILE)
    assert (done.code, done.out.splitlines()) == (
        0,
        ["ConfigMap web/settings", "  made at main.py:17", "  construct c1/web/settings"],
    )
    below = project.run("explain", "c1/flux/web-kustomization.yaml", "--output", "json")
    assert json.loads(below.out) == {
        "object": "Kustomization.kustomize.toolkit.fluxcd.io flux-system/web",
        "file": "main.py",
        "line": 16,
        "calledFrom": None,
        "construct": "c1/web",
    }


def test_a_file_that_nothing_makes_exits_2(project: Project) -> None:
    done = project.run("explain", "dist/c1/apps/web/other.yaml")
    assert done.code == 2
    assert "not a file of the tree" in done.err
