"""R35: images come from a registry that has a name."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from kubestrata.rules.rule import Rule
from kubestrata.rules.violation import Severity
from kubestrata.rules.workload.pod import Pod, PodProblem, pod_rule

# Registries of a node, or of a machine for tests.
_LOCAL = ("0.0.0.0", "127.0.0.1")  # noqa: S104  # compared only


def _check(pod: Pod) -> Iterator[PodProblem]:
    for each in pod.containers:
        image = each.body.get("image")
        if not isinstance(image, str) or "/" not in image:
            continue
        host = image.partition("/")[0].rpartition(":")[0] or image.partition("/")[0]
        if host not in _LOCAL and _is_address(host):
            message = f"{image} comes from the address {host}"
            yield PodProblem(f"{each.path}.image", message, "write the registry's host name")


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


RULES: tuple[Rule, ...] = (
    pod_rule(
        "R35",
        "images come from a registry that has a name",
        "its address changes when a Service or a machine is created again; pods no longer start",
        _check,
        severity=Severity.WARNING,
    ),
)
