"""P55-P56: environment variables of containers."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.policy.pods import Pod, PodProblem, pod_rule
from kubestrata.rules.violation import Severity


def _twice(pod: Pod) -> Iterator[PodProblem]:
    for each in pod.containers:
        seen: set[str] = set()
        for index, variable in enumerate(sequence(each.body.get("env"))):
            name = str(mapping(variable).get("name"))
            if name in seen:
                yield PodProblem(f"{each.path}.env[{index}].name", f"{name} is set twice")
            seen.add(name)


def _secrets(pod: Pod) -> Iterator[PodProblem]:
    for each in pod.containers:
        for index, variable in enumerate(sequence(each.body.get("env"))):
            source = mapping(mapping(variable).get("valueFrom"))
            key = mapping(source.get("secretKeyRef"))
            if key:
                said = f"{mapping(variable).get('name')} is a key of Secret {key.get('name')}"
                yield PodProblem(f"{each.path}.env[{index}].valueFrom", said, "mount it as a file")
        for index, source in enumerate(sequence(each.body.get("envFrom"))):
            secret = mapping(mapping(source).get("secretRef"))
            if secret:
                said = f"every key of Secret {secret.get('name')} is a variable"
                yield PodProblem(
                    f"{each.path}.envFrom[{index}].secretRef", said, "mount it as files"
                )


RULES = (
    pod_rule(
        "P55",
        "no variable is set twice",
        "server-side apply rejects the object",
        _twice,
        severity=Severity.ERROR,
        also=("kube-linter/duplicate-env-var", "kube-score/environment-variable-key-duplication"),
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
