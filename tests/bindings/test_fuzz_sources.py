"""Malformed sources other than CRDs: reported, never a traceback, never code."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubestrata.bindings.kind.definition import OBJECT_META, Definitions
from kubestrata.bindings.module.kubernetes_module import kubernetes_modules
from kubestrata.bindings.source.archive import Allowance, read_archive
from kubestrata.core.errors import ImportSourceError
from tests.bindings.project import Project
from tests.bindings.test_chart import packed, whole
from tests.bindings.test_composite import CLAIM, xrd
from tests.bindings.test_fault import KIND
from tests.bindings.test_fuzz import attempt, clean, import_everything, names, values

PARTS = ("group", "names", "claimNames", "scope")
KEYS = ("properties", "required", "type", "items", "additionalProperties", "enum", "$ref")
POLICIES = ("defaultCompositionUpdatePolicy", "defaultCompositeDeletePolicy")


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(content=values, api=st.sampled_from(["v1", "v2", "v3"]))
def test_import_reports_any_value_in_a_composite(
    project: Project, *, content: Any, api: str
) -> None:
    clean(project)
    documents = [xrd(api, **{"claimNames": CLAIM, part: content}) for part in PARTS]
    documents.append(xrd(api, versions=content))
    documents += [xrd("v1", **{policy: content}) for policy in POLICIES]
    documents.append({**xrd(api), "spec": content})
    for key in ("name", "served", "referenceable", "schema"):
        documents.append(xrd(api, versions=[{**xrd()["spec"]["versions"][0], key: content}]))
    for key in ("spec", "status", "metadata", "description"):
        schema = {"openAPIV3Schema": {"properties": {key: content}, "description": content}}
        documents.append(xrd(api, versions=[{"name": "v1", "schema": schema}]))
    attempt(project, *documents)


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(content=values, key=st.sampled_from(KEYS), name=names)
def test_any_definition_of_kubernetes_is_read_or_reported(
    content: Any, key: str, name: str
) -> None:
    meta = {"$ref": f"#/definitions/{OBJECT_META}"}
    kind = {**KIND, "properties": {"metadata": meta, name: {key: content}}}
    given = {OBJECT_META: {"properties": {"name": {"type": "string"}}}, "io.core.v1.Pod": kind}
    for schemas in (given, {**given, "a": {key: content}}, {**given, "a": content}):
        try:
            found = Definitions("k8s@1.0.0", json.dumps({"definitions": schemas}))
            kubernetes_modules(found, "k8s")
        except ImportSourceError as error:
            assert str(error).isprintable() or "\n  fix: " in str(error)  # noqa: PT017


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(properties=st.dictionaries(names, values, max_size=4), constants=st.lists(names, max_size=3))
def test_any_configuration_document_becomes_bindings_or_is_reported(
    project: Project, *, properties: dict[str, Any], constants: list[str]
) -> None:
    clean(project)
    documents = [
        {"properties": {**properties, "apiVersion": {"const": text}, "kind": {"const": text}}}
        for text in (*constants, "v1")
    ]
    project.write("config.schema.json", {"oneOf": documents}, package="box")
    try:
        project.generate()
    except ImportSourceError:
        return
    import_everything(project)


ARCHIVE = gzip.decompress(packed(whole()))


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(
    places=st.lists(st.tuples(st.integers(0, len(ARCHIVE) - 1), st.integers(0, 255)), max_size=8)
)
def test_any_damaged_archive_is_read_or_reported(places: list[tuple[int, int]]) -> None:
    data = bytearray(ARCHIVE)
    for place, value in places:
        data[place] = value
    started = time.monotonic()
    try:
        found = read_archive("a.tgz", gzip.compress(bytes(data), 1, mtime=0), Allowance())
    except ImportSourceError as error:
        assert str(error).isprintable()  # noqa: PT017
    else:
        assert all(".." not in name.split("/") and not name.startswith("/") for name in found)
    assert time.monotonic() - started < 5
