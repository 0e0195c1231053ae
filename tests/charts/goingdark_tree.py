"""The delivered tree of goingdark, for its tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from charts.clusters.goingdark import goingdark
from kubestrata import Platform
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import DeliveredCluster

Manifest = dict[str, Any]


@cache
def delivered() -> DeliveredCluster:
    """Return the tree, built once."""
    return deliver(goingdark(Platform()))


def entry(kind: str) -> dict[str, Manifest]:
    """Return the objects of a kind that the root applies, by name."""
    found = [each.manifest for each in delivered().entry if each.manifest]
    return {each["metadata"]["name"]: each for each in found if each["kind"] == kind}


def applied() -> list[tuple[str, Manifest]]:
    """Return every object, with the name of its Application."""
    return [
        (unit.applied_by.manifest["metadata"]["name"], file.manifest)
        for unit in delivered().units
        for file in unit.files or ()
        if unit.applied_by.manifest and file.manifest
    ]


def objects(kind: str) -> dict[str, Manifest]:
    """Return the objects of a kind, as `namespace/name`, or their name if they have none."""
    found: dict[str, Manifest] = {}
    for _, manifest in applied():
        if manifest["kind"] == kind:
            metadata = manifest["metadata"]
            name = "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
            assert name not in found
            found[name] = manifest
    return found


def values(application: str) -> Manifest:
    """Return the values of the chart of an Application."""
    spec = entry("Application")[application]["spec"]
    sources: list[Manifest] = [*spec.get("sources", ()), spec.get("source", {})]
    (chart,) = (each for each in sources if "chart" in each)
    made: Manifest = chart["helm"]["valuesObject"]
    return made


def wave(application: str) -> int:
    """Return the sync wave of an Application."""
    annotations = entry("Application")[application]["metadata"]["annotations"]
    return int(annotations["argocd.argoproj.io/sync-wave"])
