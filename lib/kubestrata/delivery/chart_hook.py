"""Hooks of rendered charts that Helm runs before an installation or an upgrade.

Argo CD would run them before the sync, and so before the namespace, the Secrets and the policies of
their component, without which they never finish. They become waves of the sync instead: first what
they need, then the hooks by their weight, then everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from kubestrata.core.written import WrittenObject
from kubestrata.delivery.annotation import annotated, annotations_of
from kubestrata.knowledge import knowledge
from kubestrata.rules.argo_sync import HOOK, WAVE

HELM_HOOK = "helm.sh/hook"
_WEIGHT = "helm.sh/hook-weight"
_PHASES = {
    "pre-install": "Sync",
    "pre-upgrade": "Sync",
    "post-install": "PostSync",
    "post-upgrade": "PostSync",
}


def after_needed(objects: Sequence[WrittenObject]) -> list[WrittenObject]:
    """Return the objects of a unit, in which hooks come after what they need."""
    weights = sorted({_weight(each) for each in objects if _is_early(each)})
    if not weights:
        return list(objects)
    waves = {weight: at - len(weights) for at, weight in enumerate(weights)}
    return [_placed(each, waves) for each in objects]


def _placed(item: WrittenObject, waves: Mapping[int, int]) -> WrittenObject:
    notes = _annotations(item)
    if _is_early(item):
        phases = dict.fromkeys(_PHASES[each] for each in _events(item) if each in _PHASES)
        added = {HOOK: ",".join(phases), WAVE: str(waves[_weight(item)])}
    elif not {HOOK, WAVE, HELM_HOOK} & set(notes) and _is_needed(item):
        added = {WAVE: str(-len(waves) - 1)}
    else:
        return item
    return replace(item, manifest=annotated(item.manifest, {**notes, **added}))


def _is_needed(item: WrittenObject) -> bool:
    return knowledge().kind(item.identity.group, item.identity.kind).before_pods


def _is_early(item: WrittenObject) -> bool:
    """Return True for a hook before an installation or an upgrade that has no hook of Argo CD."""
    events = _events(item)
    return HOOK not in _annotations(item) and any(_PHASES.get(one) == "Sync" for one in events)


def _events(item: WrittenObject) -> list[str]:
    return [each.strip() for each in _annotations(item).get(HELM_HOOK, "").split(",")]


def _weight(item: WrittenObject) -> int:
    notes = _annotations(item)
    try:
        return int(notes.get(WAVE) or notes.get(_WEIGHT) or 0)
    except ValueError:
        return 0


def _annotations(item: WrittenObject) -> dict[str, str]:
    return {key: str(each) for key, each in annotations_of(item.manifest).items()}
