"""Flux Kustomizations: dependencies, intervals and health checks of a unit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from kubestrata.core.errors import EncryptionError
from kubestrata.core.json_value import Manifest
from kubestrata.core.reconcile import HealthCheck, Reconcile
from kubestrata.core.source import RemoteManifests
from kubestrata.core.written import WrittenObject
from kubestrata.delivery.flux_object import ROOT, flux_object
from kubestrata.delivery.health import Readiness, expression
from kubestrata.delivery.unit import DeliveryUnit
from kubestrata.rules.api_group import HELM

if TYPE_CHECKING:
    from kubestrata.delivery.flux import Flux, SubstituteFrom

_RELEASE = "HelmRelease"
_HEALTH = {
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("batch", "Job"),
    (HELM, _RELEASE),
}


def root(flux: Flux, folder: str) -> Manifest:
    """Return the Kustomization that applies the entry folder, itself included."""
    return _kustomization(flux, ROOT, [], path=f"./{flux.path}/{folder}", source=ROOT)


def local(
    flux: Flux,
    unit: DeliveryUnit,
    depends_on: Sequence[str],
    folder: str,
    *,
    placeholders: frozenset[str],
    health: Readiness,
) -> Manifest:
    """Return the Kustomization of a folder of the output, whose objects use `placeholders`.

    Raises EncryptionError for an encrypted file if the cluster has no decryption.
    """
    path = f"./{flux.path}/{folder}"
    made = _kustomization(flux, unit.name, depends_on, path=path, source=ROOT)
    spec = made["spec"]
    _reconcile(unit, spec, health)
    encrypted = next((file for file in unit.files if file.encrypted), None)
    if encrypted is not None:
        if flux.decryption is None:
            why = f"is encrypted, but cluster {unit.component.cluster.name} has no decryption"
            fix = "set decryption=SopsDecryption() in its Flux"
            raise EncryptionError(encrypted.name, why, fix, where=encrypted.origin)
        spec["decryption"] = {"provider": "sops", "secretRef": {"name": flux.decryption.secret}}
    sources = [one for one in flux.substitute_from if not placeholders.isdisjoint(one.names)]
    if sources:
        spec["postBuild"] = {"substituteFrom": [_substitute(one) for one in sources]}
    return made


def remote(
    flux: Flux, unit: DeliveryUnit, depends_on: Sequence[str], source: RemoteManifests
) -> Manifest:
    """Return the Kustomization of a folder in another repository; one with CRDs is not pruned."""
    path = f"./{source.path.strip('/')}"
    made = _kustomization(flux, unit.name, depends_on, path=path, source=unit.name)
    _reconcile(unit, made["spec"], Readiness())
    made["spec"]["interval"] = str(source.interval)
    if source.groups:
        made["spec"]["prune"] = False
    return made


def _kustomization(
    flux: Flux, name: str, depends_on: Sequence[str], *, path: str, source: str
) -> Manifest:
    spec: Manifest = {}
    if depends_on:
        spec["dependsOn"] = [{"name": other} for other in depends_on]
    spec |= {
        "interval": str(flux.interval),
        "retryInterval": str(flux.retry_interval),
        "timeout": str(flux.timeout),
        "path": path,
        "prune": True,
        "sourceRef": {"kind": "GitRepository", "name": source},
    }
    return flux_object(flux.namespace, "kustomize", "Kustomization", name, spec)


def _reconcile(unit: DeliveryUnit, spec: Manifest, health: Readiness) -> None:
    """Add the component's settings: intervals, timeout, pruning and health checks."""
    spec["wait"] = True
    wish = unit.component.reconcile or Reconcile()
    times = {
        "interval": wish.interval,
        "retryInterval": wish.retry_interval,
        "timeout": wish.timeout,
    }
    spec |= {key: str(value) for key, value in times.items() if value is not None}
    spec["prune"] = wish.prune
    expressions = health.of(unit)
    # The objects of a chart exist with its release.
    made = wish.checks if any(one.identity.kind == _RELEASE for one in unit.objects) else ()
    if made or not wish.wait:
        # Flux ignores health checks beside `wait`.
        del spec["wait"]
        covered = {(one["apiVersion"], one["kind"]) for one in expressions}
        checks = [_health_check(item) for item in unit.objects if _reports_health(item, covered)]
        checks += [_made_check(each) for each in made]
        if checks:
            spec["healthChecks"] = checks
    expressions += [expression(each.readiness) for each in made]
    if expressions:
        spec["healthCheckExprs"] = expressions


def _reports_health(item: WrittenObject, covered: Collection[tuple[str, str]]) -> bool:
    """Return True if Flux can check the kind by itself, or by a health expression."""
    known = (item.identity.group, item.identity.kind) in _HEALTH
    return known or (item.manifest["apiVersion"], item.identity.kind) in covered


def _health_check(item: WrittenObject) -> Manifest:
    return {
        "apiVersion": item.manifest["apiVersion"],
        "kind": item.identity.kind,
        "name": item.identity.name,
        "namespace": item.identity.namespace,
    }


def _made_check(check: HealthCheck) -> Manifest:
    return {
        "apiVersion": check.readiness.api_version,
        "kind": check.readiness.kind,
        "name": check.name,
        "namespace": check.namespace,
    }


def _substitute(source: SubstituteFrom) -> Manifest:
    entry: Manifest = {"kind": source.kind, "name": source.name}
    return entry | ({"optional": True} if source.optional else {})
