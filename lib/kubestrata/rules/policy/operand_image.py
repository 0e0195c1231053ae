"""P92: parts of an operator's programs run images of these parts."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.knowledge import KindName
from kubestrata.rules.field import known, values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for fact in tree.knowledge.images:
        for kind in fact.of:
            for subject in tree.of_kind(*KindName.parse(kind)):
                for at in fact.at:
                    for path, value in values(subject.manifest, at):
                        image = mapping(value)
                        tag = known(image.get("tag"))
                        if tag and "${" not in tag and not tag.endswith(fact.suffix):
                            name = f"{image.get('repository', '')}:{tag}".removeprefix(":")
                            said = f"{name} is not of this part, whose tags end with {fact.suffix}"
                            yield subject.finding(f"{path}.tag", said, f"set {tag}{fact.suffix}")


RULES = (
    Rule(
        "P92",
        "a part of an operator's program runs an image of that part",
        "another program starts with flags that it does not know, and ends at once",
        _check,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
