"""P55-P56: environment variables of containers."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.field import mapping_at, values
from kubestrata.rules.violation import Severity
from kubestrata.rules.workload.pod import Pod, PodProblem, pod_rule


def _twice(pod: Pod) -> Iterator[PodProblem]:
    for each in pod.containers:
        seen: set[str] = set()
        for at, variable in values(each.body, "env[]"):
            name = str(mapping(variable).get("name"))
            if name in seen:
                yield PodProblem(f"{each.path}.{at}.name", f"{name} is set twice")
            seen.add(name)


def _secrets(pod: Pod) -> Iterator[PodProblem]:
    for each in pod.containers:
        for at, variable in values(each.body, "env[]"):
            key = mapping_at(variable, "valueFrom.secretKeyRef")
            if key:
                said = f"{mapping(variable).get('name')} is a key of Secret {key.get('name')}"
                yield PodProblem(f"{each.path}.{at}.valueFrom", said, "mount it as a file")
        for at, secret in values(each.body, "envFrom[].secretRef"):
            if mapping(secret):
                said = f"every key of Secret {secret.get('name')} is a variable"
                yield PodProblem(f"{each.path}.{at}", said, "mount it as files")


RULES = (
    pod_rule(
        "P55",
        "no variable is set twice",
        "server-side apply rejects the object",
        _twice,
        severity=Severity.ERROR,
        also=("kube-linter/duplicate-env-var", "kube-score/environment-variable-key-duplication"),
        in_charts=Severity.ERROR,
    ),
    pod_rule(
        "P56",
        "secrets are mounted as files, not set as variables",
        "variables are inherited, logged and dumped",
        _secrets,
        severity=Severity.NOTE,
        profile="restricted",
        also=("kube-linter/read-secret-from-env-var",),
    ),
)
