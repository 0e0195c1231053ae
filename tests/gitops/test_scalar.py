"""Plain scalars mean what they mean to Kustomize, through which Flux reads every file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.json_value import mapping
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops import from_folder
from kubestrata.gitops.kubectl import kubectl
from tests.core.yaml_strings import tricky_strings
from tests.gitops.repository import repository, unit
from tests.kustomize import kustomize

HEAD = "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: %s, namespace: shop}\n"
# Kustomize completes dates, and writes a zero without its sign and this number as a float.
OTHERWISE = ("2001-", "-0e0", "+9223372036854775808")
WORDS = "spec: {a: yes, b: [On], n: off, c: true, d: 0644, e: 0o17, f: 1e3, g: 12:30:00, h: ~}\n"
KUSTOMIZED = {
    "a": "yes", "b": ["On"], "n": "off", "c": True, "d": 420, "e": 15, "f": 1000, "g": "12:30:00",
    "h": None,
}  # fmt: skip


def read(text: str) -> Any:
    try:
        found = load_all(HEAD % "a" + f"spec: {{}}\nv: {text}\nl: [{text}]\n", "a", kustomized=True)
    except YamlSyntaxError:
        return None
    return mapping(found[0])


def same(value: object) -> str:
    """As JSON, in which 1000.0 is 1000."""
    return json.dumps(value, default=str, sort_keys=True).replace(".0,", ",").replace(".0}", "}")


def kustomized(folder: Path, texts: list[str]) -> dict[str, Any] | None:
    for number, text in enumerate(texts):
        content = HEAD % f"w{number}" + f"spec: {{}}\nv: {text}\n"
        (folder / f"{number}.yaml").write_text(content)
    names = [f"{number}.yaml" for number in range(len(texts))]
    (folder / "kustomization.yaml").write_text(yaml.safe_dump({"resources": names}))
    found = [mapping(each) for each in load_all(kustomize(folder).stdout, "out")]
    return {each["metadata"]["name"]: each.get("v") for each in found}


@pytest.mark.skipif(kubectl() is None, reason="kubectl is not installed")
def test_every_plain_text_means_what_kustomize_takes_it_for(tmp_path: Path) -> None:
    plain = [
        text for text in tricky_strings()
        if text.isprintable() and text.isascii() and not text.startswith(OTHERWISE)
        and not set(text) & set("#!&*%@`\"'|>{}[],:?\\") and text.strip()
    ]  # fmt: skip
    texts = [text for text in plain if read(text) is not None]
    assert len(texts) > 300
    theirs = kustomized(tmp_path, texts)
    assert theirs is not None
    ours = {f"w{number}": read(text)["v"] for number, text in enumerate(texts)}
    different = [
        text for number, text in enumerate(texts)
        if same({"v": ours[f"w{number}"]}) != same({"v": theirs[f"w{number}"]})
    ]  # fmt: skip
    assert different == []


def specs(top: Path) -> list[object]:
    (tree,) = from_folder(top)
    return [dict(each.spec) for each in tree.subjects if each.identity.kind == "Widget"]


def test_a_folder_is_read_alike_whether_kustomize_runs_or_not(tmp_path: Path) -> None:
    files = {"clusters/home/a.yaml": unit("apps"), "apps/w.yaml": HEAD % "a" + WORDS}
    plain = repository(tmp_path / "plain", files)
    labelled = "resources: [w.yaml]\nlabels: [{pairs: {a: b}}]\n"
    patched = repository(tmp_path / "patched", {**files, "apps/kustomization.yaml": labelled})
    assert specs(plain) == specs(patched) == [KUSTOMIZED]


def test_argo_cd_sends_the_files_of_a_bare_folder_as_kubectl_reads_them(tmp_path: Path) -> None:
    application = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: apps, namespace: argocd}
spec:
  source: {repoURL: "ssh://git@example.com/platform", path: apps}
  destination: {namespace: shop}
"""
    files = {"clusters/home/a.yaml": application, "apps/w.yaml": HEAD % "a" + WORDS}
    read_as_it_is = {**KUSTOMIZED, "a": True, "b": [True], "false": False}
    del read_as_it_is["n"]
    assert specs(repository(tmp_path, files)) == [read_as_it_is]
