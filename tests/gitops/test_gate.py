"""Reading a tree opens nothing outside of it and connects to nothing, whatever it names."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree
from tests.gitops.repository import config_map, repository, unit

UNITS = "clusters/home/units.yaml"
LIST = "apps/kustomization.yaml"
PATCH = "{apiVersion: builtin, kind: PatchTransformer, metadata: {name: x}"
# Every field of a kustomization that names a file, with `%s` for the name.
FIELDS = (
    "bases: [%s]",
    "components: [%s]",
    "configMapGenerator: [{name: x, env: %s}]",
    "configMapGenerator: [{name: x, envs: [%s]}]",
    'configMapGenerator: [{name: x, files: ["a=%s"]}]',
    "configMapGenerator: [{name: x, files: [%s]}]",
    "configMapGenerator: [{name: x, FILES: [%s]}]",
    "configurations: [%s]",
    "crds: [%s]",
    "generators: [%s]",
    'generators: ["{apiVersion: builtin, kind: SecretGenerator, metadata: {name: x}, envs: [%s]}"]',
    "openapi: {path: %s}",
    "openapi: {Path: %s}",
    "OpenAPI: {path: %s}",
    "patches: [{path: %s}]",
    "patches: [{PATH: %s}]",
    "Patches: [{path: %s}]",
    "patchesJson6902: [{path: %s, target: {kind: ConfigMap, name: a, version: v1}}]",
    "patchesStrategicMerge: [%s]",
    "replacements: [{path: %s}]",
    "Resources: [%s]",
    "secretGenerator: [{name: x, env: %s}]",
    "secretGenerator: [{name: x, envs: [%s]}]",
    "secretGenerator: [{name: x, files: [%s]}]",
    "transformers: [%s]",
    f'transformers: ["{PATCH}, path: %s}}"]',
    f'transformers: ["{PATCH}, pAth: %s}}"]',
    "transformers: [merge.yaml]",
    "transformers: [replace.yaml]",
    "validators: [%s]",
)
NESTED = {
    "apps/merge.yaml": "apiVersion: builtin\nkind: PatchStrategicMergeTransformer\n"
    "metadata: {name: x}\npaths: [%s]\n",
    "apps/replace.yaml": "apiVersion: builtin\nkind: ReplacementTransformer\n"
    "metadata: {name: x}\nreplacements: [{path: %s}]\n",
}


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and what is fetched from it."""
    seen: list[str] = []

    class Seen(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Print nothing."""

    with HTTPServer(("127.0.0.1", 0), Seen) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}", seen
        listening.shutdown()
        thread.join()


def _tree(top: Path, field: str, named: str) -> ClusterTree:
    files = {path: text % named for path, text in NESTED.items()}
    # `field` is on one line, so that a second spelling of a key is one too.
    files |= {
        UNITS: unit("apps"),
        LIST: f"{'' if field.startswith('Resources') else 'resources: [a.yaml]'}\n{field}\n",
        "apps/a.yaml": config_map("a"),
    }
    if "%s" in field:
        files[LIST] = files[LIST].replace("%s", named)
    (tree,) = from_folder(repository(top, files))
    return tree


@pytest.mark.parametrize("field", FIELDS)
def test_what_is_remote_is_reported_and_not_fetched(
    field: str, tmp_path: Path, server: tuple[str, list[str]]
) -> None:
    address, seen = server
    seen.clear()
    tree = _tree(tmp_path, field, f"{address}/remote.yaml")
    assert not seen
    assert f"{address}/remote.yaml" in [each.what for each in tree.unchecked]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("place", ["absolute", "above", "link"])
def test_what_is_outside_is_reported_and_not_read(field: str, place: str, tmp_path: Path) -> None:
    secret = tmp_path / "marker.yaml"
    secret.write_text(config_map("marker-of-the-outside") + "data: {a: marker-of-the-outside}\n")
    top = tmp_path / "tree"
    (top / "apps").mkdir(parents=True)
    (top / "apps/link.yaml").symlink_to(secret)
    named = {"absolute": str(secret), "above": "../../marker.yaml", "link": "link.yaml"}[place]
    tree = _tree(top, field, named)
    assert named in [each.entry for each in tree.listed]
    assert "marker-of-the-outside" not in repr(tree)


@pytest.mark.parametrize("field", ["patches: [{path: p}]", "configMapGenerator: [{files: [p]}]"])
def test_a_fifo_is_missing_and_nothing_waits_for_it(field: str, tmp_path: Path) -> None:
    (tmp_path / "apps").mkdir()
    os.mkfifo(tmp_path / "apps/p")
    tree = _tree(tmp_path, field, "")
    assert [each.entry for each in tree.listed] == ["p"]


def test_a_field_that_is_spelled_twice_is_a_fault(tmp_path: Path) -> None:
    tree = _tree(tmp_path, "Resources: [a.yaml]\nresources: [a.yaml]", "")
    assert [each.message for each in tree.faults] == [
        "field resources is set twice: field names are case-insensitive"
    ]


_AUDITED = """
import os, sys
opened, other = set(), []
def hook(event, args):
    # A name without a folder is relative to one that is open: the clean-up of a temporary folder.
    if event == "open" and isinstance(args[0], (str, bytes)) and "/" in os.fsdecode(args[0]):
        opened.add(os.path.realpath(os.fsdecode(args[0])))
    elif event.startswith(("socket.", "urllib.", "http.", "ftplib.", "os.system", "os.exec")):
        other.append(event)
    elif event == "subprocess.Popen":
        other.append("run " + os.path.basename(os.fsdecode(args[0])))
sys.addaudithook(hook)
sys.argv = ["kubestrata", "check", sys.argv[1], "--output", "json"]
from kubestrata.cli import main
try:
    main()
except SystemExit:
    pass
sys.stderr.write("\\n".join(["", *sorted("open " + each for each in opened), *other]))
"""


def test_check_opens_only_the_tree_and_what_is_installed(
    tmp_path: Path, server: tuple[str, list[str]]
) -> None:
    address, seen = server
    seen.clear()
    top = tmp_path / "tree"
    (top / "apps").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text(config_map("outside"))
    for name, target in {"away.yaml": "../../outside.yaml", "zero.yaml": "/dev/zero"}.items():
        (top / "apps" / name).symlink_to(target)
    os.mkfifo(top / "apps/fifo.yaml")
    remote = f"{address}/x"
    definition = f"""apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: toys.example.org}}
