"""`kubestrata import`: from the files that cdk8s.yaml names to typed Python, and its failures."""

from __future__ import annotations

import hashlib
import os
import pty
import subprocess
import sys

from tests.small_project import COMMAND, Project

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
    assert "instead of editing it" in done.err


def test_an_invalid_document_is_reported_and_the_others_are_imported(project: Project) -> None:
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


def config(project: Project) -> str:
    return (project.root / "cdk8s.yaml").read_text()


def comment(project: Project) -> str:
    """Give cdk8s.yaml a comment and a blank line that adding has to keep."""
    path = project.root / "cdk8s.yaml"
    path.write_text(f"# ours\n{path.read_text()}\nimports:\n  - mine:=mine.yaml # hand-made\n")
    (project.root / "mine.yaml").write_text(CRD.replace("example.com", "mine.example.com"))
    return path.read_text()


def test_sources_are_added_to_the_configuration_and_imported(project: Project) -> None:
    before = comment(project)
    (project.root / "crds").mkdir()
    (project.root / "crds/a.yaml").write_text(CRD)
    (project.root / "b.yaml").write_text(CRD.replace("example.com", "b.example.com"))
    done = project.run("import", "gadget:=crds/*.yaml", "b.yaml")
    assert (done.code, done.err) == (0, "")
    assert "3 kinds" in done.out
    assert config(project) == f"{before}  - gadget:=crds/*.yaml\n  - b.yaml\n"
    assert project.run("import", "b.yaml").code == 0
    assert config(project).count("b.yaml") == 1
    assert project.run("import", "--check").code == 0


def test_an_import_that_fails_changes_nothing(project: Project) -> None:
    before = comment(project)
    assert project.run("import").code == 0
    lock = (project.root / "imports/kubeapis.lock").read_bytes()
    (project.root / "good.yaml").write_text(CRD)
    for missing in ("missing.yaml", "k8s", "http://example.com/a.yaml", "A:=good.yaml"):
        assert project.run("import", "good.yaml", missing).code == 2
        assert config(project) == before
        assert (project.root / "imports/kubeapis.lock").read_bytes() == lock


def test_an_invalid_file_of_a_folder_is_reported_and_the_others_are_imported(
    project: Project,
) -> None:
    (project.root / "crds").mkdir()
    (project.root / "crds/a.yaml").write_text(CRD)
    (project.root / "crds/b.yaml").write_text("a: 1\nb: [\n")
    (project.root / "crds/kustomization.yaml").write_text("resources: [a.yaml]\n")
    done = project.run("import", "gadget:=crds")
    assert done.code == 1
    assert done.err.startswith("crds/b.yaml:3: not readable as YAML")
    assert done.err.count("\n") == 1
    assert (project.root / "imports/kubeapis/gadget/v1/gadget.py").exists()
    assert "gadget:=crds" in config(project)


def test_a_list_and_several_documents_are_read(project: Project) -> None:
    items = "".join(f"  {line}\n" for line in CRD.splitlines()).replace("  api", "- api", 1)
    other = CRD.replace("Gadget", "Widget").replace("gadgets", "widgets")
    (project.root / "crds.yaml").write_text(f"kind: List\nitems:\n{items}---\n{other}")
    done = project.run("import", "crds.yaml")
    assert (done.code, done.err) == (0, "")
    assert "2 kinds" in done.out


def test_the_closing_line_counts_values_and_documents_too(project: Project) -> None:
    values = '{"type": "object", "properties": {"a": {"type": "string"}}}'
    document = '{"properties": {"apiVersion": {"const": "v1"}, "kind": {"const": "A"}}}'
    (project.root / "a.schema.json").write_text(values)
    (project.root / "b.schema.json").write_text(f'{{"oneOf": [{document}]}}')
    (project.root / "crds.yaml").write_text(CRD)
    done = project.run("import", "crds.yaml", "a:=a.schema.json", "b:=b.schema.json")
    assert done.out == "imports: 1 kinds, 1 values modules, 1 configuration documents\n"


