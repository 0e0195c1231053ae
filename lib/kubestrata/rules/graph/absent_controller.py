"""G26: custom resources have a controller that runs."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.link.unfollowed import is_whole
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import pods_of


def _check(tree: ClusterTree) -> Iterator[Finding]:
    # A chart that was not rendered may run it.
    if not is_whole(tree) or tree.hidden_releases:
        return
    first: dict[str, Subject] = {}
    for subject in tree.subjects:
        first.setdefault(subject.identity.group, subject)
    images = [
        str(container.body.get("image", ""))
        for pod in pods_of(tree)
        for container in pod.containers
    ]
    for group, subject in sorted(first.items()):
        controllers = tree.knowledge.group(group).controllers
        if controllers and not any(_is_one(each, controllers) for each in images):
            said = f"no pod runs the controller of {group} ({', '.join(controllers)})"
            yield subject.finding("", said, "install it, or enable it in its chart's values")


def _is_one(image: str, controllers: tuple[str, ...]) -> bool:
    name = image.partition("@")[0].rpartition(":")[0] or image
    return any(f"/{name}".endswith(f"/{each}") for each in controllers)


RULES = (
    Rule(
        "G26",
        "a pod runs the controller of each custom resource",
        "nothing happens to the object, and Flux waits for its status",
        _check,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
