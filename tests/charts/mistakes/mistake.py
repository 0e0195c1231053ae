"""Small trees of plain YAML with one mistake each, and what the rules say of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kubestrata.gitops import from_folder
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.engine import judge
from tests.gitops.repository import repository, unit

_TODAY = date(2025, 11, 12)


def findings(top: Path, *documents: str, charts: Path | None = None, **more: str) -> list[str]:
    """Return `rule object path: message` of a tree with these objects in one Kustomization.

    `charts` is a folder with the charts of its releases; without one, they are not rendered.
    `more` are further files of the repository by path, with `__` for a slash.
    """
    files = {"clusters/home/units.yaml": unit("all"), "all/objects.yaml": "\n---\n".join(documents)}
    files |= {f"{path.replace('__', '/')}.yaml": text for path, text in more.items()}
    (tree,) = from_folder(repository(top, files))
    if charts is not None:
        (tree,) = with_charts([tree], ChartStore(top / ".store", [charts]))
    report = judge(tree, all_rules(), [], _TODAY)
    return [f"{each.rule} {each.finding.object} {each.finding.text}" for each in report.violations]
