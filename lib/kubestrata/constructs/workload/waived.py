"""Waivers of the exceptions that pods declare."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.constructs.workload.exception import Justification
from kubestrata.constructs.workload.pod_plan import PodPlan
from kubestrata.constructs.workload.volume import NodeFolder
from kubestrata.core.resource import Resource
from kubestrata.core.waive import waive_declared

_HOST_PATHS, _WRITABLE_PATHS, _HOST_PORTS = ("P15", "P16", "P17"), ("P18",), ("P14",)


def waive_exceptions(resource: Resource, plan: PodPlan) -> None:
    """Register one waiver for each rule that the exceptions of `resource` violate.

    Exceptions of one rule become one waiver, which holds until the earliest of their dates.
    """
    found: dict[str, list[Justification]] = {}
    for rules, why in _exceptions(plan):
        for rule in rules:
            found.setdefault(rule, []).append(why)
    for rule, reasons in found.items():
        waive_declared(
            rule,
            resource,
            reason="; ".join(dict.fromkeys(each.reason for each in reasons)),
            owner=", ".join(dict.fromkeys(each.owner for each in reasons)),
            expires=min(each.expires for each in reasons),
        )


def _exceptions(plan: PodPlan) -> Iterator[tuple[tuple[str, ...], Justification]]:
    for container in plan.containers.values():
        for exception in container.exceptions:
            yield exception.rules, exception.why
        for port in container.all_ports.values():
            if port.node is not None:
                yield _HOST_PORTS, port.node
    for one in plan.settings.security.exceptions:
        yield one.rules, one.why
    for volume in plan.settings.volumes.values():
        if isinstance(volume, NodeFolder):
            yield _HOST_PATHS, volume.why
            if volume.writable:
                yield _WRITABLE_PATHS, volume.why
