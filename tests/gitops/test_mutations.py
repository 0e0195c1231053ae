"""One mistake at a time in the written tree of this repository's platform: each is caught."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from tests.conftest import ROOT
from tests.gitops.checking import ids

HOME = Path("cloudlab")
PATCH = """patches:
- target: {kind: Deployment, name: gone}
  patch: '[{op: remove, path: /spec}]'
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: monitoring}\n"


# With objects that the policies apply to, and with a volume of the StorageClass.
POLICED = (
    "adguard-home",
    "forgejo",
    "headlamp",
    "kube-prometheus-stack",
    "renovate",
    "whoami",
)
STORED = ("adguard-home", "kube-prometheus-stack", "postgres-cluster")


def _edges(tree: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted((tree / HOME / "flux").glob("*-kustomization.yaml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        if "  dependsOn:" in lines:
            start = lines.index("  dependsOn:") + 1
            for line in lines[start:]:
                if not line.startswith("  - name: "):
                    break
                yield path, line


def _replace(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(tree: Path) -> None:
        file = tree / HOME / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def _append(path: str, more: str) -> Callable[[Path], None]:
    def change(tree: Path) -> None:
        with (tree / HOME / path).open("a", encoding="utf-8") as file:
            file.write(more)

    return change


def _remove(path: str) -> Callable[[Path], None]:
    return lambda tree: (tree / HOME / path).unlink()


def _move(path: str, folder: str) -> Callable[[Path], None]:
    """Move an object to another folder, its entry too."""

    def change(tree: Path) -> None:
        old = tree / HOME / path
        new = tree / HOME / folder / old.name
        shutil.move(old, new)
        entry = f"- {old.name}\n"
        _replace(f"{Path(path).parent}/kustomization.yaml", entry, "")(tree)
        _append(f"{folder}/kustomization.yaml", entry)(tree)

    return change


@dataclass(frozen=True)
class Mutation:
    """A mistake, and the rule that finds it."""

    rule: str
    name: str
    change: Callable[[Path], None]


LIST = "apps/whoami/kustomization.yaml"
TRAEFIK = "flux/traefik-kustomization.yaml"
MUTATIONS = [
    Mutation("G01", "rename a unit", _replace(TRAEFIK, "name: traefik\n", "name: treafik\n")),
    Mutation(
        "G02",
        "close a ring",
        _replace(
            "flux/cert-manager-kustomization.yaml", "spec:", "spec:\n  dependsOn: [{name: whoami}]"
        ),
    ),
    Mutation(
        "G03",
        "let the root wait for a child",
        _replace(
            "flux/flux-system-kustomization.yaml", "spec:", "spec:\n  dependsOn: [{name: loki}]"
        ),
    ),
    Mutation(
        "G04",
        "put an issuer beside its chart",
        _move(
            "infrastructure/cert-manager/config/letsencrypt-clusterissuer.yaml",
            "infrastructure/cert-manager",
        ),
    ),
    Mutation(
        "G05",
        "drop a chart",
        lambda tree: (
            _remove("infrastructure/cert-manager/cert-manager-helmrelease.yaml")(tree),
            _replace(
                "infrastructure/cert-manager/kustomization.yaml",
                "- cert-manager-helmrelease.yaml\n",
                "",
            )(tree),
        )[0],
    ),
    Mutation(
        "G06",
        "check the health of nothing",
        _append(
            "flux/whoami-kustomization.yaml",
            "  healthChecks:\n"
            "  - {apiVersion: apps/v1, kind: Deployment, name: who, namespace: whoami}\n",
        ),
    ),
    Mutation("G07", "forget an entry", _replace(LIST, "- whoami-service.yaml\n", "")),
    Mutation("G08", "drop an object", _remove("apps/whoami/whoami-service.yaml")),
    Mutation("G08", "list an object twice", _append(LIST, "- whoami-service.yaml\n")),
    Mutation("G13", "patch nothing", _append(LIST, PATCH)),
    Mutation("S02", "unescape", lambda tree: _substitute(tree, "data: {run: 'echo ${HOME}'}\n")),
    Mutation("S01", "misspell", lambda tree: _substitute(tree, "immutable: ${zon}\n")),
    Mutation("S03", "use no variable", lambda tree: _substitute(tree, "")),
    Mutation(
        "S04",
        "give a number for text",
        lambda tree: _substitute(tree, "data: {zone: '${zone}'}\n"),
    ),
    Mutation(
        "X01",
        "write a password",
        _append("observability/loki/loki-datasource-configmap.yaml", "  password: hunter2\n"),
    ),
    Mutation(
        "X02",
        "decrypt nothing",
        _replace("flux/cert-manager-kustomization.yaml", "provider: sops", "provider: none"),
    ),
    Mutation(
        "X03",
        "leave a placeholder",
        _append(
            "observability/loki/loki-datasource-configmap.yaml", "  key: op://vault/loki/key\n"
        ),
    ),
    Mutation("T01", "break the YAML", _append("apps/whoami/whoami-service.yaml", "spec: [\n")),
    Mutation("T01", "lose a folder", lambda tree: shutil.rmtree(tree / HOME / "apps/whoami")),
]


def _substitute(tree: Path, more: str) -> None:
    """Enable substitution for one Kustomization, and add an object with `more`."""
    build = "  postBuild: {substitute: {zone: '1e3'}}\n"
    _append("flux/alloy-kustomization.yaml", build)(tree)
    (tree / HOME / "observability/alloy/m.yaml").write_text(CONFIG_MAP + more, encoding="utf-8")
    _append("observability/alloy/kustomization.yaml", "- m.yaml\n")(tree)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "dist" / HOME, tmp_path / "dist" / HOME)).parent


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: f"{one.rule} {one.name}")
def test_a_mistake_is_caught(tree: Path, mutation: Mutation) -> None:
    mutation.change(tree)
    (read,) = from_folder(tree)
    assert mutation.rule in ids(read)


def test_every_dropped_edge_is_caught_but_those_that_no_object_shows(tree: Path) -> None:
    """They are of policies, a StorageClass, values with an address, and CRDs without objects."""
    missed: set[str] = set()
    for path, line in list(_edges(tree)):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"{line}\n", "", 1), encoding="utf-8")
        (read,) = from_folder(tree)
        if "G09" not in ids(read):
            missed.add(f"{path.stem.removesuffix('-kustomization')}{line.removeprefix('  - name')}")
        path.write_text(text, encoding="utf-8")
    policies = ("inject-forward-auth", "verify-images")
    assert missed == {
        *(f"{each}: {policy}" for each in POLICED for policy in policies),
        *(f"{each}: nfs-provisioner" for each in STORED),
        "authentik: postgres-cluster",
        "forgejo: postgres-cluster",
        "traefik: traefik-crds",
    }
