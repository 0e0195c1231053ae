"""Speed of `kubestrata check FOLDER` on whole trees, cold, and with each build by Kustomize.

Usage: python benchmarks/tree_speed.py [FOLDER...] [--rounds N] [--write FILE]

Without a folder, the tree is made: applications in a layout that is common for home clusters.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from environment import ROOT, memory_folder
from markdown import TREES, table, write_section
from measure import Cost, median_cost, run

APPLICATIONS = 90
"""Each has five objects, and a Kustomization that applies them."""
_DIRECT = "from kubestrata.cli.command import main; main()"
_BY_KUSTOMIZE = (
    f"from kubestrata.gitops import rendered; rendered.built = lambda *_: None; {_DIRECT}"
)
_WAYS = {"as it is": _DIRECT, "each folder by Kustomize": _BY_KUSTOMIZE}
_SOURCE = {"kind": "GitRepository", "name": "flux-system", "namespace": "flux-system"}
_GROUP = {"Kustomization": "kustomize", "HelmRelease": "helm"}


def _object(kind: str, name: str, spec: Mapping[str, object], space: str = "") -> dict[str, object]:
    group = _GROUP.get(kind, "source")
    version = "v2" if kind == "HelmRelease" else "v1"
    return {
        "apiVersion": f"{group}.toolkit.fluxcd.io/{version}",
        "kind": kind,
        "metadata": {"name": name, **({"namespace": space} if space else {})},
        "spec": spec,
    }


def _kustomization(name: str, path: str, **more: object) -> dict[str, object]:
    spec = {"interval": "1h", "prune": True, "path": f"./{path}", "sourceRef": _SOURCE, **more}
    return _object("Kustomization", name, spec, "flux-system")


def _application(name: str) -> Iterator[tuple[str, object]]:
    folder = f"apps/{name}"
    labels = {"labels": {"app.kubernetes.io/name": name}}
    more = {"targetNamespace": "apps", "commonMetadata": labels}
    yield f"{folder}/ks.yaml", _kustomization(name, f"{folder}/app", **more)
    parts = ("release.yaml", "chart.yaml", "claim.yaml", "service.yaml", "settings.yaml")
    yield f"{folder}/app/kustomization.yaml", {"resources": parts}
    chart = {"kind": "OCIRepository", "name": name}
    values = {"image": {"repository": f"registry.example.com/{name}", "tag": "v1"}}
    release = {"interval": "1h", "chartRef": chart, "values": values}
    yield f"{folder}/app/release.yaml", _object("HelmRelease", name, release)
    source = {
        "interval": "1h",
        "url": f"oci://registry.example.com/{name}",
        "ref": {"tag": "1.0.0"},
    }
    yield f"{folder}/app/chart.yaml", _object("OCIRepository", name, source)
    size = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    core = {"apiVersion": "v1", "metadata": {"name": name}}
    yield f"{folder}/app/claim.yaml", {**core, "kind": "PersistentVolumeClaim", "spec": size}
    ports = {"type": "ExternalName", "externalName": "a.example.com"}
    yield f"{folder}/app/service.yaml", {**core, "kind": "Service", "spec": ports}
    yield f"{folder}/app/settings.yaml", {**core, "kind": "ConfigMap", "data": {"LEVEL": "info"}}


def _made(top: Path, count: int) -> Path:
    """Write a tree of so many applications; JSON is YAML."""
    names = [f"app-{number}" for number in range(count)]
    files = dict(each for name in names for each in _application(name))
    url = {"interval": "1h", "url": "https://git.example.com/example-org/platform.git"}
    files["clusters/home/sync.yaml"] = _object("GitRepository", "flux-system", url, "flux-system")
    files["clusters/home/self.yaml"] = _kustomization("flux-system", "clusters/home")
    patch = _object("HelmRelease", "any", {"install": {"remediation": {"retries": 3}}})
    patches = [{"patch": json.dumps(patch), "target": {"kind": "HelmRelease"}}]
    inner = _object("Kustomization", "any", {"patches": patches})
    outer = [{"patch": json.dumps(inner), "target": {"kind": "Kustomization"}}]
    files["clusters/home/apps.yaml"] = _kustomization("apps", "apps", patches=outer)
    files["apps/kustomization.yaml"] = {"resources": [f"{each}/ks.yaml" for each in names]}
    for path, content in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(json.dumps(content), encoding="utf-8")
    return top


def _cost(code: str, tree: Path, scratch: Path, rounds: int) -> Cost:
    """Return the median cost of a check, without compiled modules of the project."""
    path = os.pathsep.join([str(ROOT / "lib"), str(ROOT / "imports")])
    costs: list[Cost] = []
    for number in range(rounds + 1):
        cache = scratch / f"bytecode-{number}-{len(code)}-{tree.name}"
        env = {**os.environ, "PYTHONPATH": path, "PYTHONPYCACHEPREFIX": str(cache)}
        command = [sys.executable, "-c", code, "check", str(tree)]
        costs.append(run(command, env, scratch, fine=(0, 1)))
    return median_cost(costs[1:])


def _summary(scratch: Path) -> str:
    """Return the counts that the last check printed."""
    text = (scratch / "output.txt").read_text(encoding="utf-8", errors="replace")
    return text.strip().rpartition("\n")[2].partition(" objects")[0]


def _rows(trees: Sequence[Path], scratch: Path, rounds: int) -> Iterator[list[str]]:
    for tree in trees:
        for way, code in _WAYS.items():
            cost = _cost(code, tree, scratch, rounds)
            figures = [f"{cost.wall_seconds:.1f}", f"{cost.cpu_seconds:.1f}"]
            yield [tree.name, _summary(scratch), way, *figures]


def _text(rows: Sequence[Sequence[str]], rounds: int) -> str:
    head = ["tree", "objects", "builds", "wall s", "CPU s"]
    return f"""{TREES}

Written by `make bench-trees`. {os.cpu_count()} cores; {APPLICATIONS} applications of five objects,
each with a Kustomization that gives them a namespace and labels, and a patch for all releases.
Fresh processes without compiled modules of anything, medians of {rounds}; CPU is that of the whole
process tree, and the figure to compare where others use the same cores.

{table(head, rows)}
"""


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="Measure the speed of checks of whole trees.")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", type=Path, help="also write the section into this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kubestrata-", dir=memory_folder()) as scratch:
        top = Path(scratch)
        trees = [each.resolve() for each in options.folders] or [_made(top / "made", APPLICATIONS)]
        text = _text(list(_rows(trees, top, options.rounds)), options.rounds)
    print(text)
    if options.write:
        write_section(options.write, TREES, text)


if __name__ == "__main__":
    main()
