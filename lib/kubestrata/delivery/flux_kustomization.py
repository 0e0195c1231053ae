"""What Flux is told of one unit: its order, its times, its health."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kubestrata.core.errors import EncryptionError
from kubestrata.core.json_value import Manifest
from kubestrata.core.source import RemoteManifests
from kubestrata.core.written import RenderedObject
from kubestrata.delivery.flux_object import ROOT, flux_object
from kubestrata.delivery.unit import Unit

if TYPE_CHECKING:
    from kubestrata.delivery.flux import Flux, SubstituteFrom

_HEALTH = {
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("batch", "Job"),
    ("helm.toolkit.fluxcd.io", "HelmRelease"),
}


def root(flux: Flux, folder: str) -> Manifest:
    """The Kustomization that applies the entry folder, itself included."""
    return _kustomization(flux, ROOT, [], path=f"./{flux.path}/{folder}", source=ROOT)


def local(
    flux: Flux, unit: Unit, depends_on: Sequence[str], folder: str, *, substituted: bool
) -> Manifest:
    """The Kustomization of a folder of the output.

    Raises EncryptionError for an encrypted file in a cluster that decrypts nothing.
    """
    path = f"./{flux.path}/{folder}"
    made = _kustomization(flux, unit.name, depends_on, path=path, source=ROOT)
    spec = made["spec"]
    _reconcile(unit, spec)
    encrypted = next((file for file in unit.files if file.encrypted), None)
    if encrypted is not None:
        if flux.decryption is None:
            why = f"is encrypted, but cluster {unit.component.cluster.name} decrypts nothing"
            fix = "give its Flux a SopsDecryption"
            raise EncryptionError(str(encrypted.origin), encrypted.name, why, fix)
        spec["decryption"] = {"provider": "sops", "secretRef": {"name": flux.decryption.secret}}
    if substituted:
        spec["postBuild"] = {"substituteFrom": [_substitute(one) for one in flux.substitute_from]}
    return made


def remote(flux: Flux, unit: Unit, depends_on: Sequence[str], source: RemoteManifests) -> Manifest:
    """The Kustomization of somebody else's folder; with CRDs in it, nothing is pruned."""
    path = f"./{source.path.strip('/')}"
    made = _kustomization(flux, unit.name, depends_on, path=path, source=unit.name)
    _reconcile(unit, made["spec"])
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


def _reconcile(unit: Unit, spec: Manifest) -> None:
    """What the component asks for: times, pruning, and how its health is known."""
    spec["wait"] = True
    wish = unit.component.reconcile
    if wish is None:
        return
    times = {
        "interval": wish.interval,
        "retryInterval": wish.retry_interval,
        "timeout": wish.timeout,
    }
    spec |= {key: str(value) for key, value in times.items() if value is not None}
    spec["prune"] = wish.prune
    if not wish.wait:
        del spec["wait"]
        checks = [_health_check(item) for item in unit.objects if _reports_health(item)]
        if checks:
            spec["healthChecks"] = checks


def _reports_health(item: RenderedObject) -> bool:
    return (item.identity.group, item.identity.kind) in _HEALTH


def _health_check(item: RenderedObject) -> Manifest:
    return {
        "apiVersion": item.manifest["apiVersion"],
        "kind": item.identity.kind,
        "name": item.identity.name,
        "namespace": item.identity.namespace,
    }


def _substitute(source: SubstituteFrom) -> Manifest:
    entry: Manifest = {"kind": source.kind, "name": source.name}
    return entry | ({"optional": True} if source.optional else {})
