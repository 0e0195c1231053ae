"""The table of kinds and fields by version of Kubernetes agrees with what it was made from."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from kubestrata.knowledge import KnowledgeError, VersionSpan, kubernetes_history, type_name
from kubestrata.knowledge.kubernetes_history import TABLE, history_text
from kubestrata.knowledge.kubernetes_openapi import Definitions, history_of, read_openapi
from kubestrata.schema import installed

_MINOR = 35
"""The version of the bindings."""
POD = "io.k8s.api.core.v1.Pod"


def definition(kind: str, *fields: str, **described: str) -> dict[str, Any]:
    properties = {name: {"description": ""} for name in ("metadata", *fields)}
    properties |= {name: {"description": text} for name, text in described.items()}
    named = [{"group": "", "version": "v1", "kind": kind}]
    return {"properties": properties, "x-kubernetes-group-version-kind": named}


def test_a_span_has_the_versions_from_its_first_to_before_its_last() -> None:
    assert [VersionSpan(30, 33).has(minor) for minor in (29, 30, 32, 33)] == [
        False,
        True,
        True,
        False,
    ]
    assert VersionSpan().has(1)
    assert VersionSpan().has(99)


def test_the_table_has_what_was_added_and_removed() -> None:
    gate = "needs the Toes feature gate to be enabled"
    versions: dict[int, Definitions] = {
        30: {POD: definition("Pod", "old", "always")},
        31: {POD: definition("Pod", "always", toes=gate)},
        32: {POD: definition("Pod", "always", "toes", fingers=f"{gate} (enabled by default)")},
    }
    found = history_of(versions)
    assert (found.oldest, found.newest) == (30, 32)
    assert found.kinds == {"v1 Pod": VersionSpan()}
    assert found.fields == {
        "core.v1.Pod": {
            "fingers": VersionSpan(32),
            "old": VersionSpan(0, 31),
            "toes": VersionSpan(31, 0, alpha=True),
        }
    }


def test_fields_of_a_new_type_are_those_of_its_kind() -> None:
    found = history_of({30: {}, 31: {POD: definition("Pod", "always")}})
    assert found.kinds == {"v1 Pod": VersionSpan(31)}
    assert found.fields == {}


def test_lists_and_options_are_no_kinds_of_the_table() -> None:
    both: list[dict[str, str]] = [
        {"group": group, "version": "v1", "kind": "DeleteOptions"} for group in ("", "apps")
    ]
    options: dict[str, Any] = {
        "properties": {"metadata": {}},
        "x-kubernetes-group-version-kind": both,
    }
    of = {POD: definition("PodList", "items"), f"{POD}Options": options}
    assert history_of({30: of}).kinds == {}


def test_a_file_is_read_packed_or_not(tmp_path: Path) -> None:
    text = json.dumps({"definitions": {POD: definition("Pod")}}).encode()
    (tmp_path / "swagger-release-1.30.json.gz").write_bytes(gzip.compress(text))
    (tmp_path / "kubernetes-1.31.json").write_bytes(text.replace(b"definitions", b"$defs"))
    assert sorted(read_openapi(tmp_path)) == [30, 31]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["pods.json"], "pods.json: has no version such as 1.34 in its name"),
        (["a-1.30.json", "b-1.30.json"], "b-1.30.json: is a second file of 1.30"),
        (["a-1.30.json", "a-1.32.json"], "has no file of 1.31"),
        ([], "has no file of 1.0"),
    ],
)
def test_a_folder_without_one_file_for_each_version_is_refused(
    tmp_path: Path, names: list[str], why: str
) -> None:
    for name in names:
        (tmp_path / name).write_text('{"definitions": {}}', encoding="utf-8")
    with pytest.raises(KnowledgeError, match=why):
        read_openapi(tmp_path)


def test_the_file_of_the_table_is_what_is_written() -> None:
    assert TABLE.read_bytes() == history_text(kubernetes_history())


def test_the_table_agrees_with_the_bindings() -> None:
    history, seen = kubernetes_history(), 0
    for definition_name, schema in installed().kubernetes().items():
        for field in schema.get("properties", {}):
            span = history.field(type_name(definition_name), field)
            assert span is None or span.has(_MINOR), (definition_name, field)
            seen += span is not None
    assert seen > 100
    kinds = {
        f"{group}/{each.version}".lstrip("/") + f" {kind}"
        for group, kind in installed().all_kinds
        for each in installed().versions(group, kind)
        if each.builtin
    }
    table = {name for name, span in history.kinds.items() if span.has(_MINOR)}
    assert kinds - table == set()
