"""Files of a ConfigMap: from text, files, folders, variables, templates and data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kubestrata.constructs.config.env_file import parse_variables
from kubestrata.constructs.config.file_template import fill
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue, SourceError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Json
from kubestrata.core.origin import caller, shown
from kubestrata.core.project_file import MOST_BYTES, read_project_file
from kubestrata.core.reference import Reference
from kubestrata.core.regular_file import read_regular
from kubestrata.core.render import render, render_open
from kubestrata.core.struct import Struct
from kubestrata.core.yaml_text import dump

_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----")
_SEALED = "ENC[AES256_GCM,"
_USE = "use ExternalSecret, SealedSecret or, with SOPS, EncryptedSecret"


class FileContent(Frozen):
    """One or more keys of a ConfigMap with their content; use one of the factories below.

    Bytes become `binaryData`. `references` are objects that the content names.
    """

    entries: Mapping[str, str | bytes]
    references: tuple[Reference, ...] = ()

    @classmethod
    def text(cls, key: str, text: str) -> FileContent:
        """Return one text."""
        require(f"text of {key!r}", text, str, fix="write FileContent.json for other values")
        return cls({key: text})

    @classmethod
    def binary(cls, key: str, data: bytes) -> FileContent:
        """Return bytes that are not text."""
        require(f"data of {key!r}", data, bytes, fix="write FileContent.text for text")
        return cls({key: data})

    @classmethod
    def json(cls, key: str, value: Json, *, indent: int | None = None) -> FileContent:
        """Return a value as JSON; without `indent` as short as possible."""
        plain, references = render_open(value, caller(), key)
        return cls({key: _json(plain, indent)}, tuple(references))

    @classmethod
    def yaml(cls, key: str, value: Struct | Mapping[str, Json]) -> FileContent:
        """Return a value, or a configuration document of `kubeapis`, as YAML."""
        if isinstance(value, Struct):
            plain, references = render(value, caller(), type(value).__name__)
        else:
            plain, references = render_open(value, caller(), key)
        return cls({key: dump(plain)}, tuple(references))

    @classmethod
    def file(cls, path: Path, *, key: str | None = None) -> FileContent:
        """Return a file, under its name; one that is not UTF-8 text is binary."""
        return cls({key or _named(path): _read(path)})

    @classmethod
    def compact_json(cls, path: Path, *, key: str | None = None) -> FileContent:
        """Return a JSON file without the white space between its values: a large dashboard."""
        return cls({key or _named(path): compacted(_text(path), shown(str(path)))})

    @classmethod
    def folder(cls, path: Path, *, pattern: str = "*") -> FileContent:
        """Return the files of a folder whose names match a shell pattern, without hidden ones."""
        _named(path)
        if not path.is_dir():
            raise InvalidValue(shown(str(path)), "is not a folder")
        if "/" in pattern or not pattern:
            why = "is not a pattern of file names: must be without '/'"
            raise InvalidValue(f"pattern {pattern!r}", why, "write '*.sql'")
        found = [
            each
            for each in sorted(path.glob(pattern))
            if each.is_file() and not each.name.startswith(".") and each.parent == path
        ]
        if not found:
            raise InvalidValue(shown(str(path)), f"has no file that matches {pattern!r}")
        return cls({each.name: _read(each, within=path) for each in found})

    @classmethod
    def variables(cls, path: Path) -> FileContent:
        """Return a file of NAME=VALUE lines as one key for each name, as Kustomize reads it."""
        _named(path)
        return cls({**parse_variables(_text(path), str(path))})

    @classmethod
    def template(
        cls, path: Path, values: Mapping[str, Json], *, key: str | None = None
    ) -> FileContent:
        """Return a file whose placeholders `@{name}` and `@{port:int}` have values."""
        name = key or _named(path)
        text, references = fill(_text(path), values, str(path))
        return cls({name: text}, tuple(references))


def _named(path: Path) -> str:
    """Return the name of a file; raises InvalidValue for a path that is text."""
    what = f"path {str(path)[:80]!r}"
    return require(what, path, Path, fix="write Path(__file__).parent / 'settings.conf'").name


def compacted(text: str, what: str) -> str:
    """Return JSON without insignificant white space, in its order; raises InvalidValue."""
    try:
        value: Any = json.loads(text)
    except ValueError as error:
        raise InvalidValue(what, f"is not JSON: {error}") from None
    return _json(value, None)


def _json(value: object, indent: int | None) -> str:
    separators = (",", ":") if indent is None else None
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)


def _read(path: Path, within: Path | None = None) -> str | bytes:
    """Return a file as text if YAML can carry it, else as bytes."""
    data = _bytes(path, within)
    try:
        text = data.decode()
        dump({"text": text})
    except (UnicodeDecodeError, SourceError):
        return data
    return text


def _text(path: Path) -> str:
    found = _read(path)
    if isinstance(found, bytes):
        raise InvalidValue(shown(str(path)), "is not UTF-8 text", "use FileContent.file for it")
    return found


def _bytes(path: Path, within: Path | None = None) -> bytes:
    try:
        found = read_project_file(path)
        return found if within is None else read_regular(path, MOST_BYTES, within)
    except OSError as error:
        why = f"cannot be read: {error.strerror or type(error).__name__}"
        fix = "name a file beside the module: Path(__file__).parent / 'settings.conf'"
        raise InvalidValue(shown(str(path)), why, fix) from None


def refuse_secrets(entries: Mapping[str, str | bytes]) -> None:
    """Raise InvalidValue for private keys and files of SOPS, which belong into a Secret."""
    for key, value in entries.items():
        if _PRIVATE.search(value if isinstance(value, str) else value.decode("latin-1")):
            why = "has a private key, which everybody who reads the repository would have"
            raise InvalidValue(f"key {key!r}", why, _USE)
        if isinstance(value, str) and _SEALED in value:
            why = "is encrypted by SOPS, which nothing in the cluster decrypts in a ConfigMap"
            raise InvalidValue(f"key {key!r}", why, _USE)
