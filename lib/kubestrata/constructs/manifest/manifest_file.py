"""YAML files as objects with their lines: of this repository, or at a URL that is locked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubestrata.core.bindings_path import CONFIG, project_folder
from kubestrata.core.encoding import EncodingRefusedError, decoded
from kubestrata.core.errors import DuplicateObject, ImportSourceError, InvalidValue, YamlSyntaxError
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, is_list, is_mapping, mapping
from kubestrata.core.manifest_store import (
    COMMAND,
    LOCK_FILE,
    MOST_BYTES,
    ManifestStore,
    current_fetch,
    read_lock,
)
from kubestrata.core.origin import Line, Origin, shown
from kubestrata.core.project_file import read_project_file
from kubestrata.core.value.url import without_login
from kubestrata.core.yaml_part import lines_before_content, parts_of
from kubestrata.core.yaml_read import Aliases, load_all

_SUFFIXES = (".yaml", ".yml", ".json")
_BUILDS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_LINE = re.compile(r":(\d+)$")
_URL = re.compile(r"https://[^\s/@]+/[^\s]+")


@dataclass(slots=True)
class FileObject:
    """An object of a file, and the line that it begins on."""

    manifest: Manifest
    place: Line

    @property
    def identity(self) -> Identity:
        """Its identity as it is now; patches change neither kind nor name."""
        return identity_of(self.manifest)


def objects_in(source: Path | str, origin: Origin) -> list[FileObject]:
    """Return the objects of a file, a folder or a URL, Lists expanded.

    Raises InvalidValue for what cannot be applied, ImportSourceError for a URL that is not at hand.
    """
    found: list[FileObject] = []
    for name, content in _files(source, origin):
        found += _objects(name, content)
    if not found:
        raise InvalidValue(shown(str(source)), "contains no object", where=origin)
    return found


def _files(source: Path | str, origin: Origin) -> Iterator[tuple[str, bytes]]:
    if isinstance(source, str):
        yield source, _at_url(source, origin)
    elif source.is_dir():
        if any((source / each).exists() for each in _BUILDS):
            why = "is built by Kustomize, which does not run here"
            fix = "pass the file that `kubectl kustomize` writes"
            raise InvalidValue(shown(str(source)), why, fix, where=origin)
        for path in sorted(source.iterdir()):
            if path.suffix in _SUFFIXES:
                yield str(path), _at_path(path, origin)
    else:
        yield str(source), _at_path(source, origin)


def _at_path(path: Path, origin: Origin) -> bytes:
    try:
        return read_project_file(path, MOST_BYTES)
    except OSError as error:
        why = f"cannot be read: {error.strerror or type(error).__name__}"
        fix = "name a file beside the module: Path(__file__).parent / 'install.yaml'"
        raise InvalidValue(shown(str(path)), why, fix, where=origin) from None


def _at_url(url: str, origin: Origin) -> bytes:
    """Return the bytes of a URL from the store; only an import reads the network."""
    if not _URL.fullmatch(url):
        why = "is not an https address without a login"
        fix = "write https://..., or pass a Path for a file of this repository"
        raise InvalidValue(f"source {without_login(url)!r}", why, fix, where=origin)
    if (fetch := current_fetch()) is not None:
        return fetch(url)
    folder = Path(project_folder() or Path.cwd())
    digest = read_lock(folder).get(url)
    if digest is None:
        why = f"is not in {LOCK_FILE}, so its content is not pinned"
        raise ImportSourceError(str(origin), url, why, f"run `{COMMAND}`")
    data = ManifestStore(_store(folder)).find(digest)
    if data is None:
        why = f"is not in the store with its locked digest {digest[:19]}..."
        raise ImportSourceError(str(origin), url, why, f"run `{COMMAND}`")
    return data


def _store(folder: Path) -> Path:
    from kubestrata.core.config_file import load_config  # noqa: PLC0415  # files need none
    from kubestrata.helm.store import store_root  # noqa: PLC0415  # same

    config = load_config(folder) if (folder / CONFIG).exists() else {}
    return store_root(config, folder)


def _objects(name: str, content: bytes) -> Iterator[FileObject]:
    try:
        text = decoded(content)
    except EncodingRefusedError as error:
        raise YamlSyntaxError(shown(name), "file", str(error)) from None
    aliases = Aliases.of(text)
    for line, part in parts_of(text):
        try:
            values = load_all(part, shown(name), aliases=aliases)
        except YamlSyntaxError as error:
            inner = _LINE.search(error.where)
            where = f"{shown(name)}:{line + (int(inner[1]) if inner else 1) - 1}"
            raise YamlSyntaxError(where, error.what, error.why) from None
        for value in values:
            yield from _expanded(value, Line(name, line + lines_before_content(part)))


def _expanded(value: Any, place: Line) -> Iterator[FileObject]:
    if not is_mapping(value):
        raise InvalidValue("a document", "is not an object: must be a map of fields", where=place)
    items = value.get("items")
    if str(value.get("kind", "")).endswith("List") and is_list(items):
        for each in items:
            yield from _expanded(each, place)
        return
    names = (value.get("apiVersion"), value.get("kind"), mapping(value.get("metadata")).get("name"))
    if not all(isinstance(each, str) and each for each in names):
        why = "cannot be applied: must have apiVersion, kind and metadata.name"
        raise InvalidValue(f"{value.get('kind') or 'an object'}", why, where=place)
    yield FileObject(value, place)


def refuse_secret(found: FileObject) -> None:
    """Raise InvalidValue for values of a Secret; one that a controller fills has none."""
    value, place = found.manifest, found.place
    what = f"{value['kind']} {value['metadata']['name']}"
    if "mac" in mapping(value.get("sops")):
        why = "is encrypted by SOPS, so it cannot be changed or checked here"
        fix = f"{_leave_out(value)}, and pass its file to EncryptedSecret"
        raise InvalidValue(what, why, fix, where=place)
    if value["apiVersion"] != "v1" or value["kind"] != "Secret":
        return
    for part in ("data", "stringData"):
        keys = sorted(key for key, each in mapping(value.get(part)).items() if each)
        if keys:
            why = f"has {', '.join(keys[:5])} in plain text, which would be written to Git"
            fix = (
                f"{_leave_out(value)}, and create it with ExternalSecret, SealedSecret or, with "
                "SOPS, EncryptedSecret"
            )
            raise InvalidValue(what, why, fix, where=place)


def _leave_out(value: Manifest) -> str:
    return f"pass drop=[ObjectSelector({value['kind']!r}, {value['metadata']['name']!r})]"


def refuse_twins(found: Iterable[FileObject], origin: Origin) -> None:
    """Raise DuplicateObject for one object twice, with both lines."""
    lines: dict[Identity, Line] = {}
    for each in found:
        first = lines.setdefault(each.identity, each.place)
        if first is not each.place:
            why = f"is at {first} and again at {each.place}"
            fix = "remove one of the two"
            raise DuplicateObject(str(each.identity), why, fix, where=origin)
