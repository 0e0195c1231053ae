"""Packages of configuration documents in the generated tree."""

from __future__ import annotations

from kubestrata.bindings.config_shape import document_modules, documents_in
from kubestrata.bindings.package_text import Package
from kubestrata.bindings.tree import JsonSchema, Tree
from kubestrata.bindings.version import version_rank


def add_documents(tree: Tree, package: str, config: JsonSchema) -> None:
    """Add the package of one schema."""
    modules = document_modules(package, config.source, config.schema)
    best: dict[str, str] = {}
    for module in sorted(modules, key=lambda each: version_rank(each.path[-1])):
        tree.add_module(module)
        best |= dict.fromkeys(module.exports, module.path[-1])
        tree.documents += [".".join((*module.path, name)) for name in documents_in(module)]
    exports: dict[str, list[str]] = {}
    for name, home in best.items():
        exports.setdefault(home, []).append(name)
    tree.add_schema(f"{package}/_schemas/documents.json", config.schema)
    names = [module.path[-1] for module in modules]
    title = "Configuration documents and their parts."
    tree.add_package((package,), Package(title, names, exports, [], exports))
