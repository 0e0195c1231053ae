"""One rendered object, with typed access to its fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from kubestrata.core.alike import alike
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest, is_mapping, is_sequence
from kubestrata.core.render import restore
from kubestrata.core.yaml_text import dump_all

_Body = TypeVar("_Body", bound=msgspec.Struct)
_STEP = re.compile(r'\["([^"]+)"\]|\[(\d+)\]|([^.\[\]]+)')
_MOST = 12


class TreeObject(Frozen):
    """A rendered object and the line of Python that created it."""

    identity: Identity
    manifest: Manifest
    line: str

    @property
    def kind(self) -> str:
        """The kind."""
        return self.identity.kind

    @property
    def name(self) -> str:
        """The value of `metadata.name`."""
        return self.identity.name

    @property
    def namespace(self) -> str:
        """The value of `metadata.namespace`, '' for cluster-scoped objects."""
        return self.identity.namespace

    @property
    def yaml(self) -> str:
        """The object as it is written to dist/."""
        return dump_all([self.manifest])

    def at(self, path: str) -> Any:
        """Return the value at a path: `spec.template.spec.containers[0].image`.

        Write a key with dots as `metadata.labels["app.kubernetes.io/name"]`. Raises AssertionError
        with the existing keys if there is no such field.
        """
        __tracebackhide__ = True
        value: Any = self.manifest
        done = ""
        for quoted, index, plain in _STEP.findall(path):
            step = quoted or plain
            if index and is_sequence(value) and int(index) < len(value):
                value = value[int(index)]
            elif step and is_mapping(value) and step in value:
                value = value[step]
            else:
                raise AssertionError(self._missing(done, step or f"[{index}]", value))
            done += f'["{quoted}"]' if quoted else f"[{index}]" if index else f".{plain}"
        return value

    def read(self, kind: type[_Body], path: str = "spec") -> _Body:
        """Return the part at a path as a struct of the bindings, with typed fields.

        Example: `deployment.read(k8s.DeploymentSpec).replicas`.
        """
        __tracebackhide__ = True
        value = self.at(path)
        try:
            return msgspec.convert(value, kind, dec_hook=restore)
        except msgspec.ValidationError as error:
            why = f"{path} is not a {kind.__name__}: {error}"
            raise AssertionError(f"{self}: {why}") from None

    def _missing(self, path: str, step: str, value: Any) -> str:
        where = f"{self}: {path.removeprefix('.') or 'the object'}"
        if is_mapping(value):
            return f"{where} has no {step!r}; {nearest(step, value, 'it has')}"
        if is_sequence(value):
            return f"{where} has {len(value)} items, no {step}"
        return f"{where} is {value!r}, without a field {step!r}"

    def __str__(self) -> str:
        return str(self.identity)


def nearest(word: str, known: Iterable[str], verb: str) -> str:
    """Return the known words, of many the first, and the nearest one as a fix."""
    names = sorted(known)
    shown = ", ".join(names[:_MOST]) or "none"
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    found = alike(word, names)
    return f"{verb} {shown}{more}" + (f"\n  fix: write {found[0]!r}" if found else "")
