"""P81, P82, P83: rules from a project's configuration."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity


def _of_kinds(tree: ClusterTree, kinds: Collection[str]) -> Iterator[Subject]:
    """Yield the objects of some kinds, `Bucket` or `Bucket.s3.aws.upbound.io`; of all, if none."""
    for subject in tree.subjects:
        identity = subject.identity
        if not kinds or identity.kind in kinds or f"{identity.kind}.{identity.group}" in kinds:
            yield subject


def naming_rule(kinds: Collection[str], prefix: str) -> Rule:
    """Return a rule that names of some kinds begin with a prefix."""

    def check(tree: ClusterTree) -> Iterator[Finding]:
        for subject in _of_kinds(tree, kinds):
            name = subject.identity.name
            if not name.startswith(prefix):
                said = f"{name} does not begin with {prefix}"
                yield subject.finding("metadata.name", said, f"name it {prefix}{name}")

    return Rule(
        "P81",
        f"names of {', '.join(kinds)} begin with {prefix}",
        "a search by name does not find them",
        check,
        aliases=("P-NAME",),
    )


def required_labels_rule(labels: Collection[str], kinds: Collection[str] = ()) -> Rule:
    """Return a rule that objects of some kinds, or all, have labels."""

    def check(tree: ClusterTree) -> Iterator[Finding]:
        for subject in _of_kinds(tree, kinds):
            missing = [each for each in labels if not subject.labels.get(each)]
            if missing:
                said = f"no label {', '.join(missing)}"
                yield subject.finding("metadata.labels", said)

    return Rule(
        "P82",
        f"{', '.join(kinds) or 'objects'} have the labels {', '.join(labels)}",
        "a selection by label misses the object",
        check,
        Severity.WARNING,
        also=("kube-linter/required-label-owner",),
        aliases=("P-LABEL",),
    )


def owner_rule(
    annotation: str, owners: Collection[str] = (), kinds: Collection[str] = ("Namespace",)
) -> Rule:
    """Return a rule that an annotation of some kinds is an owner, one of `owners` if any."""

    def check(tree: ClusterTree) -> Iterator[Finding]:
        for subject in _of_kinds(tree, kinds):
            owner = subject.annotations.get(annotation)
            at = "metadata.annotations"
            if not owner:
                yield subject.finding(at, f"no annotation {annotation}")
            elif owners and owner not in owners:
                fix = f"name one of {', '.join(sorted(owners)[:5])}"
                yield subject.finding(
                    at, f"{annotation} is {owner}, which is not a known owner", fix
                )

    return Rule(
        "P83",
        f"{', '.join(kinds) or 'objects'} have an owner",
        "it has no contact when it breaks",
        check,
        Severity.WARNING,
        also=("kube-linter/required-annotation-email",),
        aliases=("P-OWNER",),
    )
