"""Small trees for Argo CD, and what is found in them."""

from __future__ import annotations

from pathlib import Path

from kubestrata.gitops import from_folder
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.engine import READING
from kubestrata.rules.subject import ClusterTree

URL = "https://git.example.com/acme/platform.git"
_RULES = (READING, *rules_of("graph"), *rules_of("references"))
_HOME = "destination: {server: 'https://kubernetes.default.svc', namespace: shop}"


def application(name: str, source: str, *, to: str = _HOME, url: str = URL) -> str:
    """An Application with one source, whose namespace is created by the sync."""
    return f"""apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  project: default
  {to}
  syncPolicy: {{syncOptions: [CreateNamespace=true]}}
  source: {{repoURL: '{url}', targetRevision: HEAD, {source}}}
"""


def with_sources(name: str, *sources: str) -> str:
    """An Application with several sources."""
    listed = "".join(f"\n  - {{{each}}}" for each in sources)
    return application(name, "path: x").replace(
        f"  source: {{repoURL: '{URL}', targetRevision: HEAD, path: x}}\n",
        f"  sources:{listed}\n",
    )


def application_set(generators: str, template: str = "", *, more: str = "", url: str = URL) -> str:
    """An ApplicationSet; without a template, one for `name` and `path`."""
    template = (
        template
        or f"""
    metadata: {{name: '{{{{name}}}}'}}
    spec:
      project: default
      destination: {{server: 'https://kubernetes.default.svc', namespace: shop}}
      syncPolicy: {{syncOptions: [CreateNamespace=true]}}
      source: {{repoURL: '{url}', targetRevision: HEAD, path: '{{{{path}}}}'}}
"""
    )
    return f"""apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: all, namespace: argocd}}
spec:
  {more}
  generators: {generators}
  template: {template}
"""


def config_map(name: str, more: str = "") -> str:
    """A ConfigMap without a namespace."""
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n{more}"


def written(top: Path, files: dict[str, str]) -> Path:
    """Write files below a folder."""
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text, encoding="utf-8")
    return top


def applied(top: Path) -> dict[str, list[str]]:
    """Return the objects of each cluster, without Argo CD's own."""
    return {
        tree.name: sorted(
            str(each.identity) for each in tree.subjects if each.identity.group != "argoproj.io"
        )
        for tree in from_folder(top)
    }


def applications(top: Path, root: str | None = None) -> list[str]:
    """Return the names of the Applications of all clusters."""
    return sorted(
        each.identity.name
        for tree in from_folder(top, () if root is None else (root,))
        for each in tree.subjects
        if each.identity.kind == "Application"
    )


def told(top: Path) -> list[str]:
    """Return every finding of reading, of the graph rules and of the reference rules."""
    return sorted(line for tree in from_folder(top) for line in _lines(tree))


def _lines(tree: ClusterTree) -> list[str]:
    return [
        f"{rule.id} {found.object} {found.path}: {found.message}".replace(" :", ":")
        for rule in _RULES
        for found in rule.check(tree)
    ]


def notes(top: Path) -> list[str]:
    """Return what is not checked, with the reasons."""
    return [f"{each.what}: {each.why}" for tree in from_folder(top) for each in tree.unchecked]
