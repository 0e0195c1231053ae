"""Configuration of programs inside objects: files of ConfigMaps and Secrets, and text fields."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import tomllib
from collections.abc import Iterator
from typing import Any

import yaml

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping
from kubestrata.core.yaml_read import SET_TWICE, load_all
from kubestrata.rules.field import values
from kubestrata.rules.subject import ClusterTree, Subject

_TEMPLATES = ("{{", "${", "<%", "[[")
_FORMS = ("json", "toml", "yaml", "yml")
_MOST_CHARACTERS = 2_000_000


class Configuration(Frozen):
    """A text that a program reads: its path in the object, and its content if it can be read.

    `fault` is the reason why it cannot, with its line; it quotes nothing. `is_secret` texts are
    never shown. A text with templates has no content, unless it `is_template` of a program itself,
    and valid all the same.
    """

    subject: Subject
    path: str
    content: Any
    fault: str
    is_secret: bool
    is_template: bool = False


def configurations(tree: ClusterTree) -> Iterator[Configuration]:
    """Yield the configurations whose form their names tell."""
    for subject in tree.of_kind("", "ConfigMap", "Secret"):
        if not subject.encrypted and not subject.is_open:
            for field in ("data", "stringData"):
                entries = mapping(subject.manifest.get(field)).items()
                for name, text in entries:
                    is_encoded = subject.is_secret and field == "data"
                    yield from _file(subject, field, str(name), text, is_encoded=is_encoded)
    for kind in tree.knowledge.kinds_with(lambda one: one.configurations):
        for subject in tree.of_kind(*kind):
            for field in tree.knowledge.kind(*kind).configurations:
                for path, text in values(subject.manifest, field):
                    suffix = "json" if field.endswith("json") else "yaml"
                    yield from _read(subject, path, str(text), suffix)


def _is_yaml(text: str) -> bool:
    """Return True if a text has the form of YAML; programs have tags and keys of their own."""
    anchors: set[str] = set()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent) and event.anchor not in anchors:
                return False
            anchors.add(str(getattr(event, "anchor", "")))
    except yaml.YAMLError:
        return False
    return True


def _file(
    subject: Subject, field: str, name: str, text: object, *, is_encoded: bool
) -> Iterator[Configuration]:
    if not isinstance(text, str):
        return
    if is_encoded:
        try:
            text = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, ValueError):
            return
    yield from _read(subject, f"{field}[{name!r}]", text, name.rpartition(".")[2].lower())


def _read(subject: Subject, path: str, text: str, suffix: str) -> Iterator[Configuration]:
    if not text.strip() or len(text) > _MOST_CHARACTERS or suffix not in _FORMS:
        return
    if any(each in text for each in _TEMPLATES):
        yield _template(subject, path, text)
        return
    content, fault = None, ""
    try:
        match suffix:
            case "json":
                content = json.loads(text)
            case "toml":
                content = tomllib.loads(text)
            case _:
                documents: list[Any] = load_all(text, "it")
                content = documents[0] if documents else None
    except json.JSONDecodeError as error:
        fault = f"is not valid JSON, at its line {error.lineno}"
    except tomllib.TOMLDecodeError as error:
        fault = f"is not valid TOML: {str(error).rpartition('(')[2].rstrip(')')}"
    except YamlSyntaxError as error:
        line = error.where.rpartition(":")[2]
        if error.why == SET_TWICE or not _is_yaml(text):
            fault = "is not valid YAML" + (f", at its line {line}" if line.isdigit() else "")
    except RecursionError:
        fault = "is nested too deeply"
    yield Configuration(subject, path, content, fault, subject.is_secret)


def _template(subject: Subject, path: str, text: str) -> Configuration:
    """Return a text with actions of Go templates, which some programs fill in by themselves."""
    content: Any = None
    if not any(each in text for each in _TEMPLATES[1:]):
        with contextlib.suppress(YamlSyntaxError, RecursionError):
            documents: list[Any] = load_all(text, "it")
            content = documents[0] if documents else None
    return Configuration(subject, path, content, "", subject.is_secret, is_template=True)
