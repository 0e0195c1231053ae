"""The definitions of one version of Kubernetes, and what the schemas of its kinds share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.schema.strict import StrictReading

REF = "#/definitions/"


class KubernetesDefinitions(dict[str, Any]):
    """Definitions by name; most kinds refer to the same ones, so each is read once for all."""

    def __init__(self, known: Mapping[str, Any] | None = None) -> None:
        super().__init__(known or {})
        self._strict = StrictReading(structural=False)
        self._direct: dict[str, frozenset[str]] = {}
        self._branches: dict[str, dict[str, Any]] = {}

    def strict(self, schema: object) -> dict[str, Any]:
        """Return the definitions that a schema needs, with unknown fields rejected."""
        return {name: self._strict.read(self[name], closed=True) for name in self._needed(schema)}

    def branches(self, check: str) -> dict[str, Any]:
        """Return the branches of the definitions for a kind of check; `Growth` fills them."""
        return self._branches.setdefault(check, {})

    def _needed(self, schema: object) -> Iterable[str]:
        """Return the definitions that a schema refers to, and those that these refer to."""
        found: dict[str, None] = dict.fromkeys(sorted(self._referred(schema)))
        pending = list(found)
        while pending:
            name = pending.pop()
            if name not in self._direct:
                self._direct[name] = self._referred(self[name])
            new = [each for each in sorted(self._direct[name]) if each not in found]
            found.update(dict.fromkeys(new))
            pending += new
        return found

    def _referred(self, schema: object) -> frozenset[str]:
        found: set[str] = set()
        seen: set[int] = set()
        pending: list[object] = [schema]
        while pending:
            part = pending.pop()
            if is_list(part):
                pending.extend(part)
            elif is_mapping(part) and id(part) not in seen:
                seen.add(id(part))
                pending.extend(part.values())
                ref = part.get("$ref")
                name = ref.removeprefix(REF) if isinstance(ref, str) else ""
                if name in self:
                    found.add(name)
        return frozenset(found)
