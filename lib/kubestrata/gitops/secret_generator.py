"""Secrets that a kustomization.yaml generates, read to keep their values out of messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository
from kubestrata.gitops.file_list import FileList


def generated_secrets(disk: Repository, made: FileList) -> Iterator[dict[str, Any]]:
    """Yield the data of each generator's literals, env files and files."""
    for entry in map(mapping, sequence(made.value.get("secretGenerator"))):
        literals = [str(each) for each in sequence(entry.get("literals"))]
        envs = [*sequence(entry.get("envs")), entry.get("env")]
        for file in envs:
            literals += _text(disk, made, file).splitlines()
        files = [str(each).rpartition("=")[2] for each in sequence(entry.get("files"))]
        texts = [each.partition("=")[2].strip("'\"") or each for each in literals]
        texts += [_text(disk, made, file) for file in files]
        values = {str(index): text for index, text in enumerate(texts) if text.strip()}
        yield {"apiVersion": "v1", "kind": "Secret", "stringData": values}


def _text(disk: Repository, made: FileList, file: object) -> str:
    try:
        return disk.text(join(made.folder, file)) if isinstance(file, str) else ""
    except (OSError, ValueError):  # reported when the list is followed
        return ""