def test_descriptions_are_kept_only_when_asked_for(project: Project) -> None:
    write(project, CRD)
    module = project.root / "imports/kubeapis/gadget/v1/gadget.py"
    lock = project.root / "imports/kubeapis.lock"
    project.run("import")
    assert "How big it is." not in module.read_text()
    assert "descriptions" not in lock.read_text()
    empty = project.root / "mirror"
    empty.mkdir()
    (empty / "SOURCES.tsv").write_text("file\tversion_commit\trepo\tpath\tsha256\n")
    assert project.run("import", "--descriptions").code == 0
    assert "\n        How big it is.\n" in module.read_text()
    assert project.run("import", "--check", "--mirror", str(empty)).code == 0
    assert project.run("import").code == 0
    assert "How big it is." not in module.read_text()


def test_check_takes_no_sources(project: Project) -> None:
    done = project.run("import", "--check", "crds.yaml")
    assert done.code == 2
    assert "--check changes nothing" in done.err


def test_a_bar_is_shown_to_a_person_only(project: Project) -> None:
    write(project, CRD)
    watched, terminal = pty.openpty()
    command = [str(COMMAND), "import"]
    environment = {**os.environ, "TERM": "xterm"}
    subprocess.run(
        command,
        cwd=project.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=terminal,
        check=True,
    )
    os.close(terminal)
    shown = os.read(watched, 65536).decode()
    os.close(watched)
    assert "generating" in shown
    assert project.run("import").err == ""


ADDRESS = "https://raw.githubusercontent.com/acme/gadgets/v{gadget-operator}/crd.yaml"
RELEASE = """\
    HelmComponent(
        cluster, "gadgets", layer="apps",
        namespace=Namespace("gadgets", pod_security="baseline"),
        chart=HelmChart("gadget-operator", "1.2.3", ChartRepository("acme", "https://acme.example")),
    )
    return platform
"""


def follow(project: Project) -> list[str]:
    """Deploy a chart, follow its version, and return the options of a mirror with two versions."""
    project.edit("    return platform\n", RELEASE)
    constructs = "from kubestrata.constructs import HelmChart, HelmComponent\n"
    project.edit("from kubeapis import k8s\n", f"from kubeapis import k8s\n{constructs}")
    project.edit("import Cluster,", "import ChartRepository, Cluster,")
    config = project.root / "cdk8s.yaml"
    config.write_text(f"{config.read_text()}imports:\n  - gadget:={ADDRESS}\n")
    mirror = project.root / "mirror"
    mirror.mkdir()
    rows = ["file\tversion_commit\trepo\tpath\tsha256"]
    for version in ("1.2.3", "1.3.0"):
        text = CRD.replace("mode:", f"mode{version[2]}:")
        (mirror / version).write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        place = "github.com/acme/gadgets\tcrd.yaml"
        rows.append(f"{version}\tv{version}@{'0' * 40}\t{place}\t{digest}")
    (mirror / "SOURCES.tsv").write_text("\n".join(rows) + "\n")
    return ["--mirror", str(mirror)]


def test_an_import_follows_the_chart_of_the_platform(project: Project) -> None:
    mirror = follow(project)
    missing = project.run("import", *mirror)
    assert missing.code == 2
    assert "no HelmRelease in the output installs chart 'gadget-operator'" in missing.err
    assert project.run("synth").code == 0
    for version in ("1.2.3", "1.3.0"):
        assert project.run("import", *mirror).code == 0
        lock = (project.root / "imports" / "kubeapis.lock").read_text()
        assert f"/v{version}/crd.yaml" in lock
        assert project.run("import", "--check", *mirror).code == 0
        if version == "1.2.3":
            project.edit('"1.2.3"', '"1.3.0"')
            assert project.run("synth").code == 0
            stale = project.run("import", "--check")
            assert stale.code == 1
            assert "the platform deploys another version of a chart" in stale.err
