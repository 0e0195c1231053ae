"""Fixes for names that name nothing: what the author probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubestrata.core.alike import alike
from kubestrata.rules.subject import Subject, pod_labels

_MOST = 5


def closest(name: str, candidates: Iterable[str]) -> list[str]:
    """The names that are like one; if none is, all of a few."""
    known = sorted(set(candidates))
    return alike(name, known, count=3) or (known if len(known) <= _MOST else [])


def near(name: str, candidates: Iterable[str], verb: str = "name") -> str:
    """`name web`, `name one of web, api`; '' if nothing comes near."""
    found = closest(name, candidates)
    return f"{verb} {'one of ' if len(found) > 1 else ''}{', '.join(found)}" if found else ""


def near_label(selector: Mapping[str, Any], workloads: Iterable[Subject]) -> str:
    """The label of pods that a selector probably means."""
    labels = [pod_labels(each) for each in workloads]
    for key, value in sorted(selector.items()):
        has = {str(each[key]) for each in labels if key in each}
        if has and str(value) not in has:
            found = [f"{key}={each}" for each in closest(str(value), has)]
            return f"select {' or '.join(found)}" if found else ""
    return ""
