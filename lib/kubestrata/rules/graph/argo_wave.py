"""G25: Argo CD waits for the Applications of a sync wave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import ARGO
from kubestrata.rules.argo_setting import HEALTH_KEY, PROGRESSIVE_KEY
from kubestrata.rules.argo_sync import wave_of
from kubestrata.rules.field import mapping_at, value_at
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

# The key of all kinds together, before each had its own.
_LEGACY = "resource.customizations"
_KIND = "argoproj.io/Application:"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    found: dict[tuple[str, Identity | None], list[Subject]] = {}
    for each in tree.of_kind(ARGO, "Application"):
        found.setdefault((each.namespace, each.unit), []).append(each)
    for (namespace, _), applications in found.items():
        late = max(applications, key=lambda one: wave_of(one) or 0)
        if len({wave_of(each) or 0 for each in applications}) > 1:
            yield from _missing(tree, late, namespace, "argocd-cm", HEALTH_KEY)
    for each in tree.of_kind(ARGO, "ApplicationSet"):
        if value_at(each.spec, "strategy.type") == "RollingSync":
            yield from _missing(tree, each, each.namespace, "argocd-cmd-params-cm", PROGRESSIVE_KEY)


def _missing(
    tree: ClusterTree, subject: Subject, namespace: str, name: str, key: str
) -> Iterator[Finding]:
    settings = tree.get("", "ConfigMap", namespace, name)
    if settings is None or _is_set(mapping_at(settings.manifest, "data"), key):
        return
    what = "a sync wave" if key == HEALTH_KEY else "a step of a rollout"
    said = f"Argo CD does not wait for {what}: ConfigMap {namespace}/{name} lacks the key {key}"
    fix = "set it to ArgoCd.HEALTH" if key == HEALTH_KEY else 'set it to "true"'
    # Waves of a written tree may only order what is created first.
    yield subject.finding("", said, fix, Severity.WARNING)


def _is_set(data: Mapping[str, Any], key: str) -> bool:
    if key == PROGRESSIVE_KEY:
        return data.get(key) == "true"
    return key in data or _KIND in str(mapping(data).get(_LEGACY, ""))


RULES = (
    Rule(
        "G25",
        "Argo CD waits for the Applications of a sync wave",
        "what depends on them starts before they are ready",
        _check,
    ),
)
