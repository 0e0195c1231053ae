"""References to secrets in a machine configuration, resolved when a node gets it."""

from __future__ import annotations

import re

from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.text import Text


class SecretUri(Text):
    """The location of a secret in 1Password: `op://vault/item/field`, or with a section.

    `op inject` replaces it by the value. Blanks in names are not allowed, because the reference is
    not enclosed in braces; use the ID of such a vault or item.
    """

    __slots__ = ()
    PATTERN = r"op://[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){2,3}"

    @classmethod
    def _checked(cls, value: str) -> str:
        if re.fullmatch(cls.PATTERN, value):
            return value
        why = "must be op://vault/item/field, of letters, digits, '-', '_' and '.'"
        if not value.startswith("op://"):
            # It may be the secret itself, which no message shows.
            raise InvalidValue("SecretUri", f"is not a reference: {why}")
        raise cls._refuse(value, why)


class SecretVariable(Text):
    """A secret that OpenTofu's `templatefile` or `envsubst` fills in: written as `${NAME}`."""

    __slots__ = ()
    PATTERN = r"[A-Z_][A-Z0-9_]*"

    @classmethod
    def _checked(cls, value: str) -> str:
        if re.fullmatch(cls.PATTERN, value):
            return f"${{{value}}}"
        why = "must be upper-case letters, digits and '_', not beginning with a digit"
        raise InvalidValue("SecretVariable", f"is not a valid name of a variable: {why}")
