"""R32: Reloader watches Secrets and ConfigMaps that the pods read."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, pods_of

# Source: Reloader, annotations of workloads and of their pods.
_WATCHED = {
    "secret.reloader.stakater.com/reload": "Secret",
    "configmap.reloader.stakater.com/reload": "ConfigMap",
}
_NAMES = {
    "Secret": (
        "containers[].env[].valueFrom.secretKeyRef.name",
        "containers[].envFrom[].secretRef.name",
        "initContainers[].env[].valueFrom.secretKeyRef.name",
        "initContainers[].envFrom[].secretRef.name",
        "volumes[].projected.sources[].secret.name",
        "volumes[].secret.secretName",
    ),
    "ConfigMap": (
        "containers[].env[].valueFrom.configMapKeyRef.name",
        "containers[].envFrom[].configMapRef.name",
        "initContainers[].env[].valueFrom.configMapKeyRef.name",
        "initContainers[].envFrom[].configMapRef.name",
        "volumes[].configMap.name",
        "volumes[].projected.sources[].configMap.name",
    ),
}


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for pod in pods_of(tree):
        notes = mapping(mapping(pod.workload.manifest.get("metadata")).get("annotations"))
        for annotation, kind in _WATCHED.items():
            unread = [
                name for name in _listed(notes.get(annotation)) if name not in _read(pod, kind)
            ]
            for name in unread:
                at = f"metadata.annotations['{annotation}']"
                message = f"watches {kind} {name}, which no container reads"
                yield pod.workload.finding(at, message, "name what the containers read")


def _listed(value: object) -> list[str]:
    # The value of a placeholder is not known here.
    if not isinstance(value, str) or "${" in value:
        return []
    return [name for each in value.split(",") if (name := each.strip())]


def _read(pod: Pod, kind: str) -> set[str]:
    """Return the names of the objects that the containers read."""
    found = {str(name) for path in _NAMES[kind] for _, name in values(pod.spec, path)}
    if kind == "Secret":
        pulled = sequence(pod.spec.get("imagePullSecrets"))
        found |= {str(mapping(each).get("name")) for each in pulled}
    return found


RULES = (
    Rule(
        "R32",
        "Reloader watches Secrets and ConfigMaps that the pods read",
        "a change of what they do read restarts no pod",
        _judge,
        Severity.WARNING,
    ),
)
