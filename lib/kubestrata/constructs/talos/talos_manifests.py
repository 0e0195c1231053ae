"""Manifests that Talos applies before GitOps starts, as patches of its machine configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from kubeapis import talos
from kubestrata.constructs.talos.extra_manifest import ExtraManifest
from kubestrata.core.argument import require
from kubestrata.core.cluster import Cluster, Component
from kubestrata.core.config_text import document_text
from kubestrata.core.errors import DuplicateObject, InvalidReference, InvalidValue
from kubestrata.core.identity import Identity
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference
from kubestrata.core.tree import path_of
from kubestrata.core.value.placeholder import has_mark
from kubestrata.core.written import WrittenFile, WrittenObject
from kubestrata.core.yaml_text import dump, dump_all
from kubestrata.rules.api_group import HELM

FOLDER = "talos"
_RELEASE = (HELM, "HelmRelease")
_Inline: TypeAlias = Reference | Component


class TalosManifests(Construct):
    """No objects: `talos/inline-manifests.yaml` and `talos/extra-manifests.yaml` of the cluster.

    Each is a patch for the machine configuration of control plane nodes. The components remain the
    owners: Talos creates what is missing when the cluster starts, and GitOps reconciles the same
    objects from then on. Nothing is declared here, so the two cannot have different content.
    `inline` are objects, or components with all their objects; Secrets are refused, because the
    machine configuration would show them. `extra` are files that Talos downloads.
    """

    def __init__(
        self,
        scope: Cluster,
        id: str = "talos-manifests",
        *,
        inline: Sequence[_Inline] = (),
        extra: Sequence[ExtraManifest] = (),
    ) -> None:
        super().__init__(require("scope of TalosManifests", scope, Cluster), id)
        self.cluster = scope
        self.inline = tuple(inline)
        self.extra = tuple(extra)
        self.origin = caller(path_of(self))
        if not self.inline and not self.extra:
            why, fix = "are empty, so there is no file to write", "pass inline= or extra="
            raise InvalidValue("TalosManifests", why, fix, where=self.origin)
        for each in self.inline:
            require("inline", each, Reference, Component)
            owner = each.component if isinstance(each, Reference) else each
            scope.require_component(owner, self.origin)
            if isinstance(each, Reference):
                self._require_allowed(each.identity)
        for one in self.extra:
            component = require("extra", one, ExtraManifest).component
            scope.require_component(component, self.origin)
        scope.add_files(self)

    def files(self) -> Sequence[WrittenFile]:
        """Return the patches; raises the error of the first object that Talos cannot apply."""
        patches: dict[str, talos.ClusterConfig] = {}
        if self.inline:
            manifests = list(self._inline_manifests())
            patches["inline-manifests"] = talos.ClusterConfig(inline_manifests=manifests)
        if self.extra:
            urls = list(dict.fromkeys(each.address for each in self.extra))
            patches["extra-manifests"] = talos.ClusterConfig(extra_manifests=urls)
        return [
            WrittenFile(
                f"{self.cluster.name}/{FOLDER}/{name}.yaml",
                document_text(talos.Config(cluster=patch)).encode(),
                self.origin,
            )
            for name, patch in patches.items()
        ]

    def _inline_manifests(self) -> Iterator[talos.ClusterInlineManifest]:
        names: set[str] = set()
        seen: set[Identity] = set()
        for each in self.inline:
            name = each.name if isinstance(each, Component) else _name(each.identity)
            objects = self._objects(each)
            twice = next((one.identity for one in objects if one.identity in seen), None)
            if twice is not None or name in names:
                what = f"inline manifest {name!r}" if twice is None else str(twice)
                why, fix = "is inline already", "list it once"
                raise DuplicateObject(what, why, fix, where=self.origin)
            names.add(name)
            seen.update(one.identity for one in objects)
            for one in objects:
                self._check(one)
            contents = dump_all([one.manifest for one in objects])
            yield talos.ClusterInlineManifest(name=name, contents=contents)

    def _objects(self, inline: _Inline) -> Sequence[WrittenObject]:
        """Return the objects of an entry; raises an error if there are none to write."""
        if isinstance(inline, Reference):
            component = self.cluster.owner_of(inline)
            found = [one for one in component.rendered() if one.identity == inline.identity]
            if not found:
                why = f"is not written by component {component.name!r}: its content is unknown"
                fix = "pass an object that the component creates"
                raise InvalidReference(str(inline), why, fix, where=self.origin)
            return found
        what = f"component {inline.name!r}"
        if inline.source is not None:
            why, fix = "has its objects in another repository", "pass it as an ExtraManifest"
            raise InvalidReference(what, why, fix, where=self.origin)
        if inline.files:
            why = f"contains {inline.files[0].identity}, which must not be in a configuration"
            raise InvalidReference(what, why, "pass its other objects instead", where=self.origin)
        if not (objects := inline.rendered()):
            raise InvalidReference(what, "has no objects", where=self.origin)
        return objects

    def _check(self, item: WrittenObject) -> None:
        """Raise InvalidValue for an object that Talos cannot apply as it is written."""
        self._require_allowed(item.identity)
        if has_mark(dump(item.manifest)):
            why = "contains a placeholder: Talos substitutes no variables"
            raise InvalidValue(str(item.identity), why, "write the value", where=self.origin)

    def _require_allowed(self, identity: Identity) -> None:
        """Raise InvalidValue for a kind that must not be in a machine configuration."""
        if (identity.group, identity.kind) == ("", "Secret"):
            why = "must not be inline: whoever reads the machine configuration would read it"
            fix = "remove it from inline=, and create it with kubectl or an ExternalSecret"
            raise InvalidValue(str(identity), why, fix, where=self.origin)
        if (identity.group, identity.kind) == _RELEASE:
            why = "must not be inline: Talos renders no charts"
            fix = "pass the objects that must exist before it, such as its namespace"
            raise InvalidValue(str(identity), why, fix, where=self.origin)


def _name(identity: Identity) -> str:
    parts = (identity.namespace, identity.name, identity.kind.lower())
    return "-".join(part for part in parts if part)
