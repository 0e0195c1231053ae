"""The documents of a file with their lines; unreadable ones become findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kubestrata.core.encoding import EncodingRefusedError, decoded, is_utf_16
from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.core.yaml_part import lines_before_content, parts_of
from kubestrata.core.yaml_read import Aliases, load_all
from kubestrata.gitops.disk import Disk
from kubestrata.rules.violation import Finding, Location

_LINE = re.compile(r":(\d+)$")
_SHIELDED = ("data", "stringData")


class TreeDocument(Frozen):
    """One object of a file."""

    manifest: Manifest
    place: Location
    encrypted: bool = False


class Reading(Frozen):
    """The content of a file: documents and problems."""

    documents: tuple[TreeDocument, ...]
    faults: tuple[Finding, ...] = ()
    text: bool = True
    """False if the file as a whole could not be read."""


def file_identity(path: str) -> Identity:
    """Return the identity used in findings about a file as a whole."""
    return Identity("", "File", "", path)


def fault(path: str, line: int, message: str, fix: str = "") -> Finding:
    """Return a problem found in a file."""
    return Finding(file_identity(path), Location(path, line), "", message, fix)


class Repository(Disk):
    """A folder whose files are manifests; each is read once."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._readings: dict[tuple[str, bool], Reading] = {}

    def share_readings(self, other: Repository) -> None:
        """Use the readings of another view of the same folder."""
        self._readings = other._readings

    def reading(self, path: str, *, kustomized: bool = True) -> Reading:
        """Return the documents of a file, read as in Kustomize or kubectl, with its problems."""
        key = (path, kustomized)
        if key not in self._readings:
            self._readings[key] = self._read(path, kustomized=kustomized)
        return self._readings[key]

    def _read(self, path: str, *, kustomized: bool) -> Reading:
        try:
            content = self.bytes_of(path)
            text = decoded(content)
        except (OSError, EncodingRefusedError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            why = f"cannot be read: {said or type(error).__name__}"
            return Reading((), (fault(path, 1, why, "split or correct it"),), text=False)
        try:
            return read(text, path, kustomized=kustomized, cut=is_utf_16(content))
        except (MemoryError, RecursionError) as error:
            why = f"is too large or too deep to be read ({type(error).__name__})"
            return Reading((), (fault(path, 1, why, "split it"),), text=False)


def read(text: str, path: str, *, kustomized: bool = True, cut: bool = False) -> Reading:
    """Return the documents of a text, read as in Kustomize or kubectl, with Lists expanded.

    A text is `cut` after its first document if it was UTF-16: Kustomize looks for separators in
    the bytes, and never reaches another one.
    """
    documents: list[TreeDocument] = []
    faults: list[Finding] = []
    aliases = Aliases.of(text)
    for line, part in parts_of(text):
        if cut and documents:
            why = "Kustomize reads only the first document of a UTF-16 file"
            faults.append(fault(path, line, why, "save it as UTF-8"))
            break
        try:
            values = load_all(part, path, kustomized=kustomized, aliases=aliases)
        except YamlSyntaxError as error:
            found = _LINE.search(error.where)
            where = line + (int(found[1]) if found else 1) - 1
            faults.append(fault(path, where, f"{error.what}: {error.why}"))
            if aliases.left < 0:
                faults.append(fault(path, where, "the file was not read from here on"))
                break
            continue
        start = line + lines_before_content(part)
        for value in values:
            if is_mapping(value):
                documents += _objects(value, Location(path, start))
            else:
                # Its text is not shown: it may be a file that contains only a token.
                message = f"a document is {_type_of(value)}, not an object"
                faults.append(fault(path, start, message, "write key: value"))
    return Reading(tuple(documents), tuple(faults))


def _type_of(value: object) -> str:
    kinds = ((bool, "true or false"), (str, "text"), (list, "a list"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "a number")


def _objects(value: Manifest, place: Location) -> Iterator[TreeDocument]:
    if str(value.get("kind", "")).endswith("List") and isinstance(value.get("items"), list):
        for item in sequence(value["items"]):
            if is_mapping(item):
                yield TreeDocument(item, place)
        return
    if is_encrypted(value):
        yield TreeDocument(shielded(value, place.file), place, encrypted=True)
    else:
        yield TreeDocument(value, place)


def is_encrypted(value: Manifest) -> bool:
    """Return True if SOPS wrote the document."""
    sops = mapping(value.get("sops"))
    return "mac" in sops or "lastmodified" in sops


def shielded(value: Manifest, path: str) -> Manifest:
    """Return an encrypted object with its names and keys, without values.

    If SOPS encrypted the names too, it is treated as a Secret with the name of the file.
    """
    plain = {key: part for key, part in value.items() if key != "sops"}
    if _sealed(plain.get("kind")) or _sealed(plain.get("apiVersion")):
        plain |= {"apiVersion": "v1", "kind": "Secret"}
    metadata = mapping(plain.get("metadata"))
    name = metadata.get("name")
    if _sealed(name):
        name = path.rpartition("/")[2].partition(".")[0]
    plain["metadata"] = {
        key: part
        for key, part in {**metadata, "name": name}.items()
        if (not _sealed(part) and isinstance(part, str | dict)) or (key == "namespace" and part)
    }
    return {key: _emptied(key, part) for key, part in plain.items()}


def _sealed(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.startswith("ENC["))


def _emptied(key: str, value: Any) -> Any:
    if key in _SHIELDED:
        return dict.fromkeys(mapping(value), "")
    if isinstance(value, str):
        return "" if _sealed(value) else value
    if is_mapping(value):
        return {name: _emptied("", part) for name, part in value.items()}
    return value


def is_object(manifest: Manifest) -> bool:
    """Return True if a document can be applied: its kind, version and name are text."""
    names = (manifest.get("apiVersion"), manifest.get("kind"))
    metadata = mapping(manifest.get("metadata"))
    named = metadata.get("name") or metadata.get("generateName")
    space = metadata.get("namespace")
    texts = all(isinstance(one, str) and one for one in (*names, named))
    return texts and (space is None or isinstance(space, str))
