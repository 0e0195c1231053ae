"""Small repositories for tests: the sync of one cluster, and what it applies."""

from __future__ import annotations

from pathlib import Path

SYNC = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: "ssh://git@example.com/platform", interval: 1m}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {path: ./clusters/home, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
"""


def unit(name: str, more: str = "", *, source: str = "flux-system") -> str:
    """A Kustomization of the folder of its name."""
    return f"""apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  path: ./{name}
  prune: true
  sourceRef: {{kind: GitRepository, name: {source}}}
{more}"""


def config_map(name: str) -> str:
    """A ConfigMap."""
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: shop}}\n"


def repository(top: Path, files: dict[str, str]) -> Path:
    """Write a repository whose cluster home applies `files`."""
    for path, text in {"clusters/home/sync.yaml": SYNC, **files}.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text, encoding="utf-8")
    return top
