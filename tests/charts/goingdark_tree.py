"""The delivered tree of goingdark, for its tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from charts.clusters.goingdark.cluster import goingdark
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


def applications() -> dict[str, Manifest]:
    """Return the Applications that the ApplicationSets make, by name."""
    made = [each.applied_by.manifest for each in delivered().units]
    return {each["metadata"]["name"]: each for each in made if each}


def values(application: str) -> Manifest:
    """Return the values of the chart of an Application."""
    spec = applications()[application]["spec"]
    sources: list[Manifest] = [*spec.get("sources", ()), spec.get("source", {})]
    (chart,) = (each for each in sources if "chart" in each)
    made: Manifest = chart["helm"]["valuesObject"]
    return made


def wave(application: str) -> tuple[int, int]:
    """Return the sync wave of the ApplicationSet of an Application, and its step there."""
    made = applications()[application]
    rollout = entry("ApplicationSet")[made["spec"]["project"]]
    steps = rollout["spec"]["strategy"]["rollingSync"]["steps"]
    (step,) = (
        number
        for number, each in enumerate(steps)
        for known in each["matchExpressions"]
        if made["metadata"]["labels"][known["key"]] in known["values"]
    )
    return int(rollout["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]), step
