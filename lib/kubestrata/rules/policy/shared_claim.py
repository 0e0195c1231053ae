"""P94: replicas share only claims that several nodes can mount."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import sequence
from kubestrata.rules.field import mapping_at
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import pods_of

_ONE_NODE = {"ReadWriteOnce", "ReadWriteOncePod"}


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for pod in pods_of(tree):
        replicas = pod.workload.spec.get("replicas", 1)
        if pod.workload.identity.kind != "Deployment" or not isinstance(replicas, int):
            continue
        for index, volume in enumerate(sequence(pod.spec.get("volumes"))):
            used = mapping_at(volume, "persistentVolumeClaim")
            claim = tree.get(
                "", "PersistentVolumeClaim", pod.namespace, str(used.get("claimName", ""))
            )
            if claim is None or replicas < 2 or used.get("readOnly") is True:
                continue
            modes = {str(each) for each in sequence(claim.spec.get("accessModes"))}
            if modes and modes <= _ONE_NODE:
                said = f"{replicas} replicas share {claim.identity.name}, which one node can mount"
                at = f"spec.template.spec.volumes[{index}].persistentVolumeClaim"
                yield pod.workload.finding(at, said, "set replicas to 1, or use a StatefulSet")


RULES = (
    Rule(
        "P94",
        "replicas of a Deployment share no volume that only one node can mount",
        "pods on other nodes wait for the volume forever",
        _check,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
