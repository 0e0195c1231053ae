"""G07, G08, G13: files, lists of files, and patches in them."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding


def _listed(tree: ClusterTree) -> Iterator[Finding]:
    for each in tree.listed:
        if each.problem == "missing":
            message = f"there is no {each.entry}"
        elif each.problem == "repeated":
            message = f"lists {each.entry} twice"
        else:
            continue
        yield Finding(each.by, each.place, each.path, message, f"remove {each.entry} from the list")
    first: dict[Identity, Subject] = {}
    for subject in tree.subjects:
        other = first.setdefault(subject.identity, subject)
        if other is not subject:
            yield subject.finding("", _twice(subject, other), "keep one of the two")


def _twice(subject: Subject, other: Subject) -> str:
    if subject.unit == other.unit or subject.unit is None or other.unit is None:
        return f"is also declared at {other.place}"
    return f"{subject.unit.name} applies it, and so does {other.unit.name} ({other.place})"


def _orphans(tree: ClusterTree) -> Iterator[Finding]:
    for place in tree.orphans:
        folder, _, name = place.file.rpartition("/")
        message = "no Kustomization applies it"
        fix = f"list {name} in {folder or '.'}/kustomization.yaml, or remove it"
        yield Finding(Identity("", "File", "", place.file), place, "", message, fix)


def _unmatched(tree: ClusterTree) -> Iterator[Finding]:
    for each in tree.listed:
        if each.problem == "unmatched":
            message = f"the patch matches no object with {each.entry}"
            yield Finding(
                each.by, each.place, each.path, message, "correct the target, or remove it"
            )


RULES = (
    Rule(
        "G07",
        "every file is reachable from the sync root",
        "it is not applied to any cluster",
        _orphans,
    ),
    Rule(
        "G08",
        "lists name files that exist, once, and every object is declared once",
        "the Kustomization cannot be built, or two Kustomizations overwrite each other",
        _listed,
    ),
    Rule(
        "G13",
        "a patch matches an object",
        "the patch has no effect",
        _unmatched,
    ),
)
