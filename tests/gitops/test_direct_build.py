"""Folders that are built here have the objects that Kustomize makes of them, in its order."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.core.yaml_text import dump
from kubestrata.gitops import from_folder, rendered
from kubestrata.gitops.closure import Closure
from kubestrata.gitops.direct_build import built
from kubestrata.gitops.document import Repository, TreeDocument, read
from kubestrata.gitops.kubectl import Builder, RenderError, _prepared
from kubestrata.gitops.list_walk import closure_of
from tests.kustomize import kustomize

CORPUS = sorted(each.parent for each in (Path(__file__).parents[1] / "corpus").glob("*/tree"))
RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec:
  chartRef: {kind: OCIRepository, name: web}
  interval: 1h
  values:
    on: yes
    port: "8080"
    share: 0.5
    whole: 2.0
    mode: 0644
    empty: {}
    none: []
    list: [{name: a, value: 1}, {name: b}]
    text: |
      one
        two
"""
OTHERS = """apiVersion: v1
kind: ConfigMap
metadata: {name: b, labels: {own: "1"}}
data: {"n": "1e3"}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: []
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: public}
spec: {controllerName: example.org/gateway}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}
"""
MERGE = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: %s}\n%s"
TARGET = "patches:\n- target: {%s}\n  patch: |\n    %s\n"
FILES = {"release.yaml": RELEASE, "others.yaml": OTHERS}
BOTH = "resources: [release.yaml, others.yaml]\n"


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n    ")


def _to(target: str, spec: str) -> str:
    """A merge patch for the selected objects."""
    return TARGET % (target, _indented(MERGE % ("any", spec)))


def _json(target: str, *operations: str) -> str:
    """A JSON patch for the selected objects."""
    return TARGET % (target, _indented("\n".join(f"- {each}" for each in operations)))


