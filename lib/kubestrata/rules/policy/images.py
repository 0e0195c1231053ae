"""P26-P28: tags, digests and pull policies of images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubestrata.rules.violation import Severity
from kubestrata.rules.workload.pod import Pod, PodProblem, pod_rule


class _Image(NamedTuple):
    text: str
    tag: str
    digest: str

    @property
    def floats(self) -> bool:
        return not self.digest and self.tag in ("", "latest")


def _image(text: str) -> _Image:
    name, _, digest = text.partition("@")
    # a colon before the last slash belongs to a port
    return _Image(text, name.rpartition("/")[2].partition(":")[2], digest)


def _images(pod: Pod) -> Iterator[tuple[str, _Image, object]]:
    for each in pod.containers:
        text = each.body.get("image")
        # the value of a placeholder is not known here
        if isinstance(text, str) and text and "${" not in text:
            yield each.path, _image(text), each.body.get("imagePullPolicy")


def _floating(pod: Pod) -> Iterator[PodProblem]:
    for path, image, _ in _images(pod):
        if image.floats:
            said = (
                f"{image.text} has no tag"
                if not image.tag
                else f"{image.text} has a tag that may move"
            )
            yield PodProblem(f"{path}.image", said, "set a version")


def _without_digest(pod: Pod) -> Iterator[PodProblem]:
    for path, image, _ in _images(pod):
        if not image.digest and not image.floats:
            yield PodProblem(f"{path}.image", f"{image.text} has no digest", "add @sha256:...")


def _pull_policy(pod: Pod) -> Iterator[PodProblem]:
    for path, image, policy in _images(pod):
        at = f"{path}.imagePullPolicy"
        if policy == "Never":
            yield PodProblem(at, f"{image.text} is never pulled", "remove it")
        elif policy == "IfNotPresent" and image.floats:
            yield PodProblem(
                at,
                f"{image.text} has a tag that may move, and is pulled once per node",
                "remove it",
            )


RULES = (
    pod_rule(
        "P26",
        "images have a tag other than latest, or a digest",
        "the image depends on the day and on the node, and a rollback is impossible",
        _floating,
        severity=Severity.ERROR,
        also=(
            "kube-linter/latest-tag",
            "polaris/tagNotSpecified",
            "kube-score/container-image-tag",
        ),
    ),
    pod_rule(
        "P27",
        "images have a digest",
        "a tag can be moved to another image",
        _without_digest,
        severity=Severity.NOTE,
        profile="restricted",
    ),
    pod_rule(
        "P28",
        "an image with a tag that may move is always pulled",
        "nodes run different images of the same name",
        _pull_policy,
        severity=Severity.WARNING,
        also=("polaris/pullPolicyNotAlways", "kube-score/container-image-pull-policy"),
    ),
)
