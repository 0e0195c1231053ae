"""Waivers in code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from kubestrata.core.errors import InvalidValue
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference
from kubestrata.core.resource import Resource
from kubestrata.core.waiver import Waiver


def waive(
    rule: str,
    target: Resource | Reference | Sequence[Resource | Reference],
    *,
    reason: str,
    owner: str,
    expires: str,
) -> Waiver:
    """Accept that `target` violates `rule` (`R05`) until the date `expires` (`2027-03-31`).

    An unused or expired waiver is a violation itself; that of several objects is used if one of
    them needs it. Raises InvalidValue for an invalid date, for an empty reason or owner, and for no
    object.
    """
    targets = [target] if isinstance(target, Resource | Reference) else list(target)
    if not targets:
        raise InvalidValue(f"waiver of {rule}", "is for no object", "pass at least one")
    group = f"{rule} {caller()}" if len(targets) > 1 else ""
    found = [
        replace(_checked(rule, each, reason=reason, owner=owner, expires=expires), group=group)
        for each in targets
    ]
    for each, waiver in zip(targets, found, strict=True):
        each.component.waivers.append(waiver)
    return found[0]


def waive_declared(
    rule: str, target: Resource | Reference, *, reason: str, owner: str, expires: str
) -> Waiver:
    """Accept a violation for the reason of a declared exception; raises as `waive` does.

    The waiver may be unused, where its rule is off.
    """
    found = _checked(rule, target, reason=reason, owner=owner, expires=expires)
    declared = replace(found, declared=True)
    target.component.waivers.append(declared)
    return declared


def _checked(
    rule: str, target: Resource | Reference, *, reason: str, owner: str, expires: str
) -> Waiver:
    for name, value in (("reason", reason), ("owner", owner)):
        if not value.strip():
            raise InvalidValue(f"{name} of a waiver of {rule}", "is empty", f"set {name}=")
    try:
        day = date.fromisoformat(expires)
    except ValueError:
        fix = "use YYYY-MM-DD, such as 2027-03-31"
        raise InvalidValue(f"expires={expires!r}", "not a valid date", fix) from None
    cluster = target.component.cluster.name
    return Waiver(rule, target.identity, reason, owner, day, caller(), cluster)