LABELLED = "{apiVersion: a/v1, kind: A, metadata: {name: a, namespace: b, labels: {a: b}}}"
MERGED = _to("kind: HelmRelease", "spec: {interval: 2h, values: {new: {a: [b]}}}")
GENERATOR = """configMapGenerator:
- name: c
  files: [data.txt, other.json=data.txt]
  literals: [a=b, n=1, empty=, url=http://a.example/?b=c&d=<e>, word=ü]
- {name: d, namespace: own, options: {labels: {l: m}, annotations: {note: "1"}}}
"""
DIRECT = {
    "namespace": f"{BOTH}namespace: blog\n",
    "labels": f"{BOTH}labels: [{{pairs: {{a: b, own: c}}}}]\n",
    "labels and namespace": f"{BOTH}namespace: blog\nlabels: [{{pairs: {{a: b}}}}]\n",
    "merge": BOTH + MERGED,
    "merged list": BOTH + _to("kind: HelmRelease", "spec: {values: {list: [{name: a, other: 2}]}}"),
    "merged into nothing": BOTH + _to("kind: HelmRelease", "spec: {values: {empty: {a: b}}}"),
    "list for nothing": BOTH + _to("kind: HelmRelease", "spec: {values: {none: [a]}}"),
    "nothing added": BOTH + _to("kind: HelmRelease", "spec: {values: {new: {}, more: []}}"),
    "merged words": BOTH + _to("kind: HelmRelease", "spec: {values: {on: no, port: on, x: 1.0}}"),
    "merged labels": BOTH + TARGET % ("kind: HelmRelease, name: we.", LABELLED),
    "no object of the name": BOTH + _to("kind: HelmRelease, name: w", "spec: {a: b}"),
    "named": f"{BOTH}patches: [{{path: merge.yaml}}]\n",
    "merged by an old field": f"{BOTH}patchesStrategicMerge: [merge.yaml]\n",
    "operations": BOTH
    + _json(
        "kind: HelmRelease, version: v2, group: helm.toolkit.fluxcd.io",
        "{op: add, path: /spec/values/list/-, value: {name: c}}",
        "{op: add, path: /spec/values/list/0, value: yes}",
        "{op: replace, path: /spec/values/list/1, value: on}",
        "{op: remove, path: /spec/values/none}",
        "{op: add, path: /metadata/annotations, value: {a~b/c: d}}",
        "{op: replace, path: /metadata/annotations/a~0b~1c, value: e}",
    ),
    "operations of a Deployment": BOTH
    + _json("kind: Deployment", "{op: add, path: /spec/replicas, value: 2}"),
    "generated": f"{BOTH}{GENERATOR}generatorOptions: {{disableNameSuffixHash: true}}\n",
    "hashed": f"resources: [release.yaml]\nnamespace: blog\n{GENERATOR}",
    "hashed without data": "resources: [release.yaml]\nconfigMapGenerator: [{name: c}]\n",
    "a folder": "resources: [base]\nnamespace: blog\n",
    "a component": f"{BOTH}components: [component]\nnamespace: blog\n",
    "alike namespaces": "resources: [alike.yaml, release.yaml, others.yaml]\n",
    "one base twice": "resources: [first, second]\nlabels: [{pairs: {a: b}}]\n",
}
OVERLAYS: dict[str, dict[str, Any]] = {
    "none": {},
    "labels": {
        "labels": [{"pairs": {"z": "y"}}],
        "patches": [{"patch": MERGE % ("a", "spec: {a: b}"), "target": {"kind": "HelmRelease"}}],
    },
    "namespace": {"namespace": "over"},
}
MORE = {
    "alike.yaml": "\n---\n".join(
        MERGE % (f"{name}, namespace: {space}", "spec: {interval: 1h}")
        for space in ("web-two", "web", "webs", "~x")
        for name in ("b", "a", "a-b")
    ),
    "data.txt": '{"a": "<b>&\u2028"}\n  indented\n',
    "merge.yaml": MERGE % ("web", "spec: {interval: 3h}\n"),
    "base/kustomization.yaml": "resources: [release.yaml]\nnamespace: base\n" + MERGED,
    "base/release.yaml": RELEASE,
    "first/kustomization.yaml": "resources: [../base]\nnamespace: first\n",
    "second/kustomization.yaml": "resources: [../base]\nnamespace: second\n",
    "component/kustomization.yaml": (
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [more.yaml]\n"
        + _to("kind: HelmRelease", "spec: {interval: 5h}")
    ),
    "component/more.yaml": RELEASE.replace("{name: web}", "{name: more}", 1),
}
LEFT = {
    "names": f"{BOTH}namePrefix: my-\n",
    "selectors": f"{BOTH}labels: [{{pairs: {{a: b}}, includeSelectors: true}}]\n",
    "templates": f"{BOTH}labels: [{{pairs: {{a: b}}, includeTemplates: true}}]\n",
    "images": f"{BOTH}images: [{{name: web, newTag: v1}}]\n",
    "hashed beside a Deployment": f"{BOTH}configMapGenerator: [{{name: c, literals: [a=b]}}]\n",
    "quoted literal": "configMapGenerator: [{name: c, literals: ['a=\"b\"']}]\n",
    "merged map": f"{BOTH}configMapGenerator: [{{name: b, behavior: merge, literals: [a=b]}}]\n",
    "env file": "configMapGenerator: [{name: c, envs: [data.txt]}]\n",
    "one key twice": "configMapGenerator: [{name: c, files: [data.txt, data.txt]}]\n",
    "Secret": "secretGenerator: [{name: c, literals: [a=b]}]\n",
    "null": BOTH + _to("kind: HelmRelease", "spec: {interval: null}"),
    "directive": BOTH + _to("kind: HelmRelease", "spec: {values: {$patch: delete}}"),
    "emptied": BOTH + _to("kind: HelmRelease", "spec: {values: {list: []}}"),
    "another type": BOTH + _to("kind: HelmRelease", "spec: {values: {list: {a: b}}}"),
    "of a Deployment": BOTH + _to("kind: Deployment", "spec: {replicas: 2}"),
    "of a namespace": BOTH + _to("kind: HelmRelease, namespace: shop", "spec: {a: b}"),
    "of labels": BOTH + _to("labelSelector: own=1", "data: {a: b}"),
    "no place": BOTH + _json("kind: HelmRelease", "{op: replace, path: /spec/no, value: 1}"),
    "a test": BOTH + _json("kind: HelmRelease", "{op: test, path: /spec/interval, value: 1h}"),
    "a new name": BOTH
    + _json("kind: HelmRelease", "{op: replace, path: /metadata/name, value: b}"),
    "a patch without a name": BOTH + TARGET % ("kind: HelmRelease", "{kind: A, spec: {a: b}}"),
    "no object": f"{BOTH}patches: [{{path: none.yaml}}]\n",
    "twins": "resources: [first, base, other]\nnamespace: blog\n",
    "folded": "resources: [folded.yaml]\nnamespace: blog\n",
    "date": "resources: [date.yaml]\nnamespace: blog\n",
    "null in a file": "resources: [null.yaml]\n" + MERGED,
    "binding": "resources: [binding.yaml]\nnamespace: blog\n",
    "component as a resource": "resources: [component]\nnamespace: blog\n",
    "annotation of Kustomize": "resources: [marked.yaml]\nnamespace: blog\n",
    "number as a label": "resources: [labelled.yaml]\nnamespace: blog\n",
}
MARK = '{name: web, annotations: {config.kubernetes.io/local-config: "true"}}'
ODD = {
    "none.yaml": MERGE % ("none", "spec: {interval: 3h}\n"),
    "other/kustomization.yaml": "resources: [../base/release.yaml]\n",
    "folded.yaml": RELEASE.replace("text: |", "text: >"),
    "date.yaml": RELEASE.replace("share: 0.5", "share: 2026-01-02"),
    "null.yaml": RELEASE.replace("share: 0.5", "share:"),
    "binding.yaml": (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: a}\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}\n"
        "subjects: [{kind: ServiceAccount, name: default, namespace: shop}]\n"
    ),
    "marked.yaml": RELEASE.replace(
        "{name: web}\nspec",
        '{name: web, annotations: {config.kubernetes.io/local-config: "true"}}\nspec',
    ),
    "labelled.yaml": RELEASE.replace("{name: web}", "{name: web, labels: {a: 1}}", 1),
}


