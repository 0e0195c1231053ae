"""The base of declarations: what a team states of an application, a database, an identity.

A declaration is a value that a construct renders and that a platform API takes as the `spec` of a
claim, so its schema is generated from it. Limits are `msgspec.Meta` annotations; they are judged
when a construct renders the declaration, not when it is made.
"""

from __future__ import annotations

from kubestrata.core.struct import Struct


class Declaration(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Frozen, keywords only, camelCase on the wire; unset fields are not written."""
