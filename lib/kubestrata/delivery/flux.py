"""Flux: one Kustomization a unit, one source object a repository, all in the entry folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import DuplicateObject, EncryptionError, KubestrataError
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.source import ChartRepository, GitRepository, RemoteManifests
from kubestrata.core.value import Duration
from kubestrata.core.written import Located, RenderedObject
from kubestrata.core.yaml_text import dump
from kubestrata.delivery import layout
from kubestrata.delivery.graph import Graph
from kubestrata.delivery.substitution import settle
from kubestrata.delivery.unit import Unit, Units, units_of

ENTRY = "flux"
ROOT = "flux-system"
_PRUNE = "kustomize.toolkit.fluxcd.io/prune"
_HEALTH = {
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("batch", "Job"),
    ("helm.toolkit.fluxcd.io", "HelmRelease"),
}


@dataclass(frozen=True, slots=True)
class SopsDecryption:
    """The Secret in Flux's namespace that holds the key to SOPS files."""

    secret: str = "sops-age"  # noqa: S105  # a name


@dataclass(frozen=True, slots=True)
class SubstituteFrom:
    """A ConfigMap or Secret in Flux's namespace whose keys fill placeholders."""

    kind: Literal["ConfigMap", "Secret"]
    name: str
    keys: Sequence[str]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Flux:
    """Delivery by Flux, bootstrapped from `repository`, whose folder `path` is the output.

    The times are those of every Kustomization whose component says nothing else.
    """

    repository: GitRepository
    path: str = "dist"
    decryption: SopsDecryption | None = None
    substitute_from: Sequence[SubstituteFrom] = ()
    namespace: str = ROOT
    interval: Duration = field(default_factory=lambda: Duration("10m"))
    retry_interval: Duration = field(default_factory=lambda: Duration("2m"))
    timeout: Duration = field(default_factory=lambda: Duration("5m"))
    source_interval: Duration = field(default_factory=lambda: Duration("1h"))

    @property
    def placeholders(self) -> Sequence[str]:
        """The names that Flux substitutes."""
        return sorted({key for source in self.substitute_from for key in source.keys})

    @property
    def groups(self) -> frozenset[str]:
        """The API groups of Flux' own CRDs."""
        kinds = ("helm", "image", "kustomize", "notification", "source")
        return frozenset(f"{kind}.toolkit.fluxcd.io" for kind in kinds)

    def files(self, cluster: Cluster) -> dict[str, bytes]:
        """Everything the cluster reconciles: path below its folder -> content."""
        units = units_of(cluster)
        depends_on = Graph(cluster, units).depends_on()
        files: dict[str, bytes] = {}
        entry = [*self._root(cluster), *self._chart_sources(cluster)]
        for name in sorted(units.by_name):
            unit = units.by_name[name]
            if unit.component.source is not None:
                entry += self._remote(unit, unit.component.source, depends_on[name])
                continue
            manifests, substituted = settle(unit.objects, self.placeholders)
            files |= _unit_files(unit, manifests)
            entry.append(self._local(cluster, unit, depends_on[name], substituted=substituted))
        _refuse_twice(cluster, units, entry)
        return files | _entry_files(entry)

    def _root(self, cluster: Cluster) -> list[Manifest]:
        source = self._git(ROOT, self.repository.url, {"branch": self.repository.branch})
        source["spec"]["interval"] = "1m"
        if self.repository.secret is not None:
            source["spec"]["secretRef"] = {"name": self.repository.secret}
        root = self._kustomization(ROOT, [], f"./{self.path}/{cluster.name}/{ENTRY}", ROOT)
        return [source, root]

    def _git(self, name: str, url: str, ref: dict[str, str]) -> Manifest:
        spec = {"interval": str(self.source_interval), "url": url, "ref": ref}
        return self._object("source", "v1", "GitRepository", name, spec)

    def _object(self, group: str, version: str, kind: str, name: str, spec: Manifest) -> Manifest:
        return {
            "apiVersion": f"{group}.toolkit.fluxcd.io/{version}",
            "kind": kind,
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": spec,
        }

    def _kustomization(
        self, name: str, depends_on: Sequence[str], path: str, source: str
    ) -> Manifest:
        spec: Manifest = {}
        if depends_on:
            spec["dependsOn"] = [{"name": other} for other in depends_on]
        spec |= {
            "interval": str(self.interval),
            "retryInterval": str(self.retry_interval),
            "timeout": str(self.timeout),
            "path": path,
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": source},
        }
        return self._object("kustomize", "v1", "Kustomization", name, spec)

    def _local(
        self, cluster: Cluster, unit: Unit, depends_on: Sequence[str], *, substituted: bool
    ) -> Manifest:
        path = f"./{self.path}/{cluster.name}/{unit.folder}"
        made = self._kustomization(unit.name, depends_on, path, ROOT)
        spec = made["spec"]
        self._apply_reconcile(unit, spec)
        encrypted = next((file for file in unit.files if file.encrypted), None)
        if encrypted is not None:
            if self.decryption is None:
                why = f"is encrypted, but cluster {cluster.name} decrypts nothing"
                fix = "give its Flux a SopsDecryption"
                raise EncryptionError(str(encrypted.origin), encrypted.name, why, fix)
            spec["decryption"] = {"provider": "sops", "secretRef": {"name": self.decryption.secret}}
        if substituted:
            spec["postBuild"] = {
                "substituteFrom": [_substitute(one) for one in self.substitute_from]
            }
        return made

    def _apply_reconcile(self, unit: Unit, spec: Manifest) -> None:
        wish = unit.component.reconcile
        spec["wait"] = True
        if wish is None:
            return
        for key, value in (
            ("interval", wish.interval),
            ("retryInterval", wish.retry_interval),
            ("timeout", wish.timeout),
        ):
            if value is not None:
                spec[key] = str(value)
        spec["prune"] = wish.prune
        if not wish.wait:
            del spec["wait"]
            checks = [_health_check(item.manifest) for item in unit.objects if _has_health(item)]
            if checks:
                spec["healthChecks"] = checks

    def _remote(
        self, unit: Unit, source: RemoteManifests, depends_on: Sequence[str]
    ) -> list[Manifest]:
        git = self._git(unit.name, source.url, {"commit": source.commit})
        path = f"./{source.path.strip('/')}"
        made = self._kustomization(unit.name, depends_on, path, unit.name)
        self._apply_reconcile(unit, made["spec"])
        made["spec"]["interval"] = str(source.interval)
        if source.groups:
            made["spec"]["prune"] = False
        return [git, made]

    def _chart_sources(self, cluster: Cluster) -> list[Manifest]:
        by_name: dict[str, tuple[ChartRepository, Located]] = {}
        by_url: dict[str, tuple[ChartRepository, Located]] = {}
        for component in cluster.components:
            for repository, origin in component.repositories:
                for known in (by_name.get(repository.name), by_url.get(repository.url)):
                    if known is not None and known[0] != repository:
                        what = f"chart repository {repository.name!r} ({repository.url})"
                        why = f"{known[0].name!r} is {known[0].url} at {known[1]}"
                        raise DuplicateObject(
                            str(origin), what, why, "use one ChartRepository value"
                        )
                by_name.setdefault(repository.name, (repository, origin))
                by_url.setdefault(repository.url, (repository, origin))
        return [self._helm(by_name[name][0]) for name in sorted(by_name)]

    def _helm(self, repository: ChartRepository) -> Manifest:
        kind: Manifest = {"type": "oci"} if repository.is_oci else {}
        spec = {"interval": str(self.source_interval), **kind, "url": repository.url}
        return self._object("source", "v1", "HelmRepository", repository.name, spec)


