"""Edits of a kustomization.yaml, as Argo CD makes them with `kustomize edit` before a build."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kubestrata.core.json_value import mapping, sequence

_SET = ("namePrefix", "nameSuffix", "namespace")
_PATCH = ("patch", "path", "target", "options")
_IMAGE = re.compile(r"(?P<name>[^@]*?)(?::(?P<tag>[^:/@]*))?(?:@(?P<digest>.*))?")


def edit(kustomization: dict[str, Any], settings: Mapping[str, Any]) -> int:
    """Edit a kustomization in place; return the number of patches at its end that are new."""
    for key in _SET:
        if settings.get(key):
            kustomization[key] = settings[key]
    _by_name(kustomization, "images", [_image(str(e)) for e in sequence(settings.get("images"))])
    replicas = [
        {"name": each.get("name"), "count": _count(each.get("count"))}
        for each in map(mapping, sequence(settings.get("replicas")))
    ]
    _by_name(kustomization, "replicas", replicas)
    _labels(kustomization, settings)
    if annotations := mapping(settings.get("commonAnnotations")):
        known = mapping(kustomization.get("commonAnnotations"))
        kustomization["commonAnnotations"] = {**known, **annotations}
    if components := sequence(settings.get("components")):
        listed = sequence(kustomization.get("components"))
        new = [each for each in components if each not in listed]
        kustomization["components"] = [*listed, *new]
    patches = [
        {key: part for key, part in each.items() if key in _PATCH}
        for each in map(mapping, sequence(settings.get("patches")))
    ]
    if patches:
        kustomization["patches"] = [*sequence(kustomization.get("patches")), *patches]
    return len(patches)


def _labels(kustomization: dict[str, Any], settings: Mapping[str, Any]) -> None:
    labels = mapping(settings.get("commonLabels"))
    if not labels:
        return
    if settings.get("labelWithoutSelector") is not True:
        known = mapping(kustomization.get("commonLabels"))
        kustomization["commonLabels"] = {**known, **labels}
        return
    added: dict[str, Any] = {"pairs": labels}
    if settings.get("labelIncludeTemplates") is True:
        added["includeTemplates"] = True
    kustomization["labels"] = [*sequence(kustomization.get("labels")), added]


def _by_name(kustomization: dict[str, Any], key: str, new: list[dict[str, Any]]) -> None:
    """Set entries of a list; those of the same name are replaced."""
    if new:
        names = {each.get("name") for each in new}
        listed = map(mapping, sequence(kustomization.get(key)))
        kustomization[key] = [*(e for e in listed if e.get("name") not in names), *new]


def _image(text: str) -> dict[str, Any]:
    """Return the entry for `name=new-name:tag`, `name:tag` or `name@digest`."""
    name, equals, new = text.partition("=")
    parts = _IMAGE.fullmatch(new if equals else name)
    if parts is None:
        return {"name": text}
    made = {"name": name if equals else parts["name"]}
    if equals:
        made["newName"] = parts["name"]
    if parts["tag"]:
        made["newTag"] = parts["tag"]
    if parts["digest"]:
        made["digest"] = parts["digest"]
    return made


def _count(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value
