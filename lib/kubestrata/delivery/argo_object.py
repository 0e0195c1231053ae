"""Objects for Argo CD: the common shape of its own, and sync options of others."""

from __future__ import annotations

from msgspec.structs import replace

from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.written import WrittenObject
from kubestrata.delivery.annotation import annotated, annotations_of
from kubestrata.rules.api_group import ARGO
from kubestrata.rules.argo_sync import COMPARE, IGNORED_HEALTH, OPTIONS, WAVE

FINALIZER = "resources-finalizer.argocd.argoproj.io"
"""Keeps an Application until its objects are deleted, and a project until it has none."""
# Deleting one of these deletes other objects or data with it.
_KEPT = {
    ("", "Namespace"),
    ("", "PersistentVolumeClaim"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
}


def argo_object(namespace: str, kind: str, name: str, wave: int, spec: Manifest) -> Manifest:
    """Return an object of `argoproj.io/v1alpha1` in a sync wave."""
    annotations = {WAVE: str(wave)}
    return {
        "apiVersion": f"{ARGO}/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, "annotations": annotations},
        "spec": spec,
    }


def kept(item: WrittenObject) -> WrittenObject:
    """Return an object as it is written: one with data or other objects in it is never deleted."""
    if (item.identity.group, item.identity.kind) not in _KEPT:
        return item
    options = str(annotations_of(item.manifest).get(OPTIONS, ""))
    known = [each for each in options.split(",") if each]
    added = [each for each in ("Prune=false", "Delete=false") if each not in known]
    both = ",".join([*known, *added])
    return replace(item, manifest=annotated(item.manifest, {OPTIONS: both}))


def settled(item: WrittenObject, *, prune: bool) -> WrittenObject:
    """Return an object that lets the rollout of an ApplicationSet continue past its Application.

    A step ends when each of its Applications is healthy and synchronized: a suspended Job never is
    the first, and what is gone from the output but not deleted would be out of sync forever.
    """
    added: dict[str, str] = {}
    kind = item.identity.group, item.identity.kind
    if not prune or kind in _KEPT:
        added[COMPARE] = "IgnoreExtraneous"
    if item.identity.group == "batch" and mapping(item.manifest.get("spec")).get("suspend") is True:
        added[IGNORED_HEALTH] = "true"
    if not added:
        return item
    return replace(item, manifest=annotated(item.manifest, added))
