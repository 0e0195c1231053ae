"""Docstrings as data, available even if Python drops them (`-OO`, PYTHONOPTIMIZE=2)."""

from __future__ import annotations

import inspect
import sys
import textwrap
from types import FunctionType, ModuleType

_DROPPED = 2
"""The level of `sys.flags.optimize` from which on `__doc__` is empty."""


def docstring(described: ModuleType | FunctionType | type) -> str:
    """Return the docstring of a module, class or function, not an inherited one; '' if none."""
    if sys.flags.optimize >= _DROPPED:
        return _from_source(described)
    own = vars(described).get("__doc__") if isinstance(described, type) else described.__doc__
    return inspect.cleandoc(own or "")


def _from_source(described: ModuleType | FunctionType | type) -> str:
    import ast  # noqa: PLC0415  # only where docstrings were dropped

    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(described)))
    except (OSError, SyntaxError):
        return ""
    node = tree if isinstance(described, ModuleType) else tree.body[0]
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
        return ast.get_docstring(node) or ""
    return ""
