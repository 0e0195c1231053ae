"""Applications of Argo CD: sources, destination and sync policy of a unit."""

from __future__ import annotations

from collections.abc import Sequence

from kubestrata.core.json_value import Manifest
from kubestrata.core.source import RemoteManifests
from kubestrata.delivery.argo_cd import ArgoCd
from kubestrata.delivery.argo_object import FINALIZER, argo_object
from kubestrata.delivery.unit import DeliveryUnit

# Source: Argo CD, sync options. Fields of other writers stay, what is unchanged is not applied
# again, and what is gone is deleted after everything else is in place.
_OPTIONS = (
    "ServerSideApply=true",
    "ApplyOutOfSyncOnly=true",
    "PruneLast=true",
    "RespectIgnoreDifferences=true",
)


def root(argo: ArgoCd, name: str, folder: str, project: str) -> Manifest:
    """Return the Application that applies the entry folder, itself included."""
    spec = _spec(argo, project, [folder_source(argo, folder)], argo.namespace, prune=True)
    spec["destination"] = {"server": ArgoCd.OWN_SERVER, "namespace": argo.namespace}
    return argo_object(argo.namespace, "Application", name, 0, spec)


def local(
    argo: ArgoCd,
    unit: DeliveryUnit,
    *,
    wave: int,
    project: str,
    sources: Sequence[Manifest],
    namespace: str,
    ignored: Sequence[Manifest],
) -> Manifest:
    """Return the Application of a unit, from the output and from charts."""
    prune = is_pruned(unit)
    spec = _spec(argo, project, sources, namespace, prune=prune)
    if ignored:
        spec["ignoreDifferences"] = list(ignored)
    return _application(argo, unit, wave, spec, prune=prune)


def is_pruned(unit: DeliveryUnit) -> bool:
    """Return True if what a unit no longer has is deleted."""
    return unit.component.reconcile is None or unit.component.reconcile.prune


def remote(
    argo: ArgoCd, unit: DeliveryUnit, *, wave: int, project: str, source: RemoteManifests
) -> Manifest:
    """Return the Application of a folder in another repository; one with CRDs is not pruned."""
    revision = next(iter(source.revision.values()))
    one: Manifest = {
        "repoURL": source.url,
        "path": source.path.strip("/"),
        "targetRevision": revision,
    }
    if source.files:
        one["directory"] = {"include": f"{{{','.join(source.files)}}}"}
    spec = _spec(argo, project, [one], argo.namespace, prune=not source.groups)
    return _application(argo, unit, wave, spec, prune=not source.groups)


def folder_source(argo: ArgoCd, folder: str) -> Manifest:
    """Return the source of a folder of the output."""
    return {
        "repoURL": argo.repository.url,
        "path": f"{argo.path}/{folder}",
        "targetRevision": argo.repository.branch,
    }


def _application(
    argo: ArgoCd, unit: DeliveryUnit, wave: int, spec: Manifest, *, prune: bool
) -> Manifest:
    made = argo_object(argo.namespace, "Application", argo.prefix + unit.name, wave, spec)
    if prune:
        # With its component, an Application deletes what it applied.
        made["metadata"]["finalizers"] = [FINALIZER]
    return made


def _spec(
    argo: ArgoCd, project: str, sources: Sequence[Manifest], namespace: str, *, prune: bool
) -> Manifest:
    destination = {"server": argo.server, "namespace": namespace}
    one_source = {"source": sources[0]} if len(sources) == 1 else {"sources": list(sources)}
    backoff = {
        "duration": str(argo.retry.delay),
        "factor": 2,
        "maxDuration": str(argo.retry.longest_delay),
    }
    return {
        "project": project,
        **one_source,
        "destination": destination,
        "syncPolicy": {
            "automated": {"prune": prune, "selfHeal": argo.self_heal},
            "syncOptions": list(_OPTIONS),
            "retry": {"limit": argo.retry.limit, "backoff": backoff},
        },
    }
