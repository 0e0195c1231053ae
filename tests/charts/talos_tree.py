"""The delivered tree of talos, for its tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from charts.clusters.talos.cluster import talos
from kubestrata import Platform
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import DeliveredCluster

Manifest = dict[str, Any]


@cache
def delivered() -> DeliveredCluster:
    """Return the tree, built once."""
    return deliver(talos(Platform()))


def entry(kind: str) -> dict[str, Manifest]:
    """Return the objects of a kind that the root applies, by name."""
    found = [each.manifest for each in delivered().entry if each.manifest]
    return {each["metadata"]["name"]: each for each in found if each["kind"] == kind}


@cache
def applied() -> dict[tuple[str, str, str], Manifest]:
    """Return every object of a component by kind, namespace and name."""
    found: dict[tuple[str, str, str], Manifest] = {}
    for unit in delivered().units:
        for file in unit.files or ():
            if file.manifest:
                meta = file.manifest["metadata"]
                key = (file.manifest["kind"], meta.get("namespace", ""), meta["name"])
                found[key] = file.manifest
    return found


def before(name: str) -> set[str]:
    """Return the Kustomizations that one waits for, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for each in delivered().depends_on[waiting.pop()]:
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found
