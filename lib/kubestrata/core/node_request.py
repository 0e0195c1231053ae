"""Requests to Node, one at a time, and the creation of constructs there.

Loaded right after jsii, whose own function for creation is kept here.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jsii
import jsii.errors

from kubestrata.core import tree
from kubestrata.core.errors import NodeError
from kubestrata.core.node_process import first_line
from kubestrata.core.origin import Origin, caller

if TYPE_CHECKING:
    from constructs import IConstruct

_create: Callable[..., Any] = jsii.create  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
_alone = threading.RLock()
"""Held during a request and the callbacks that Node makes before it responds."""


def one_at_a_time(request: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of jsii that waits until no other request runs."""

    @functools.wraps(request)
    def wait_and_ask(*args: Any, **kwargs: Any) -> Any:
        with _alone:
            return request(*args, **kwargs)

    return wait_and_ask


def create(construct: IConstruct, arguments: list[Any]) -> None:
    """Create a native construct in Node; `arguments` are those of its JavaScript constructor.

    The generated constructor would check their types again, which costs 0.2 ms a construct.
    """
    place = tree.place_of(construct) if len(arguments) > 1 else None
    create_object(type(construct), construct, arguments, None if place is None else place.origin)


def create_object(klass: type, obj: Any, args: list[Any] | None, origin: Origin | None) -> Any:
    """Create an object of jsii in Node; raises NodeError if Node refuses it."""
    try:
        with _alone:
            return _create(klass, obj, args)
    except (jsii.errors.JSIIError, RuntimeError) as error:
        what = f"{klass.__name__} cannot be created"
        raise NodeError(str(origin or caller()), what, first_line(error)) from error
