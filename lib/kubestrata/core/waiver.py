"""Waivers: exceptions from rules with a reason, an owner and an expiry date."""

from __future__ import annotations

from datetime import date

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.origin import Origin

WAIVER_FILE = ".kubestrata-waivers.yaml"
"""The waivers of a plain tree, which has no code."""


class Waiver(Frozen):
    """An exception from one rule for one object of one cluster ('' for any), until a date.

    Waivers of one `group` are needed while one of them is: one call may select many objects.
    One that is `declared` by a construct may be unused: its rule may be off, or accept the object.
    """

    rule: str
    object: Identity
    reason: str
    owner: str
    expires: date
    origin: Origin
    cluster: str = ""
    group: str = ""
    declared: bool = False
