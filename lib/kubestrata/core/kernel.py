"""Changes to jsii: Node starts on demand, and constructs are registered in the tree.

Loaded right after jsii, wherever that is imported.
"""

# pyright: reportPrivateUsage=false
# jsii has no public way to hook the creation of its objects

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsii
from jsii import _reference_map, _runtime

from kubestrata.core import tree
from kubestrata.core.construct import REFERENCE, App, register
from kubestrata.core.construct_call import call
from kubestrata.core.errors import InvalidReference
from kubestrata.core.node_process import OnDemandProvider
from kubestrata.core.node_request import create_object, one_at_a_time
from kubestrata.core.origin import Origin, caller

_call: Callable[..., Any] = vars(_runtime.JSIIMeta)["__call__"]
_register_reference: Callable[[Any], None] = _reference_map.register_reference


_REQUESTS = ("get", "set", "sget", "sset", "invoke", "sinvoke")


def take_over(*, runs: bool) -> None:
    """Replace functions of jsii with those of this module, and its process unless that runs."""
    jsii.create = _create_and_register
    for request in _REQUESTS:
        setattr(jsii, request, one_at_a_time(getattr(jsii, request)))
    setattr(_runtime.JSIIMeta, "__call__", _explained_call)  # noqa: B010  # mypy: a method
    _reference_map.register_reference = _register_created  # type: ignore[assignment]
    if not runs:
        _runtime.kernel.provider = OnDemandProvider()


def _explained_call(cls: Any, *args: Any, **kwargs: Any) -> Any:
    return call(_call, cls, args, kwargs)


def _create_and_register(klass: Any, obj: Any, args: list[Any] | None = None) -> Any:
    """Create an object of jsii; constructs are added to the tree."""
    import constructs

    if not (
        args and args[1:] and isinstance(args[1], str) and isinstance(obj, constructs.Construct)
    ):
        return create_object(klass, obj, args, None)
    scope, id = args[0], args[1]
    origin = caller(tree.path_of(scope, id))
    root = tree.root_of(scope)
    if isinstance(root, App) and root.is_waiting and not _makes_objects(klass):
        register(obj, scope, id)
        return None
    made = create_object(klass, obj, args, origin)
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
    component = tree.find_owner(scope)
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
