"""Pods that are known by their labels only, as objects of a tree."""

from __future__ import annotations

from kubestrata.constructs.network import Pods
from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import Manifest
from kubestrata.rules.subject import Subject
from kubestrata.rules.violation import Location


def labelled_pod(pods: Pods) -> Subject:
    """Return a Pod with the labels of `pods` and no container."""
    metadata = {"name": pods.name, "namespace": pods.namespace, "labels": dict(pods.labels)}
    manifest: Manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": []},
    }
    return Subject(identity_of(manifest), manifest, Location("", 0))
