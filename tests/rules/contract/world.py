"""Trees of one cluster from YAML, and the contract of each in short lines."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import yaml

from kubestrata.core.identity import identity_of
from kubestrata.gitops import from_folder
from kubestrata.rules.contract.contract import contract_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location

SYNC = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, url: "https://git.example.com/home", ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  interval: 10m
  path: ./
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
"""


def tree_of(text: str, **options: Any) -> ClusterTree:
    """Return the tree of some documents of YAML, in the file web.yaml."""
    subjects = [
        Subject(identity_of(each), each, Location("web.yaml", number), file="web.yaml")
        for number, each in enumerate(yaml.safe_load_all(textwrap.dedent(text)), 1)
        if each
    ]
    return ClusterTree("home", "1.35", subjects, **options)


def tree_in(folder: Path, text: str, *, build: str = "") -> ClusterTree:
    """Return the tree of a folder that Flux applies, with a `postBuild`."""
    (folder / "sync.yaml").write_text(SYNC + build)
    (folder / "web.yaml").write_text(text)
    (tree,) = from_folder(folder)
    return tree


def contract(tree: ClusterTree, *sorts: str) -> list[str]:
    """Return a line for each entry of some sorts: name, properties, source and the fields."""
    lines: list[str] = []
    for each in contract_of(tree):
        if each.sort in sorts:
            parts = f" [{' '.join(each.properties)}]" if each.properties else ""
            of = f" of {each.source}" if each.source else ""
            flags = ("" if each.certain else " uncertain") + (" optional" if each.optional else "")
            paths = ", ".join(f"{use.object.kind} {use.path}" for use in each.uses)
            lines.append(f"{each.name}{parts}{of}{flags}: {paths}")
    return lines
