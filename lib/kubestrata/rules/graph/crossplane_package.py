"""G24: Crossplane finds each package that others depend on by its name, and once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubestrata.knowledge import PackageFact
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_GROUP = "pkg.crossplane.io"
_KINDS = ("Configuration", "Function", "Provider")
_REGISTRY = re.compile(r"[^/]*[.:][^/]*|localhost")
_LONGEST = 63
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9-]")


class _Package(NamedTuple):
    """The address of a package in parts: `xpkg.example.org`, `acme`, `provider-aws-s3`."""

    registry: str
    owner: str
    name: str

    def __str__(self) -> str:
        return "/".join(filter(None, self))


def _package(subject: Subject) -> _Package | None:
    """Return the package of a Provider, Function or Configuration, without tag and digest."""
    address = str(subject.spec.get("package", "")).partition("@")[0]
    path, _, name = address.rpartition("/")
    first, _, rest = path.partition("/")
    registry, owner = (first, rest) if _REGISTRY.fullmatch(first) else ("", path)
    name = name.partition(":")[0]
    return _Package(registry, owner, name) if name and "${" not in address else None


def _resolved_name(package: _Package) -> str:
    """Return the name that Crossplane gives to a package which it installs as a dependency."""
    path = "/".join(filter(None, (package.owner, package.name)))
    return _NOT_OF_A_NAME.sub("-", path.lower())[:_LONGEST].strip("-")


def _check(tree: ClusterTree) -> Iterator[Finding]:
    homes: dict[_Package, Subject] = {}
    found = tree.of_kind(_GROUP, *_KINDS)
    packages = [(each, package) for each in found if (package := _package(each)) is not None]
    for subject, package in packages:
        first = homes.setdefault(package, subject)
        if first is not subject:
            message = f"{package} is installed by {first.identity.name} too"
            yield subject.finding("spec.package", message, "keep one of the two")
    for package, subject in homes.items():
        yield from _named(tree, subject, package, packages)


def _named(
    tree: ClusterTree,
    subject: Subject,
    package: _Package,
    packages: list[tuple[Subject, _Package]],
) -> Iterator[Finding]:
    fact, name = tree.knowledge.packages.get(package.name), _resolved_name(package)
    if fact is None or subject.identity.name == name:
        return
    for other, each in packages:
        resolves = other.spec.get("skipDependencyResolution") is not True
        if resolves and each[:2] == package[:2] and _depends(fact, each.name):
            message = f"{other.identity.name} depends on this package, and Crossplane looks for it "
            message += f"as {name}: it installs a second copy"
            yield subject.finding("metadata.name", message, f"name it {name}")
            return


def _depends(fact: PackageFact, name: str) -> bool:
    return any(
        name.startswith(each[:-1]) if each.endswith("*") else name == each for each in fact.of
    )


RULES = (
    Rule(
        "G24",
        "a package of Crossplane is installed once, by the name that its dependants look for",
        "with one source twice in the Lock, no package of the cluster becomes healthy",
        _check,
    ),
)
