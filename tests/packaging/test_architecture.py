"""Conventions of every part of the repository."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

import kubestrata

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
LIBRARY = ROOT / "lib" / "kubestrata"
PACKAGES = sorted(
    ".".join(path.parent.relative_to(ROOT / "lib").parts) for path in LIBRARY.rglob("__init__.py")
)
REGISTRIES = [
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
    )
]
NODE = ("cdk8s", "constructs", "jsii")
STATEMENTS = {
    "a machine's path": r"(?<![\w.])/(?:work|home(?!/(?:devbot|runner|rootless)/)|Users)/",
    "an issue's number": r"\bissues? #?\d",
}


# Names that modules outside of `constructs` share: each is used in its own package alone.


def _order(name: str) -> tuple[int, str]:
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, name


@cache
def _ours() -> list[tuple[str, str]]:
    """Return path and text of every hand-written file of this repository."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.skip("no git repository to list")
    paths = [
        line for line in found.stdout.splitlines() if not line.startswith(("dist/", "imports/"))
    ]
    texts = [(path, (ROOT / path)) for path in paths if (ROOT / path).is_file()]
    return [(path, file.read_text(encoding="utf-8", errors="replace")) for path, file in texts]


def test_layers_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [program, "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_are_sorted_and_exist(package: str) -> None:
    module = importlib.import_module(package)
    names: list[str] = getattr(module, "__all__", [])
    assert names == sorted(names, key=_order)
    assert [name for name in names if not hasattr(module, name)] == []


@cache
def _class_modules() -> dict[str, list[str]]:
    """Return the modules of the library that define a public class, by its name."""
    found: dict[str, list[str]] = {}
    for path in sorted(LIBRARY.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                module = ".".join(path.relative_to(LIBRARY).with_suffix("").parts)
                found.setdefault(node.name, []).append(module)
    return found


def test_a_public_class_name_means_one_thing() -> None:
    twice = {name for name, modules in _class_modules().items() if len(modules) > 1}
    assert twice == set(), "rename one of the classes"


def test_no_two_constructs_share_a_class_name() -> None:
    """Names of constructs are what charts read."""
    for name, modules in _class_modules().items():
        assert len([one for one in modules if one.startswith("constructs.")]) <= 1, name


def test_the_package_promises_to_type_checkers_what_it_loads() -> None:
    tree = ast.parse(Path(kubestrata.__file__).read_text(encoding="utf-8"))
    [promise] = [node for node in tree.body if isinstance(node, ast.If)]
    imports = [node for node in promise.body if isinstance(node, ast.ImportFrom)]
    assert sorted(kubestrata.__all__) == sorted(
        name.name for node in imports for name in node.names
    )


@pytest.mark.parametrize(
    "statement",
    ["import kubestrata", "import kubestrata.bindings", "from kubeapis.k8s import ConfigMap"],
)
def test_importing_starts_no_node(statement: str) -> None:
    check = f"{statement}; import sys; sys.exit(not sys.modules.keys().isdisjoint({NODE}))"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


def test_importing_a_kind_loads_no_other_group() -> None:
    check = (
        "import sys; from kubeapis.k8s import ConfigMap; "
        "print(*sorted(name for name in sys.modules if name.startswith('kubeapis.')))"
    )
    program = [sys.executable, "-c", check]
    loaded = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    groups = {name.split(".")[1] for name in loaded.split()}
    assert {group for group in groups if not group.startswith("_")} == {"k8s"}


@pytest.mark.parametrize("statement", sorted(STATEMENTS))
def test_the_project_speaks_of_itself_only(statement: str) -> None:
    found = re.compile(STATEMENTS[statement])
    assert [path for path, text in _ours() if found.search(text)] == []


def test_no_file_says_where_packages_are_fetched() -> None:
    assert [path for path, text in _ours() if any(host in text for host in REGISTRIES)] == []


def test_node_packages_are_locked_by_digest_alone() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity": "sha512-' in lock


def test_commands_print_through_one_module() -> None:
    """No secret and no control sequence gets out beside it."""
    printing = re.compile(r"\bprint\(|\bConsole\(|sys\.(?:stdout|stderr)\.write")
    found = {
        path.name
        for path in (ROOT / "lib/kubestrata").rglob("*.py")
        if printing.search(path.read_text().replace(">>> print(", ""))
    }
    assert found == {"printer.py"}


def test_the_page_of_the_architecture_names_modules_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]+\.py)`", text))
    ours = [f"/{path}" for path, _ in _ours() if path.endswith(".py")]
    assert {each for each in named if not any(one.endswith(f"/{each}") for one in ours)} == set()


def test_no_folder_of_tests_is_left_out(pytestconfig: pytest.Config) -> None:
    """By default, pytest does not look into folders named `dist` or `build`."""
    left_out = pytestconfig.getini("norecursedirs")
    folders = {part for file in TESTS.rglob("test_*.py") for part in file.relative_to(TESTS).parts}
    assert "dist" in folders
    assert not [each for each in folders for pattern in left_out if fnmatch(each, pattern)]
