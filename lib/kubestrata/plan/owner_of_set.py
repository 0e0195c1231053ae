"""Applications that an ApplicationSet makes from the folders of a tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.json_value import is_mapping, mapping, sequence
from kubestrata.core.yaml_read import load_all


def folder_of_set(manifest: Mapping[str, Any]) -> str | None:
    """Return the folder of which an ApplicationSet lists each folder; None for another object."""
    if manifest.get("kind") != "ApplicationSet":
        return None
    generators = map(mapping, sequence(mapping(manifest.get("spec")).get("generators")))
    for git in (mapping(each.get("git")) for each in generators):
        for entry in map(mapping, sequence(git.get("directories"))):
            path = str(entry.get("path", ""))
            if path.endswith("/*") and not entry.get("exclude"):
                return path.removesuffix("/*")
    return None


def project_of_set(manifest: Mapping[str, Any]) -> str:
    """Return the AppProject of the Applications of a set."""
    template = mapping(mapping(manifest.get("spec")).get("template"))
    return str(mapping(template.get("spec")).get("project", ""))


def application_at(manifest: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    """Return the Application that a set makes of a folder; None if that is not known here."""
    from kubestrata.gitops.merge_patch import merge_patch  # noqa: PLC0415  # sets are rare
    from kubestrata.gitops.parameter import Template  # noqa: PLC0415  # same
    from kubestrata.gitops.template.error import (  # noqa: PLC0415  # same
        NotEvaluatedError,
        TemplateError,
    )

    spec = mapping(manifest.get("spec"))
    if spec.get("goTemplate") is not True:
        return None
    template = Template(go=True, strict=True)
    names = {"path": path, "segments": path.split("/"), "basename": path.rpartition("/")[2]}
    try:
        made = template.value(mapping(spec.get("template")), {"path": names})
        text = template.text(str(spec.get("templatePatch") or ""), {"path": names})
        patches: list[Any] = load_all(text, "spec.templatePatch")
    except (NotEvaluatedError, TemplateError, YamlSyntaxError):
        return None
    for patch in filter(is_mapping, patches):
        made = merge_patch(made, patch)
    return {**made, "apiVersion": manifest.get("apiVersion"), "kind": "Application"}
