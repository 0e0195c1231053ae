"""Detection of secret fields by kind and name, to keep their values out of messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

REDACTED = "(redacted)"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which kubectl stores the whole object, Secret values included."""

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
    """Return True for a field whose name suggests a secret value."""
    return _SECRET.search(name) is not None


def is_secret_path(steps: Steps, *, of_secret: bool = False) -> bool:
    """Return True if the value at a path of an object is secret.

    In a Secret, these are all fields except apiVersion, kind and metadata; elsewhere, fields with
    a secret's name, and those below such a name in the plural unless they name an object.
    """
    if of_secret and steps:
        return steps[0] not in _PUBLIC or LAST_APPLIED in steps
    names = [step for step in steps if isinstance(step, str)]
    if not names or names[-1] in _NAMES:
        return False
    return is_secret_name(names[-1]) or any(_SECRETS.search(name) for name in names)
