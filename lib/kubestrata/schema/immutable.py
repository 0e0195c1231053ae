"""Fields of custom resources whose definition says that they never change (`self == oldSelf`).

Other transition rules are not read, nor those inside lists and maps, whose items move.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kubestrata.schema.transition import TransitionRule

_EQUAL = re.compile(r"\s*(?:self\s*==\s*oldSelf|oldSelf\s*==\s*self)\s*")


def immutable_fields(rules: Iterable[TransitionRule]) -> dict[str, str]:
    """Return the paths of the fields, each with the message of its rule."""
    return {
        each.path: each.message or "the field is immutable"
        for each in rules
        if each.path and not each.is_inside and _EQUAL.fullmatch(each.rule)
    }
