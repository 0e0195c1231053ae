"""Calls of constructs: a wrong keyword and an id that is taken are errors of the Python source."""

from __future__ import annotations

import re
from typing import Any

from kubestrata.core import tree
from kubestrata.core.call_error import wrong_call
from kubestrata.core.errors import NodeError
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller

_kind: Any = type(Construct)
_make = _kind.__call__
_TAKEN = re.compile(r"already a Construct with name '([^']*)'")


def _call(cls: Any, *args: Any, **kwargs: Any) -> Any:
    """Make a construct.

    Raises InvalidBody where the arguments do not fit its constructor, DuplicateObject where
    its scope has one of that id.
    """
    try:
        return _make(cls, *args, **kwargs)
    except TypeError as error:
        wrong = wrong_call(error, cls)
        if wrong is None:
            raise
        raise wrong from None
    except NodeError as error:
        taken = _TAKEN.search(error.why)
        scope: Any = args[0] if args else kwargs.get("scope")
        first = tree.children_of(scope).get(taken[1]) if taken is not None else None
        if taken is None or first is None:
            raise
        written: Any = args[1] if len(args) > 1 else kwargs.get("id", taken[1])
        origin = caller(tree.path_of(scope, taken[1]))
        raise tree.already_taken(scope, written, origin, first) from None


def explain_constructs() -> None:
    """Check the arguments of every construct, those of foreign packages too."""
    _kind.__call__ = _call
