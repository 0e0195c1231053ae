"""Changes to jsii: Node starts on demand, and constructs are registered in the tree.

Loaded right after jsii, wherever that is imported.
"""

# pyright: reportPrivateUsage=false
# jsii has no public way to hook the creation of its objects

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jsii
import jsii.errors
from jsii import _reference_map, _runtime

from kubestrata.core import tree
from kubestrata.core.construct import REFERENCE, App, register
from kubestrata.core.construct_call import call
from kubestrata.core.errors import InvalidReference, NodeError
from kubestrata.core.node_process import OnDemandProvider, first_line
from kubestrata.core.origin import Origin, caller

if TYPE_CHECKING:
    from constructs import IConstruct

_create: Callable[..., Any] = jsii.create  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
_call: Callable[..., Any] = vars(_runtime.JSIIMeta)["__call__"]
_register_reference: Callable[[Any], None] = _reference_map.register_reference


_REQUESTS = ("get", "set", "sget", "sset", "invoke", "sinvoke")
_alone = threading.RLock()
"""Held during a request and the callbacks that Node makes before it responds."""


def _one_at_a_time(request: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(request)
    def wait_and_ask(*args: Any, **kwargs: Any) -> Any:
        with _alone:
            return request(*args, **kwargs)

    return wait_and_ask


def take_over(*, runs: bool) -> None:
    """Replace functions of jsii with those of this module, and its process unless that runs."""
    jsii.create = _create_and_register
    for request in _REQUESTS:
        setattr(jsii, request, _one_at_a_time(getattr(jsii, request)))
    setattr(_runtime.JSIIMeta, "__call__", _explained_call)  # noqa: B010  # mypy: a method
    _reference_map.register_reference = _register_created  # type: ignore[assignment]
    if not runs:
        _runtime.kernel.provider = OnDemandProvider()


def _explained_call(cls: Any, *args: Any, **kwargs: Any) -> Any:
    return call(_call, cls, args, kwargs)


def create(construct: IConstruct, arguments: list[Any]) -> None:
    """Create a native construct in Node; `arguments` are those of its JavaScript constructor.

    The generated constructor would check their types again, which costs 0.2 ms a construct.
    """
    place = tree.place_of(construct) if len(arguments) > 1 else None
    _in_node(type(construct), construct, arguments, None if place is None else place.origin)


def _in_node(klass: type, obj: Any, args: list[Any] | None, origin: Origin | None) -> Any:
    try:
        with _alone:
            return _create(klass, obj, args)
    except (jsii.errors.JSIIError, RuntimeError) as error:
        what = f"{klass.__name__} cannot be created"
        raise NodeError(str(origin or caller()), what, first_line(error)) from error


def _create_and_register(klass: Any, obj: Any, args: list[Any] | None = None) -> Any:
    """Create an object of jsii; constructs are added to the tree."""
    import constructs

    if not (
        args and args[1:] and isinstance(args[1], str) and isinstance(obj, constructs.Construct)
    ):
        return _in_node(klass, obj, args, None)
    scope, id = args[0], args[1]
    origin = caller(tree.path_of(scope, id))
    root = tree.root_of(scope)
    if isinstance(root, App) and root.is_waiting and not _makes_objects(klass):
        register(obj, scope, id)
        return None
    made = _in_node(klass, obj, args, origin)
    tree.place(obj, scope, id, origin)
    if _makes_objects(klass):
        _note_foreign(obj, scope, origin)
    return made


def _makes_objects(klass: type) -> bool:
    """Return True if constructs of the class may create Kubernetes objects in Node."""
    for ancestor in klass.__mro__:
        declared = vars(ancestor).get("__jsii_declared_type__")
        if declared:
            return bool(declared != "constructs.Construct")
    return False


def _note_foreign(construct: Any, scope: Any, origin: Origin) -> None:
    component = tree.find_component(scope)
    if component is not None:
        component.note_foreign(construct)
    elif tree.stands_in_platform(scope):
        what = type(construct).__name__
        why = "is not in a Component, so nothing would deploy it"
        raise InvalidReference(what, why, "create it inside a Component", where=origin)


def _register_created(instance: Any) -> None:
    """Register an instance for callbacks, unless it is still to be created in Node."""
    if REFERENCE in vars(instance):
        _register_reference(instance)
