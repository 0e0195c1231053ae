"""The last check before a generated module is written: it declares, and does nothing else.

A hostile schema that exploits a defect of the generator is stopped here, before its code runs.
"""

from __future__ import annotations

import ast

from kubestrata.core.errors import ImportSourceError

_IN_TYPES = (
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Tuple,
    ast.BinOp,
    ast.BitOr,
    ast.UnaryOp,
    ast.USub,
    ast.Constant,
    ast.Load,
)
_IMPORTED = ("__future__", "collections.abc", "typing", "constructs")


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_import(node: ast.stmt) -> bool:
    if not isinstance(node, ast.ImportFrom) or node.level:
        return False
    module = node.module or ""
    return module in _IMPORTED or module.split(".")[0] in ("kubestrata", "kubeapis")


def _is_type(node: ast.expr | None) -> bool:
    return node is not None and all(isinstance(each, _IN_TYPES) for each in ast.walk(node))


def _is_default(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Call):
        named = isinstance(node.func, ast.Name) and node.func.id == "_fixed"
        return named and not node.keywords and all(map(_is_default, node.args))
    return node is None or isinstance(node, ast.Constant)


def _is_field(node: ast.stmt) -> bool:
    if isinstance(node, ast.AnnAssign):
        return _is_type(node.annotation) and _is_default(node.value)
    return isinstance(node, (ast.Assign, ast.Pass)) and (
        isinstance(node, ast.Pass) or isinstance(node.value, ast.Constant)
    )


def _is_init(node: ast.stmt) -> bool:
    if not isinstance(node, ast.FunctionDef) or node.name != "__init__" or node.decorator_list:
        return False
    if node.args.defaults or node.args.posonlyargs or node.args.vararg or node.args.kwarg:
        return False
    arguments = [*node.args.args, *node.args.kwonlyargs]
    typed = all(argument.arg == "self" or _is_type(argument.annotation) for argument in arguments)
    defaults = all(
        default is None or isinstance(default, ast.Constant) for default in node.args.kw_defaults
    )
    if not typed or not defaults or len(node.body) != 1:
        return False
    calls = [each for each in ast.walk(node.body[0]) if isinstance(each, ast.Call)]
    return all(
        isinstance(each.func, (ast.Name, ast.Attribute))
        and all(isinstance(given, (ast.Name, ast.Call)) for given in each.args)
        and all(isinstance(given.value, ast.Name) for given in each.keywords)
        for each in calls
    )


def _is_option(node: ast.keyword) -> bool:
    if node.arg in ("kw_only", "forbid_unknown_fields"):
        return isinstance(node.value, ast.Constant)
    return (
        node.arg == "rename"
        and isinstance(node.value, ast.Dict)
        and all(isinstance(each, ast.Constant) for each in [*node.value.keys, *node.value.values])
    )


def _is_class(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.ClassDef)
        and not node.decorator_list
        and all(isinstance(base, ast.Name) for base in node.bases)
        and all(_is_option(each) for each in node.keywords)
        and all(_is_text(each) or _is_field(each) or _is_init(each) for each in node.body)
    )


def _is_alias(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign):
        return False
    value = node.value
    while isinstance(value, ast.Attribute):
        value = value.value
    return isinstance(value, ast.Name)


def _is_export_list(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Assign)
        and all(isinstance(each, ast.Name) and each.id == "__all__" for each in node.targets)
        and isinstance(node.value, ast.List)
        and all(isinstance(each, ast.Constant) for each in node.value.elts)
    )


def _is_checked_import(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and not node.orelse
        and all(_is_import(each) for each in node.body)
    )


def require_declarations(path: str, source: str) -> None:
    """Raise ImportSourceError unless the module only imports ours and declares classes."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ImportSourceError(path, "generated module is not Python", str(error)) from None
    for node in tree.body:
        checks = (_is_import, _is_checked_import, _is_class, _is_alias, _is_export_list)
        if not any(check(node) for check in checks):
            why = f"line {node.lineno} does more than declare"
            raise ImportSourceError(path, "generated module is refused", why)
