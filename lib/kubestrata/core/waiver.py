"""Exceptions from rules, in code: what is waived, why, who answers for it, and until when."""

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
    """One rule does not hold for one object of one cluster ('' for any), until a day."""

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
    """Accept that `target` breaks `rule` (`R05`) until the day `expires` (`2027-03-31`).

    A waiver that nothing needs, and one that has expired, are violations themselves. Raises
    InvalidValue for what is no day, and for an empty reason or owner.
    """
    for name, value in (("reason", reason), ("owner", owner)):
        if not value.strip():
            raise InvalidValue(f"{name} of a waiver of {rule}", "is empty", "say it")
    try:
        day = date.fromisoformat(expires)
    except ValueError:
        fix = "write it as 2027-03-31"
        raise InvalidValue(f"expires={expires!r}", "is no day", fix) from None
    component = target.component
    found = Waiver(rule, target.identity, reason, owner, day, caller(), component.cluster.name)
    component.waivers.append(found)
    return found
