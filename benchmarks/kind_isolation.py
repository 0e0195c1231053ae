"""Files that importing a kind loads: none of other groups, unless its own files use them.

Every kind of the index is imported in a fresh interpreter, which then lists what it has loaded.
A file of another group is used if a loaded file names something of it outside of its imports.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verdict import Verdict

_LOADED = """
import sys
from importlib import import_module
getattr(import_module("kubeapis." + sys.argv[1]), sys.argv[2])
print(*(name for name in sys.modules if name.split(".")[0] == "kubeapis"))
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A kind (`gateway.v1.http_route HTTPRoute`), its group, and the modules that it loaded."""

    kind: str
    group: str
    modules: tuple[str, ...]
    foreign: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def _source(imports: Path, module: str) -> Path:
    path = imports.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def used_modules(text: str) -> set[str]:
    """Return the modules of kubeapis that a module imports at run time and uses."""
    tree = ast.parse(text)
    tree.body = [node for node in tree.body if not _is_for_types(node)]
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return set(_imported(tree, names))


def _imported(tree: ast.AST, names: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kubeapis"):
            for alias in node.names:
                if (alias.asname or alias.name) in names:
                    yield str(node.module)
                    yield f"{node.module}.{alias.name}"


def _is_index(module: str, all_modules: Sequence[str]) -> bool:
    """Return True if a module is a package above another one, without kinds."""
    return any(other.startswith(f"{module}.") for other in all_modules)


def _one(imports: Path, entry: Mapping[str, str], groups: Mapping[str, str]) -> Loaded:
    module, kind = entry["module"], entry["kind"]
    command = [sys.executable, "-c", _LOADED, module, kind]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    modules = sorted(done.stdout.split())
    foreign = [
        each
        for each in modules
        if not _is_index(each, modules)
        and groups.get(each.removeprefix("kubeapis."), entry["group"]) != entry["group"]
    ]
    used = {
        name
        for each in modules
        for name in used_modules(_source(imports, each).read_text(encoding="utf-8"))
    }
    unused = [each for each in foreign if each not in used]
    name = f"{module} {kind}"
    return Loaded(name, entry["group"], tuple(modules), tuple(foreign), tuple(unused))


def measure_isolation(imports: Path) -> list[Loaded]:
    """Return the modules that each kind in the index of a folder's kubeapis loads."""
    entries = json.loads((imports / "kubeapis" / "_index.json").read_text(encoding="utf-8"))
    groups = {entry["module"]: entry["group"] for entry in entries}
    return [_one(imports, entry, groups) for entry in entries]


def verdicts(loaded: Sequence[Loaded]) -> list[Verdict]:
    """The target."""
    wrong = sum(bool(one.unused) for one in loaded)
    text = f"kinds of {len(loaded)} that load another group's file and do not use it"
    return [Verdict(text, wrong, 1, is_cost=True)]
