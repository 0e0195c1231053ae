"""Annotations with which an object chooses how Argo CD synchronizes it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import ARGO
from kubestrata.rules.subject import ClusterTree, Subject, Unit

HOOK = "argocd.argoproj.io/hook"
WAVE = "argocd.argoproj.io/sync-wave"
REPLACE = "Replace=true"
SERVER_SIDE = "ServerSideApply=true"
OPTIONS = "argocd.argoproj.io/sync-options"
COMPARE = "argocd.argoproj.io/compare-options"
IGNORED_HEALTH = "argocd.argoproj.io/ignore-healthcheck"
RESPECTED = "RespectIgnoreDifferences=true"
_HELM_HOOK = "helm.sh/hook"
_BEFORE = frozenset({"PreSync", "pre-install", "pre-upgrade"})


def application_of(tree: ClusterTree, subject: Subject) -> Unit | None:
    """Return the Application that applies an object, None for another one."""
    unit = tree.units.get(subject.unit) if subject.unit is not None else None
    return unit if unit is not None and unit.identity.group == ARGO else None


def sync_options(application: Unit, subject: Subject) -> Iterator[str]:
    """Yield the options of an object and of its Application."""
    policy = mapping(application.subject.spec.get("syncPolicy"))
    own = str(subject.annotations.get(OPTIONS, "")).split(",")
    return (str(each).strip() for each in chain(sequence(policy.get("syncOptions")), own))


def wave_of(subject: Subject) -> int | None:
    """Return the sync wave of an object, None for one that is not a number."""
    try:
        return int(str(subject.annotations.get(WAVE, "0")))
    except ValueError:
        return None


def is_hook(subject: Subject) -> bool:
    """Return True for a hook, also for one of Helm, which Argo CD runs too."""
    return HOOK in subject.annotations or _HELM_HOOK in subject.annotations


def runs_before_sync(subject: Subject) -> bool:
    """Return True for a hook that runs before the sync; its own hooks replace those of Helm."""
    hooks = subject.annotations.get(HOOK, subject.annotations.get(_HELM_HOOK, ""))
    return not _BEFORE.isdisjoint(each.strip() for each in str(hooks).split(","))


def is_created(tree: ClusterTree, subject: Subject) -> bool:
    """Return True if Argo CD creates an object anew instead of applying it."""
    application = application_of(tree, subject)
    if application is None:
        return False
    return is_hook(subject) or REPLACE in sync_options(application, subject)
