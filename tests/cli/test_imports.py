"""`kubestrata import`: from the files that cdk8s.yaml names to typed Python, and its failures."""

from __future__ import annotations

import subprocess
import sys

from tests.small_project import Project

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: gadgets.example.com
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Gadget, plural: gadgets}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: {type: integer, description: How big it is.}
                mode: {type: string, enum: [fast, slow]}
"""
BAD = CRD.replace("kind: Gadget, ", "").replace("gadgets", "widgets")


def write(project: Project, text: str) -> None:
    (project.root / "crds.yaml").write_text(text)
    config = project.root / "cdk8s.yaml"
    config.write_text(config.read_text() + "imports:\n  - gadget:=crds.yaml\n")


def test_a_local_file_becomes_bindings_that_import(project: Project) -> None:
    write(project, CRD)
    done = project.run("import")
    assert (done.code, done.err) == (0, "")
    assert "1 kinds" in done.out
    program = "from kubeapis import gadget; print(gadget.GadgetSpec(size=3, mode='fast'))"
    shown = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project.root,
        env={"PYTHONPATH": str(project.root / "imports")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "size=3" in shown.stdout
    assert project.run("import", "--check").code == 0


def test_an_edited_binding_is_found(project: Project) -> None:
    write(project, CRD)
    project.run("import")
    edited = project.root / "imports/kubeapis/gadget/v1/gadget.py"
    edited.write_text(edited.read_text() + "# mine\n")
    done = project.run("import", "--check")
    assert done.code == 1
    assert "gadget/v1/gadget.py" in done.err
    assert "edit nothing there" in done.err


def test_one_bad_document_is_told_and_the_others_arrive(project: Project) -> None:
    write(project, CRD + "---\n" + BAD)
    done = project.run("import")
    assert done.code == 1
    assert "crds.yaml:" in done.err
    assert (project.root / "imports/kubeapis/gadget/v1/gadget.py").exists()


def test_a_truncated_file_exits_2_and_keeps_what_was_there(project: Project) -> None:
    write(project, CRD)
    project.run("import")
    before = (project.root / "imports/kubeapis.lock").read_bytes()
    (project.root / "crds.yaml").write_text(CRD[: CRD.index("{kind: Gadget") + 9])
    done = project.run("import")
    assert done.code == 2
    assert "crds.yaml" in done.err
    assert "Traceback" not in done.err
    assert (project.root / "imports/kubeapis.lock").read_bytes() == before


def test_a_missing_file_exits_2(project: Project) -> None:
    write(project, CRD)
    (project.root / "crds.yaml").unlink()
    done = project.run("import")
    assert done.code == 2
    assert "crds.yaml" in done.err
