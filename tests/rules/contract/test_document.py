"""The document for programs and its published schema."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from msgspec.structs import replace

from kubestrata.core.origin import Line
from kubestrata.rules.contract.counterpart_file import read_counterparts
from kubestrata.rules.contract.document import document
from kubestrata.rules.contract.requirement import plain_name
from kubestrata.rules.contract.sort import SORTS
from kubestrata.rules.subject import Declared, Unchecked
from kubestrata.rules.violation import Location
from tests.docs.contract_schema import SCHEMA, text
from tests.rules.contract.world import tree_of

TEXT = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: web, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  data: [{secretKey: a, remoteRef: {key: shop/web, property: login}}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: "", envFrom: [{secretRef: {name: b, optional: true}}]}]}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
"""


def made() -> dict[str, Any]:
    tree = tree_of(
        TEXT,
        declared=[Declared("variable", "region", Location("main.py", 9), "ConfigMap a/b")],
        unchecked=[Unchecked("remote base x", "it is not here", Location("web.yaml", 5))],
    )
    first, *others = tree.subjects
    called = replace(first, place=Location("web.py", 7, Line("main.py", 3)))
    plain: dict[str, Any] = json.loads(
        json.dumps(document([dataclasses.replace(tree, subjects=[called, *others])]))
    )
    return plain


def test_the_published_schema_is_current() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == text(), "make docs"


def test_a_document_follows_the_schema_and_has_every_use() -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    validator.validate(made())
    use = {
        "object": "ExternalSecret.external-secrets.io shop/web",
        "field": "spec.data[0].remoteRef.key",
        "file": "web.py",
        "line": 7,
        "calledFrom": {"file": "main.py", "line": 3},
    }
    assert made() == {
        "format": "kubestrata-contract/1",
        "clusters": [
            {
                "name": "home",
                "entries": [
                    {
                        "sort": "store-key",
                        "name": "shop/web",
                        "source": "ClusterSecretStore vault",
                        "properties": [{"name": "login", "uses": [use]}],
                        "uses": [use],
                    },
                    {
                        "sort": "variable",
                        "name": "region",
                        "source": "ConfigMap a/b",
                        "declared": {"file": "main.py", "line": 9},
                    },
                    {
                        "sort": "secret",
                        "name": "shop/b",
                        "uses": [
                            {
                                "object": "Pod shop/web",
                                "field": "spec.containers[0].envFrom[0].secretRef.name",
                                "file": "web.yaml",
                                "line": 2,
                            }
                        ],
                        "certain": False,
                        "optional": True,
                    },
                ],
                "unread": [
                    {
                        "what": "remote base x",
                        "why": "it is not here",
                        "file": "web.yaml",
                        "line": 5,
                    }
                ],
                "sorts": list(SORTS),
            }
        ],
    }


BROKEN: tuple[dict[str, Any], ...] = (
    {"clusters": []},
    {"format": "kubestrata-contract/2", "clusters": []},
    {"format": "kubestrata-contract/1", "clusters": [{"name": "", "entries": []}]},
    {"format": "kubestrata-contract/1", "clusters": [{"name": "a", "entries": [{}]}]},
)


@pytest.mark.parametrize("broken", BROKEN)
def test_the_schema_refuses_other_documents(broken: object) -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert not validator.is_valid(broken)


def test_a_document_can_be_read_as_the_other_side(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    file.write_text(json.dumps(made()))
    (found,) = read_counterparts(file)
    assert set(found.names) == set(SORTS)
    assert found.names["store-key"] == {"shop/web": frozenset({"login"})}


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("  web ", "web"),
        (7, "7"),
        (True, ""),
        (None, ""),
        (["a"], ""),
        ("", ""),
        ("{{ .Values.a }}", ""),
        ("<< inputs.a >>", ""),
        ("a\nb", ""),
        ("x" * 301, ""),
        ("https://me:word@git.example.com/a", "https://git.example.com/a"),
        ("ssh://git@git.example.com/a", "ssh://git@git.example.com/a"),
        ("${region}/a", "${region}/a"),
    ],
)
def test_a_name_is_one_plain_text_without_a_login(value: object, name: str) -> None:
    assert plain_name(value) == name
