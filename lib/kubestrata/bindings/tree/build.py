"""The generated tree of all sources, built on several cores where that is faster."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from msgspec.structs import replace

from kubestrata.bindings.emit.package_text import ROOT_TEXT, root_stub
from kubestrata.bindings.kind.custom_kind import CustomKind
from kubestrata.bindings.module.kubernetes_shape import KubernetesShapes
from kubestrata.bindings.tree.collection import Collection
from kubestrata.bindings.tree.custom_tree import add_custom
from kubestrata.bindings.tree.kind_index import INDEX_FILE, index_text
from kubestrata.bindings.tree.parallel import in_order
from kubestrata.bindings.tree.tree import (
    Options,
    Tree,
    add_documents,
    add_kubernetes,
    add_values,
    ignore,
)
from kubestrata.core.frozen import Frozen


class _CustomWork(Frozen):
    """Builds one package of custom kinds, in any process."""

    object_meta: str
    options: Options
    known: KubernetesShapes | None

    def __call__(self, package: tuple[str, Sequence[CustomKind]]) -> Tree:
        tree = Tree(self.object_meta, self.options)
        add_custom(tree, *package, self.known)
        return tree


def build_tree(found: Collection, options: Options, processes: int) -> Tree:
    """Generate everything."""
    builtin = found.builtin
    home = "k8s" if "k8s" in builtin else min(builtin, default="")
    meta = home or ("k8s" if "k8s" in options.beside else "")
    tree = Tree(f"kubeapis.{meta}.meta_v1" if meta else "", options)
    packages = len(builtin) + len(found.custom)
    known: KubernetesShapes | None = None
    for number, package in enumerate(sorted(builtin)):
        options.progress("generating", number, packages)
        names = add_kubernetes(tree, package, builtin[package])
        if package == home:
            known = KubernetesShapes(builtin[package], names)
    work = _CustomWork(tree.object_meta, replace(options, progress=ignore), known)
    kinds = [(package, list(found.custom[package].values())) for package in sorted(found.custom)]
    with closing(in_order(work, kinds, processes, lambda each: f"kubeapis.{each[0]}")) as parts:
        for number, part in enumerate(parts, len(builtin)):
            options.progress("generating", number, packages)
            tree.join(part)
    if found.charts:
        add_values(tree, found.charts)
    for package in sorted(found.configs):
        add_documents(tree, package, found.configs[package])
    options.progress("generating", packages, packages)
    tree.add_text((), "__init__.py", ROOT_TEXT)
    beside = sorted(set(options.beside) - {path.partition("/")[0] for path in tree.files})
    if beside:
        tree.add_text((), "__init__.pyi", root_stub(beside))
    tree.add_text((), "py.typed", "")
    tree.add_text((), INDEX_FILE, index_text(tree.kinds))
    return tree
