"""Calls of constructs, with wrong arguments and duplicate ids reported at the calling line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kubestrata.core import tree
from kubestrata.core.errors import KubestrataError, NodeError
from kubestrata.core.origin import caller
from kubestrata.core.value.typed_text import with_values

_TAKEN = re.compile(r"already a Construct with name '([^']*)'")


def call(make: Callable[..., Any], kind: Any, args: Any, kwargs: Any) -> Any:
    """Call a class by the `make` of its metaclass.

    Raises InvalidBody if the arguments do not match its constructor, DuplicateObject if its scope
    has a construct of that id in Node.
    """
    try:
        return make(kind, *args, **with_values(kind.__init__, kwargs))
    except (AttributeError, TypeError, ValueError) as error:
        wrong = _wrong(error, kind, args, kwargs)
        if wrong is None:
            raise
        raise wrong from None
    except tree.DuplicateId as error:
        scope, written = _scope_and_id(args, kwargs)
        if error.scope is not scope or written in ("", error.id):
            raise
        raise error.written_as(written) from None
    except NodeError as error:
        duplicate = _duplicate(error, *_scope_and_id(args, kwargs))
        if duplicate is None:
            raise
        raise duplicate from None


def _wrong(error: Exception, kind: Any, args: Any, kwargs: Any) -> KubestrataError | None:
    """Return the error for a wrong call, or for an argument of a wrong type."""
    if isinstance(error, KubestrataError):
        return None
    from kubestrata.core.argument_type import wrong_argument
    from kubestrata.core.call_error import wrong_call

    wrong = wrong_call(error, kind) if isinstance(error, TypeError) else None
    given = dict(zip(kind.__init__.__code__.co_varnames[1:], args, strict=False)) | kwargs
    return wrong or wrong_argument(f"a {kind.__name__}", kind.__init__, given)


def _scope_and_id(args: Any, kwargs: Any) -> tuple[Any, str]:
    scope: Any = args[0] if args else kwargs.get("scope")
    return scope, str(args[1] if len(args) > 1 else kwargs.get("id", ""))


def _duplicate(error: NodeError, scope: Any, written: str) -> KubestrataError | None:
    taken = _TAKEN.search(error.why)
    if taken is None or scope is None:
        return None
    first = tree.children_of(scope).get(taken[1])
    if first is None:
        return None
    origin = caller(tree.path_of(scope, taken[1]))
    return tree.DuplicateId(scope, written or taken[1], origin, first)
