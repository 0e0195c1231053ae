"""Repositories with HelmReleases, and small charts beside them, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kubestrata.core.json_value import Manifest
from kubestrata.gitops import from_folder
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.subject import ClusterTree, Subject
from tests.gitops.repository import repository

CONFIG = """apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
"""
WORKLOAD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "example.org/web:1", ports: [{name: http, containerPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec:
  selector: {app: web}
  ports:
  - {name: http, port: 80, targetPort: http}
"""
SOURCE = """apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: shop, namespace: shop}
spec: {url: "https://charts.example.org"}
"""


def chart(top: Path, files: Mapping[str, str], name: str = "web", facts: str = "") -> None:
    """Write chart `name` 1.2.3 into the folder of charts; `facts` are added to its Chart.yaml."""
    base = {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.2.3\n{facts}"}
    for path, text in {**base, **files}.items():
        (top / "charts" / name / path).parent.mkdir(parents=True, exist_ok=True)
        (top / "charts" / name / path).write_text(text, encoding="utf-8")


def release(
    more: str = "", *, name: str = "web", chart: str = "web", version: str = "1.2.3"
) -> str:
    """Return a HelmRelease in namespace shop; `more` are further lines of its spec."""
    return f"""apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {name}, namespace: shop}}
spec:
  interval: 10m
  chart:
    spec:
      chart: {chart}
      version: {version}
      sourceRef: {{kind: HelmRepository, name: shop}}
{more}"""


def charts_tree(top: Path, *objects: str, kubernetes: str = "") -> ClusterTree:
    """Return the cluster that applies some objects and the charts' source, with the charts."""
    text = "---\n".join((SOURCE, *objects))
    (tree,) = from_folder(repository(top / "repository", {"clusters/home/all.yaml": text}))
    (made,) = with_charts([replace(tree, kubernetes=kubernetes)], store(top))
    return made


def store(top: Path) -> ChartStore:
    """Return an empty store, and the folder of charts."""
    return ChartStore(top / "store", [top / "charts"])


def made_by_charts(tree: ClusterTree) -> list[str]:
    """Return the identities of what charts make, sorted."""
    return sorted(str(each.identity) for each in _made(tree))


def _made(tree: ClusterTree) -> list[Subject]:
    return [each for each in (*tree.subjects, *tree.definitions) if each.chart is not None]


def manifest(tree: ClusterTree, identity: str) -> Manifest:
    """Return an object that a chart makes, by its identity in messages."""
    (found,) = (each.manifest for each in _made(tree) if str(each.identity) == identity)
    return found
