"""S04: the value of a placeholder fits the type of its field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.secret_field import REDACTED, is_secret_name
from kubestrata.core.yaml_plain import plain_value
from kubestrata.rules.placeholders import substituted, uses, values_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding

_TEXT = re.compile(
    r"(^|\.)metadata\.(labels|annotations)\.[^\[]+$|\.env\[\d+\]\.value$"
    r"|matchLabels\.[^\[]+$|nodeSelector\.[^\[]+$"
)
_CONFIG = re.compile(r"(data|stringData)\.[^\[]+$")
_INT = re.compile(
    r"^spec\..*\b(replicas|minReplicas|maxReplicas|containerPort|hostPort|runAsUser|runAsGroup"
    r"|fsGroup|revisionHistoryLimit|terminationGracePeriodSeconds|backoffLimit)$|^spec\.replicas$"
)
_BOOL = re.compile(
    r"^spec\..*\b(hostNetwork|readOnlyRootFilesystem|runAsNonRoot|privileged|suspend|prune|wait"
    r"|allowPrivilegeEscalation|automountServiceAccountToken)$|^spec\.(suspend|prune|wait)$"
)


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for unit, subject in substituted(tree):
        values = values_of(tree, unit)
        config = subject.identity.kind in ("ConfigMap", "Secret")
        for use in uses(subject):
            if not use.whole or use.name not in values or "values." in use.path:
                continue
            value = values[use.name]
            message = _fault(use.path, plain_value(value), config=config)
            if message:
                hidden = use.in_secret or is_secret_name(use.name) or is_secret_name(use.path)
                said = REDACTED if hidden else value
                yield subject.finding(use.path, f"{use.shown} is {said}: {message}")


def _fault(path: str, value: object, *, config: bool) -> str:
    if _TEXT.search(path) or (config and _CONFIG.match(path)):
        if isinstance(value, str):
            return ""
        return "without quotes it is not a string, which this field requires; add text around it"
    if _INT.search(path) and (isinstance(value, bool) or not isinstance(value, int)):
        return "this field requires a whole number"
    if _BOOL.search(path) and not isinstance(value, bool):
        return "this field requires true or false"
    return ""


RULES = (
    Rule(
        "S04",
        "the value of a placeholder fits the type of its field",
        "the API server rejects the object",
        _judge,
    ),
)
