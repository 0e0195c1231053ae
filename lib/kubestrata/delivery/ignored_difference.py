"""Fields that others write at run time, which Argo CD must not reset."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kubestrata.core.errors import InvalidValue
from kubestrata.core.identity import group_of
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.core.written import WrittenObject
from kubestrata.knowledge import knowledge

_REPLICAS = ["/spec/replicas"]
_JOB, _SUSPENDED = ("batch", "Job"), ["/spec/suspend"]
_PATTERN = re.compile(r"[*+?^$|()\[\]{}\\]")


def ignored_differences(
    objects: Sequence[WrittenObject], releases: Iterable[WrittenObject], scalers: Scaled
) -> list[Manifest]:
    """Return `ignoreDifferences` of an Application.

    These are replicas, suspended Jobs that somebody resumes, injected CAs, and drift of releases.
    `releases` are the HelmReleases whose drift settings apply; `scalers` are those of the cluster.
    Raises InvalidValue for a pattern of names, which Flux has and Argo CD has not.
    """
    found = [*_of_objects(objects, scalers)]
    for release in releases:
        drift = mapping(mapping(release.manifest.get("spec")).get("driftDetection"))
        for entry in map(mapping, sequence(drift.get("ignore"))):
            target = mapping(entry.get("target"))
            made: Manifest = {
                "group": str(target.get("group") or "*"),
                "kind": str(target.get("kind") or "*"),
            }
            if _PATTERN.search(str(target.get("name") or "")):
                why = f"ignores drift of objects named {target['name']!r}, a pattern"
                fix = "name one object, or leave the name out: Argo CD compares whole names"
                raise InvalidValue(str(release.identity), why, fix, where=release.origin)
            if target.get("name"):
                made["name"] = str(target["name"])
            found.append({**made, "jsonPointers": list(sequence(entry.get("paths")))})
    return found


def _of_objects(objects: Sequence[WrittenObject], scalers: Scaled) -> Iterator[Manifest]:
    facts = knowledge()
    for item in objects:
        identity = item.identity
        head: Manifest = {"group": identity.group, "kind": identity.kind, "name": identity.name}
        if identity.namespace:
            head["namespace"] = identity.namespace
        if identity in scalers and "replicas" in mapping(item.manifest.get("spec")):
            yield {**head, "jsonPointers": list(_REPLICAS)}
        if (identity.group, identity.kind) == _JOB and _is_suspended(item):
            # Somebody resumes it.
            yield {**head, "jsonPointers": list(_SUSPENDED)}
        bundle = facts.kind(identity.group, identity.kind).ca_bundle
        annotations = mapping(mapping(item.manifest.get("metadata")).get("annotations"))
        if bundle and any(str(key).startswith(facts.ca_annotations) for key in annotations):
            yield {**head, "jqPathExpressions": [bundle]}


def _is_suspended(item: WrittenObject) -> bool:
    return mapping(item.manifest.get("spec")).get("suspend") is True


class Scaled:
    """The objects whose replicas an autoscaler of the cluster sets."""

    def __init__(self, objects: Iterable[WrittenObject]) -> None:
        scalers = knowledge().autoscalers
        self._targets: set[tuple[str, str, str, str]] = set()
        for item in objects:
            if (item.identity.group, item.identity.kind) not in scalers:
                continue
            target = mapping(mapping(item.manifest.get("spec")).get("scaleTargetRef"))
            group = group_of(str(target.get("apiVersion") or "apps/v1"))
            kind, name = str(target.get("kind") or "Deployment"), str(target.get("name"))
            self._targets.add((group, kind, item.identity.namespace, name))

    def __contains__(self, identity: object) -> bool:
        """Return True if an autoscaler sets the replicas of an object."""
        return identity in self._targets