spec:
  group: example.org
  scope: Namespaced
  names: {{kind: Toy, plural: toys, singular: toy, listKind: ToyList}}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {{$ref: "{remote}"}}
          more: {{$ref: "file:///etc/hosts"}}
---
apiVersion: example.org/v1
kind: Toy
metadata: {{name: t, namespace: shop}}
spec: {{}}
"""
    files = {
        UNITS: unit("apps") + "---\n" + unit("built"),
        LIST: "resources: [a.yaml, away.yaml, zero.yaml, fifo.yaml, toy.yaml]\n"
        f'patches: [{{path: "{remote}"}}]\n',
        "apps/a.yaml": config_map("a"),
        "apps/toy.yaml": definition,
        "built/kustomization.yaml": "resources: [b.yaml]\nnamePrefix: my-\n",
        "built/b.yaml": config_map("b"),
    }
    repository(top, files)
    done = subprocess.run(  # this Python, with a fixed program
        [sys.executable, "-c", _AUDITED, str(top)],
        cwd=tmp_path,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    lines = done.stderr.splitlines()
    opened = [Path(line[5:]) for line in lines if line.startswith("open ")]
    assert top.resolve() / "built/b.yaml" in opened
    here, temporary = Path(__file__).resolve().parents[2], Path(tempfile.gettempdir()).resolve()
    installed = (here / "lib", here / "imports", Path(sys.prefix), Path(sys.base_prefix))
    cache = tmp_path / "cache/kubestrata"
    known = [*(each.resolve() for each in (top, cache, *installed)), Path("/dev/null")]
    strange = [
        each
        for each in opened
        if not any(each.is_relative_to(place) for place in known)
        and (each.is_relative_to(tmp_path.resolve()) or not each.is_relative_to(temporary))
        and each.suffix not in (".py", ".pyc", ".so", ".pth")
    ]
    assert not strange
    assert not {top.resolve() / "apps" / name for name in ("fifo.yaml",)} & set(opened)
    # Node comes with the import of cdk8s, before the tree is looked at.
    assert {line for line in lines if line.startswith("run ")} - {"run node"} == {"run kubectl"}
    assert not [line for line in lines if line.startswith(("socket.", "urllib.", "http."))]
    assert not seen
    assert "$ref" in done.stdout
