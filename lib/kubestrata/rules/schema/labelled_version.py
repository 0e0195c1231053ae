"""V18: a program runs the version that its labels name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import pods_of

_NAME, _VERSION = "app.kubernetes.io/name", "app.kubernetes.io/version"
_MINOR = re.compile(r"v?(\d+)\.(\d+)(?:[.+-].*)?\Z")
_IMAGE = re.compile(r"(?:.*/)?(?P<name>[^/:@]+):(?P<tag>[^:@]+)(?:@.*)?\Z")

_FIRST_YEAR = 2000


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for pod in pods_of(tree):
        labels = pod.workload.labels
        name, labelled = str(labels.get(_NAME, "")), _MINOR.match(str(labels.get(_VERSION, "")))
        if not name or labelled is None:
            continue
        for container in pod.containers:
            image = _IMAGE.match(str(container.body.get("image", "")))
            found = _MINOR.match(image["tag"]) if image is not None else None
            if image is None or found is None or not f"{name}-".startswith(f"{image['name']}-"):
                continue
            own, other = ((int(each[1]), int(each[2])) for each in (found, labelled))
            if own > other and _is_year(own[0]) == _is_year(other[0]):
                said = f"{image['name']} is {image['tag']}, its labels are for {labels[_VERSION]}"
                at = f"{container.path}.image"
                yield pod.workload.finding(at, said, "use that version, or newer manifests")


def _is_year(major: int) -> bool:
    """Return True if a version is a date, which has no order with other versions."""
    return major >= _FIRST_YEAR


RULES = (
    Rule(
        "V18",
        "a program is not newer than its manifests",
        "the tag may be that of another program, and flags and permissions may be missing",
        _check,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
