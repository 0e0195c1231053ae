"""`kubestrata explain`: from a file of the tree to the line that made it."""

from __future__ import annotations

import json

from kubestrata.core.identity import identity_of
from kubestrata.core.value.placeholder import resolve
from kubestrata.synth.synthesis import object_in
from tests.main_platform import delivered, platform
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


def test_every_object_has_the_line_that_the_whole_tree_has() -> None:
    """An object of a component is found without the tree; other files are in the tree alone."""
    found = 0
    for file in (each for cluster in delivered().clusters for each in cluster.files):
        made = object_in(platform(), file.path)
        if made is not None:
            assert file.manifest is not None
            name = resolve(str(made.identity), substituted=True)
            assert (name, made.origin) == (str(identity_of(file.manifest)), file.origin)
            found += 1
    assert found > 1_000
    assert object_in(platform(), "cloudlab/apps/whoami/gone.yaml") is None
    assert object_in(platform(), "gone/apps/whoami/whoami-deployment.yaml") is None


def test_the_name_of_an_object_has_its_placeholders_as_flux_reads_them(project: Project) -> None:
    project.edit('"settings", data', "f\"settings-{Placeholder('zone')}\", data")
    project.edit("import Cluster", "import Placeholder, SubstituteFrom, Cluster")
    given = 'substitute_from=[SubstituteFrom("ConfigMap", "settings", ["zone"], optional=True)]'
    project.edit('/platform"))', f'/platform"), {given})')
    assert project.run("synth").code == 0, project.run("synth").err
    (file,) = project.dist.glob("c1/apps/web/settings*.yaml")
    done = project.run("explain", str(file.relative_to(project.root)))
    assert done.out.splitlines()[0] == "ConfigMap web/settings-${zone}"
