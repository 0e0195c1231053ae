"""Fields that hold secrets, by kind and by name: their values appear in no message."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

REDACTED = "(redacted)"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which kubectl keeps the whole object, values of a Secret included."""

Steps: TypeAlias = Sequence[str | int]

_PUBLIC = frozenset({"apiVersion", "kind", "metadata", "type", "immutable", "status"})
_SECRET = re.compile(
    r"(?:passwords?|passwd|passphrase|pwd|tokens?|(?:api|secret|access|private|encryption|signing)"
    r"[_-]?keys?|client[_-]?secret|credentials?|secrets?|root[_-]?pw)$",
    re.IGNORECASE,
)
_SECRETS = re.compile(r"(?:passwords|tokens|secrets|credentials)$", re.IGNORECASE)
_NAMES = frozenset({"name", "namespace", "kind", "key", "apiVersion"})


def is_secret_kind(api_version: object, kind: object) -> bool:
    """Return True for the Secret of the core group, whatever its version."""
    return kind == "Secret" and "/" not in str(api_version)


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Return True for a field whose name says that its value is secret."""
    return _SECRET.search(name) is not None


def is_secret_path(steps: Steps, *, of_secret: bool = False) -> bool:
    """Return True if the value at a path of an object is secret.

    In a Secret that is everything but its head and its metadata; elsewhere what is named like a
    secret, and what is below a name in the plural unless it names an object.
    """
    if of_secret and steps:
        return steps[0] not in _PUBLIC or LAST_APPLIED in steps
    names = [step for step in steps if isinstance(step, str)]
    if not names or names[-1] in _NAMES:
        return False
    return is_secret_name(names[-1]) or any(_SECRETS.search(name) for name in names)
