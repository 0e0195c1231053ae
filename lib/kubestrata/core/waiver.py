"""Waivers in code: exceptions from rules with a reason, an owner and an expiry date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kubestrata.core.errors import InvalidValue
from kubestrata.core.identity import Identity
from kubestrata.core.origin import Origin, caller

if TYPE_CHECKING:
    from kubestrata.core.reference import Reference
    from kubestrata.core.resource import Resource

WAIVER_FILE = ".kubestrata-waivers.yaml"
"""The waivers of a plain tree, which has no code."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception from one rule for one object of one cluster ('' for any), until a date."""

    rule: str
    object: Identity
    reason: str
    owner: str
    expires: date
    origin: Origin
    cluster: str = ""


def waive(
    rule: str, target: Resource | Reference, *, reason: str, owner: str, expires: str
) -> Waiver:
    """Accept that `target` violates `rule` (`R05`) until the date `expires` (`2027-03-31`).

    An unused or expired waiver is a violation itself. Raises InvalidValue for an invalid date, and
    for an empty reason or owner.
    """
    for name, value in (("reason", reason), ("owner", owner)):
        if not value.strip():
            raise InvalidValue(f"{name} of a waiver of {rule}", "is empty", f"set {name}=")
    try:
        day = date.fromisoformat(expires)
    except ValueError:
        fix = "use YYYY-MM-DD, such as 2027-03-31"
        raise InvalidValue(f"expires={expires!r}", "not a valid date", fix) from None
    component = target.component
    found = Waiver(rule, target.identity, reason, owner, day, caller(), component.cluster.name)
    component.waivers.append(found)
    return found
