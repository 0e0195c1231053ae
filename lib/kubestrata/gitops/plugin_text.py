"""Texts that a plugin of Argo CD fills in before an object is applied.

A plugin may be found by its own rules, so that no Application names it.
"""

from __future__ import annotations

import re
from typing import Any

from kubestrata.core.json_value import Manifest, is_list, is_mapping, mapping

_BUILD = re.compile(r"\$(?=ARGOCD_(?:APP|ENV)_)(\w+)|\$\{(?=ARGOCD_(?:APP|ENV)_)([^}]*)\}")
"""Variables of the build environment, with braces or without."""
_MARK = re.compile(r"<((?:path|secret|sops|vault):[^<>\s]+(?:\s*\|[^<>]*)?)>")
"""Marks of argocd-vault-plugin, argocd-vault-replacer and similar plugins."""
_KEY = re.compile(r"<([\w.-]+(?:\s*\|[^<>]*)?)>")
"""A mark of argocd-vault-plugin in an object that names the path of its values."""
_PATH = "avp.kubernetes.io/path"
_IGNORED = "avp.kubernetes.io/ignore"


def opened(manifest: Manifest) -> Manifest | None:
    """Return an object with every text of a plugin as `${...}`: its value is not known.

    Returns None for an object without such texts.
    """
    notes = mapping(mapping(manifest.get("metadata")).get("annotations"))
    marks = [_BUILD]
    if notes.get(_IGNORED) is None:
        marks += [_MARK, _KEY] if _PATH in notes else [_MARK]
    found = set[str]()
    made: Manifest = _opened(manifest, marks, found)
    return made if found else None


def _opened(value: Any, marks: list[re.Pattern[str]], found: set[str]) -> Any:
    """Return a value without marks; those that it had are added to `found`."""
    if isinstance(value, str):
        if "$" in value or "<" in value:
            for mark in marks:
                found.update(each[0] for each in mark.finditer(value))
                value = mark.sub(_variable, value)
        return value
    if is_mapping(value):
        return {key: _opened(part, marks, found) for key, part in value.items()}
    return [_opened(part, marks, found) for part in value] if is_list(value) else value


def _variable(found: re.Match[str]) -> str:
    name = next(each for each in found.groups() if each is not None)
    return f"${{{name.replace('}', '')}}}"
