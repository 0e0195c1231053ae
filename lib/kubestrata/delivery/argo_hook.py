"""Objects of hooks that run before a sync: Argo CD must create them before, too."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import mapping
from kubestrata.core.written import WrittenObject
from kubestrata.delivery.annotation import annotated, annotations_of
from kubestrata.knowledge import knowledge
from kubestrata.rules.argo_sync import HOOK, WAVE
from kubestrata.rules.field import mapping_at

_BEFORE = "PreSync"
_JOB = ("batch", "Job")


def with_hooks(objects: Sequence[WrittenObject]) -> list[WrittenObject]:
    """Return objects, in which those of a construct whose Job runs before the sync do so too.

    They come a wave before the Job: its ServiceAccount, its configuration, policies for its pods.
    Raises InvalidValue for a Job whose namespace is among the objects.
    """
    jobs = [each for each in objects if _is_hook(each)]
    for job in jobs:
        _require_namespace(job, objects)
    early = {
        each.identity
        for each in objects
        for job in jobs
        if HOOK not in annotations_of(each.manifest)
        and (_is_part(each, job) or _selects(each, job))
    }
    return [_before(each) if each.identity in early else each for each in objects]


def _require_namespace(job: WrittenObject, objects: Sequence[WrittenObject]) -> None:
    home = job.identity.namespace
    if any((one.identity.kind, one.identity.name) == ("Namespace", home) for one in objects):
        why = f"runs before the sync that creates its namespace {home}"
        fix = "declare the namespace in another component, and pass its home_namespace"
        raise InvalidValue(str(job.identity), why, fix, where=job.origin)


def _is_hook(item: WrittenObject) -> bool:
    is_job = (item.identity.group, item.identity.kind) == _JOB
    return is_job and annotations_of(item.manifest).get(HOOK) == _BEFORE


def _is_part(item: WrittenObject, job: WrittenObject) -> bool:
    """Return True for an object of the construct that a Job belongs to."""
    return item.origin.path.startswith(job.origin.path.rpartition("/")[0] + "/")


def _selects(item: WrittenObject, job: WrittenObject) -> bool:
    """Return True for a network policy of a Job's pods alone."""
    path = knowledge().kind(item.identity.group, item.identity.kind).pod_selector
    wanted = mapping_at(item.manifest, f"{path}.matchLabels") if path else {}
    labels = mapping(mapping_at(job.manifest, "spec.template.metadata").get("labels"))
    return bool(wanted) and all(labels.get(key) == each for key, each in wanted.items())


def _before(item: WrittenObject) -> WrittenObject:
    added = {HOOK: _BEFORE, f"{HOOK}-delete-policy": "BeforeHookCreation", WAVE: "-1"}
    return replace(item, manifest=annotated(item.manifest, added))
