"""R32: Reloader watches Secrets and ConfigMaps that the pods read."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.link.reference_table import references
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import pods_of


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for pod in pods_of(tree):
        notes = pod.workload.annotations
        for annotation, kind in tree.knowledge.watch_annotations.items():
            for name in _listed(notes.get(annotation)):
                if (pod.workload.identity, kind, name) in tree.once(_read):
                    continue
                at = f"metadata.annotations['{annotation}']"
                message = f"watches {kind} {name}, which no container reads"
                yield pod.workload.finding(at, message, "name what the containers read")


def _listed(value: object) -> list[str]:
    # The value of a placeholder is not known here.
    if not isinstance(value, str) or "${" in value:
        return []
    return [name for each in value.split(",") if (name := each.strip())]


def _read(tree: ClusterTree) -> frozenset[tuple[Identity, str, str]]:
    """Return the workloads with the kinds and names of the objects that their pods read."""
    return frozenset(
        (use.subject.identity, use.target.kind, use.name)
        for reference in references(tree, "R06")
        for use in reference.uses(tree)
    )


RULES = (
    Rule(
        "R32",
        "Reloader watches Secrets and ConfigMaps that the pods read",
        "a change of what they do read restarts no pod",
        _check,
        Severity.WARNING,
    ),
)