def _repository(top: Path, text: str, number: int = 0) -> Repository:
    for path, content in {**FILES, **MORE, **ODD, "kustomization.yaml": text}.items():
        (top / "apps" / path).parent.mkdir(parents=True, exist_ok=True)
        (top / "apps" / path).write_text(_numbered(content, number), encoding="utf-8")
    return Repository(top)


def _sorted(value: Any) -> Any:
    """Return a value with sorted keys, so that texts of equal values, and of types, are equal."""
    if is_mapping(value):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(each) for each in value] if is_list(value) else value


def _shown(documents: tuple[TreeDocument, ...] | list[TreeDocument]) -> list[str]:
    return [repr(_sorted(each.manifest)) for each in documents]


CLASHING = {("alike namespaces", "namespace"), ("one base twice", "namespace")}
"""Two of their objects get one name."""
NUMBERS = {
    each: number
    for number, each in enumerate(itertools.product(DIRECT, OVERLAYS), start=1)
    if each not in CLASHING
}


def _numbered(text: str, number: int) -> str:
    """Give namespaces, which no prefix changes, names that no other case has."""
    return re.sub(r"\b(blog|over|shop)\b", rf"\1-{number}", text)


def _case(top: Path, case: str, overlay: str) -> tuple[Repository, dict[str, Any]]:
    number = NUMBERS.get((case, overlay), 0)
    added = {
        key: _numbered(each, number) if isinstance(each, str) else each
        for key, each in OVERLAYS[overlay].items()
    }
    return _repository(top, DIRECT[case], number), added


@pytest.fixture(scope="module")
def by_kustomize(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    """The results of Kustomize for all cases, from one build: prefixes of names keep them apart."""
    disks, top = tmp_path_factory.mktemp("disks"), tmp_path_factory.mktemp("cases")
    for (case, overlay), number in NUMBERS.items():
        disk, added = _case(disks / str(number), case, overlay)
        start = _prepared(disk, top / str(number), "apps", closure_of(disk, "apps"), added)
        listed = {"namePrefix": f"{number}-", "resources": [f"../{start}"]}
        (top / f"{number}/prefixed").mkdir()
        (top / f"{number}/prefixed/kustomization.yaml").write_text(dump(listed))
    listed = {"resources": [f"{number}/prefixed" for number in NUMBERS.values()]}
    (top / "kustomization.yaml").write_text(dump(listed))
    made: dict[int, list[str]] = {number: [] for number in NUMBERS.values()}
    for each in read(kustomize(top).stdout, "kustomization.yaml").documents:
        metadata = each.manifest["metadata"]
        if each.manifest["kind"] == "Namespace":
            number = metadata["name"].rpartition("-")[2]
        else:
            number, _, metadata["name"] = metadata["name"].partition("-")
        made[int(number)] += _shown([each])
    return made


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("case", DIRECT)
def test_a_simple_folder_is_built_as_by_kustomize(
    tmp_path: Path, by_kustomize: dict[int, list[str]], case: str, overlay: str
) -> None:
    disk, added = _case(tmp_path, case, overlay)
    closure = closure_of(disk, "apps")
    made = built(disk, "apps", closure, added)
    if (case, overlay) in CLASHING:
        assert made is None
        return
    assert made is not None
    assert _shown(made) == by_kustomize[NUMBERS[case, overlay]]
    assert {each.place.file for each in made} <= closure.files


@pytest.mark.parametrize("case", LEFT)
def test_anything_else_is_left_to_kustomize(tmp_path: Path, case: str) -> None:
    disk = _repository(tmp_path, LEFT[case])
    assert built(disk, "apps", closure_of(disk, "apps"), {}) is None


def test_files_are_not_changed_by_a_build(tmp_path: Path) -> None:
    disk = _repository(tmp_path, DIRECT["operations"])
    before = _shown(disk.reading("apps/release.yaml").documents)
    assert built(disk, "apps", closure_of(disk, "apps"), {"namespace": "over"}) is not None
    assert _shown(disk.reading("apps/release.yaml").documents) == before


@pytest.mark.parametrize("tree", CORPUS, ids=lambda each: each.name)
def test_folders_of_whole_trees_are_built_as_by_kustomize(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    differing = list(_differing(tree / "tree", monkeypatch))
    assert differing == []


def _differing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the folders for which Kustomize does not make what is built here."""
    seen: list[tuple[Repository, str, Closure, dict[str, Any], list[TreeDocument]]] = []

    def recording(
        disk: Repository, folder: str, closure: Closure, overlay: dict[str, Any]
    ) -> list[TreeDocument] | None:
        made = built(disk, folder, closure, overlay)
        if made is not None:
            seen.append((disk, folder, closure, overlay, made))
        return made

    monkeypatch.setattr(rendered, "built", recording)
    from_folder(tree)
    builder = Builder()
    for disk, folder, closure, overlay, made in seen:
        try:
            whole = builder.render(disk, folder, closure, overlay).documents
        except RenderError as error:
            yield f"{folder}: {error}"
            continue
        if _shown(whole) != _shown(made):
            yield folder
