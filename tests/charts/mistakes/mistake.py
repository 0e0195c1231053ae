"""Small trees of plain YAML with one mistake each, and what the rules say of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kubestrata.gitops import from_folder
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.engine import check_tree
from kubestrata.rules.subject import ClusterTree
from tests.gitops.repository import repository, unit

TODAY = date(2025, 11, 12)


def findings(top: Path, *documents: str, **more: str) -> list[str]:
    """Return `rule object path: message` of a tree with these objects in one Kustomization.

    `more` are further files of the repository by path, with `__` for a slash.
    """
    files = {"clusters/home/units.yaml": unit("all"), "all/objects.yaml": "\n---\n".join(documents)}
    files |= {f"{path.replace('__', '/')}.yaml": text for path, text in more.items()}
    (tree,) = from_folder(repository(top, files))
    return _checked(tree)


def chart_findings(top: Path, charts: Path, *documents: str) -> list[str]:
    """Return the same with releases rendered, whose charts are in the folder `charts`."""
    files = {"clusters/home/units.yaml": unit("all"), "all/objects.yaml": "\n---\n".join(documents)}
    found = with_charts(from_folder(repository(top, files)), ChartStore(top / ".store", [charts]))
    return _checked(found[0])


def _checked(tree: ClusterTree) -> list[str]:
    report = check_tree(tree, all_rules(), [], TODAY)
    return [f"{each.rule} {each.finding.object} {each.finding.text}" for each in report.violations]
