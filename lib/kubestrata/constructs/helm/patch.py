"""Patches of objects that others wrote: what a chart renders, or the YAML of a vendor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from kubeapis import fluxcd
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import group_of
from kubestrata.core.json_value import Json, JsonObject, mapping
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference
from kubestrata.core.render import render_open
from kubestrata.core.yaml_text import dump

_NAMED = ("name", "namespace")
Kustomized = fluxcd.HelmReleaseSpecPostRenderersKustomizePatches


class PatchStep(Frozen):
    """One operation of a JSON patch; `path` is a JSON pointer (source: RFC 6902)."""

    op: Literal["add", "remove", "replace"]
    path: str
    value: Json = None

    def __post_init__(self) -> None:
        what = f"{self.op} {self.path!r}"
        if not self.path.startswith("/"):
            fix = f"write '/{self.path.replace('.', '/')}'"
            raise InvalidValue(what, "is not a valid JSON pointer: must begin with /", fix)
        if (self.op == "remove") != (self.value is None):
            why = "must not have a value" if self.op == "remove" else "needs a value"
            raise InvalidValue(what, why)

    @property
    def manifest(self) -> JsonObject:
        """Return the operation as Kustomize reads it."""
        step: JsonObject = {"op": self.op, "path": self.path}
        return step if self.op == "remove" else {**step, "value": self.value}


class Patch(Frozen):
    """A patch of objects of a chart or of Manifests; use one of the factories below.

    `name` is a regular expression that matches the whole name, as in Kustomize; without it every
    object of the kind is patched.
    """

    api_version: str
    kind: str
    name: str | None
    body: JsonObject | Sequence[PatchStep]

    def __post_init__(self) -> None:
        """Refuse a merge of another object: Kustomize ignores what a patch says of its target."""
        if isinstance(self.body, Sequence):
            return
        what = f"patch of {self.kind}{'' if self.name is None else f' {self.name}'}"
        for field, own in (("apiVersion", self.api_version), ("kind", self.kind)):
            if (given := self.body.get(field, own)) != own:
                why = f"has {field} {given!r} in its body, which a patch cannot change"
                raise InvalidValue(what, why, f"remove it, or patch {given!r}")
        for field, given in mapping(self.body.get("metadata")).items():
            if field in _NAMED and given != self.name:
                why = f"has metadata.{field} in its body, which a patch cannot change"
                fix = "remove it; the argument name= selects objects"
                raise InvalidValue(what, why, fix)

    @classmethod
    def merge(cls, api_version: str, kind: str, body: JsonObject, name: str | None = None) -> Patch:
        """Return a strategic merge patch: maps merge, lists merge by their keys, None removes."""
        return cls(api_version, kind, name, body)

    @classmethod
    def steps(
        cls, api_version: str, kind: str, steps: Sequence[PatchStep], name: str | None = None
    ) -> Patch:
        """Return a JSON patch, all of whose operations must succeed."""
        if not steps:
            raise InvalidValue(f"patch of {kind}", "has no steps", "name one")
        return cls(api_version, kind, name, steps)

    def render(self) -> tuple[Kustomized, list[Reference]]:
        """Return the patch for helm-controller, and the references in its body."""
        text, references = self._text()
        target = fluxcd.HelmReleaseSpecPostRenderersKustomizePatchesTarget(
            group=group_of(self.api_version) or None,
            version=self.api_version.rpartition("/")[2],
            kind=self.kind,
            name=self.name,
        )
        return Kustomized(patch=text, target=target), references

    def plain(self) -> tuple[Any, list[Reference]]:
        """Return the patch as plain values, and the references in it: an object, or operations."""
        origin, what = caller(), f"patch of {self.kind}"
        if isinstance(self.body, Sequence):
            return render_open([each.manifest for each in self.body], origin, what)
        # Kustomize requires a name here and uses that of the target.
        head: JsonObject = {
            "apiVersion": self.api_version,
            "kind": self.kind,
            "metadata": {"name": "any"},
        }
        return render_open({**head, **self.body}, origin, what)

    def _text(self) -> tuple[str, list[Reference]]:
        plain, references = self.plain()
        if isinstance(self.body, Sequence):
            return json.dumps(plain, indent=2, ensure_ascii=False) + "\n", references
        return dump(plain), references