def _substitute(source: SubstituteFrom) -> Manifest:
    entry: Manifest = {"kind": source.kind, "name": source.name}
    return entry | ({"optional": True} if source.optional else {})


def _has_health(item: RenderedObject) -> bool:
    return (item.identity.group, item.identity.kind) in _HEALTH


def _health_check(manifest: Manifest) -> Manifest:
    metadata = manifest["metadata"]
    return {
        "apiVersion": manifest["apiVersion"],
        "kind": manifest["kind"],
        "name": metadata["name"],
        "namespace": metadata["namespace"],
    }


def _keep_crd(manifest: Manifest) -> Manifest:
    """A CustomResourceDefinition that Flux never prunes: its objects would go with it."""
    metadata = dict(manifest["metadata"])
    metadata["annotations"] = {**mapping(metadata.get("annotations")), _PRUNE: "disabled"}
    return {**manifest, "metadata": metadata}


def _refuse_twice(cluster: Cluster, units: Units, entry: Sequence[Manifest]) -> None:
    """Raise DuplicateObject where a component makes an object that the entry folder has."""
    seen: dict[Identity, Located] = {
        item.identity: item.origin for unit in units.by_name.values() for item in unit.objects
    }
    for manifest in entry:
        identity = identity_of(manifest)
        if identity in seen:
            why = f"Flux delivery of cluster {cluster.name} makes it already"
            raise DuplicateObject(str(seen[identity]), str(identity), why, "give it another name")
        seen[identity] = cluster.origin


def _text(item: RenderedObject, manifest: Manifest) -> bytes:
    try:
        return dump(manifest).encode()
    except KubestrataError as error:
        what = f"{item.identity} {error.where}: {error.what}"
        raise type(error)(str(item.origin), what, error.why, error.fix) from error


def _unit_files(unit: Unit, manifests: Sequence[Manifest]) -> dict[str, bytes]:
    names = layout.file_names([item.identity for item in unit.objects])
    contents: dict[str, bytes] = {}
    for item, manifest in zip(unit.objects, manifests, strict=True):
        is_crd = item.identity.kind == "CustomResourceDefinition"
        contents[names[item.identity]] = _text(item, _keep_crd(manifest) if is_crd else manifest)
    layout.passed_files(unit, contents)
    return layout.folder(unit.folder, contents)


def _entry_files(manifests: Sequence[Manifest]) -> dict[str, bytes]:
    by_identity = {identity_of(manifest): manifest for manifest in manifests}
    names = layout.file_names(sorted(by_identity))
    contents = {names[key]: dump(by_identity[key]).encode() for key in sorted(by_identity)}
    return layout.folder(ENTRY, contents)
