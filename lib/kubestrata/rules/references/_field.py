"""Fields by path: `spec.rules[].backendRefs[]`, and where in an object each value stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from kubestrata.core.json_value import is_mapping, sequence

Found = tuple[str, Any]
"""A path with its indexes (`spec.rules[0].backendRefs[1]`), and the value there."""


_STEP = re.compile(r'"([^"]+)"|([^."]+)')


@cache
def _steps(path: str) -> tuple[tuple[str, bool], ...]:
    names = (quoted or plain for quoted, plain in _STEP.findall(path))
    return tuple((each.removesuffix("[]"), each.endswith("[]")) for each in names)


def values(manifest: Mapping[str, Any], path: str) -> Iterator[Found]:
    """Every value at a path; `[]` stands for all items of a list, quotes for one key with dots."""
    return _values(manifest, _steps(path), 0, "")


def _values(
    value: object, steps: tuple[tuple[str, bool], ...], at: int, prefix: str
) -> Iterator[Found]:
    if at == len(steps):
        yield prefix, value
        return
    name, several = steps[at]
    if not is_mapping(value) or name not in value:
        return
    inner, here = value[name], f"{prefix}.{name}" if prefix else name
    if not several:
        yield from _values(inner, steps, at + 1, here)
        return
    for index, item in enumerate(sequence(inner)):
        yield from _values(item, steps, at + 1, f"{here}[{index}]")


def known(value: object) -> str:
    """A name that stands here in full; '' if it is absent or filled in later."""
    text = value if isinstance(value, str) else ""
    return "" if "${" in text or "{{" in text or "<<" in text else text


POD_SPECS = {
    ("", "Pod"): "spec",
    ("apps", "DaemonSet"): "spec.template.spec",
    ("apps", "Deployment"): "spec.template.spec",
    ("apps", "ReplicaSet"): "spec.template.spec",
    ("apps", "StatefulSet"): "spec.template.spec",
    ("batch", "CronJob"): "spec.jobTemplate.spec.template.spec",
    ("batch", "Job"): "spec.template.spec",
}
"""Where the kinds that run pods have the pod's spec."""
