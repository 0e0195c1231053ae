"""The helmfile of a bootstrap, and the files with the values of its releases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubestrata.constructs.bootstrap.planned_release import PlannedRelease
from kubestrata.core.json_value import JsonObject
from kubestrata.core.yaml_text import dump

VALUES = "values"
ONLY = "# Only at bootstrap: "
"""The beginning of a file with values that the delivery does not have."""


def helmfile(releases: Sequence[PlannedRelease]) -> str:
    """Return the helmfile: every release needs the one before it."""
    indexes = {each.repository.name: each.repository.url for each in releases if each.repository}
    whole: dict[str, object] = {}
    if indexes:
        whole["repositories"] = [{"name": name, "url": indexes[name]} for name in sorted(indexes)]
    whole["helmDefaults"] = {"createNamespace": False, "wait": True, "waitForJobs": True}
    before = ""
    listed: list[JsonObject] = []
    for each in releases:
        listed.append(_release(each, before))
        before = each.key
    whole["releases"] = listed
    return dump(whole)


def _release(release: PlannedRelease, before: str) -> JsonObject:
    made: dict[str, object] = {
        "name": release.name,
        "namespace": release.namespace,
        "chart": release.chart,
        "version": release.version,
        "labels": {"phase": release.phase},
    }
    files = [f"{VALUES}/{name}" for name, _ in values_of(release)]
    if files:
        made["values"] = files
    if before:
        made["needs"] = [before]
    if release.timeout is not None:
        made["timeout"] = release.timeout
    if not release.wait:
        made |= {"wait": False, "waitForJobs": False}
    if release.part.waits:
        made["hooks"] = [
            {
                "events": ["postsync"],
                "showlogs": True,
                "command": "kubectl",
                "args": each.arguments,
            }
            for each in release.part.waits
        ]
    return made  # type: ignore[return-value]  # values of JSON only


def values_of(release: PlannedRelease) -> Iterator[tuple[str, str]]:
    """Yield the files with the values of a release: those of the delivery, and the difference."""
    if release.values:
        yield f"{release.name}.yaml", dump(dict(release.values))
    difference = release.part.difference
    if difference is not None:
        text = f"{ONLY}{difference.reason}\n{dump(dict(difference.values))}"
        yield f"{release.name}-bootstrap.yaml", text
