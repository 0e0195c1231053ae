"""The document for programs and its published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from kubestrata.core.identity import Identity
from kubestrata.core.origin import Line
from kubestrata.rules.contract.counterpart_file import read_counterparts
from kubestrata.rules.contract.document import document
from kubestrata.rules.contract.requirement import Requirement, Use, entries, plain_name
from kubestrata.rules.contract.sort import SORTS
from kubestrata.rules.subject import Declared
from kubestrata.rules.violation import Location
from tests.docs.contract_schema import SCHEMA, text

USE = Use(
    Identity("apps", "Deployment", "shop", "web"),
    Location("web.py", 7, Line("main.py", 3)),
    "spec.a",
)


def made() -> dict[str, Any]:
    needs = [
        Requirement("store-key", "shop/web", USE, "login", "ClusterSecretStore vault"),
        Requirement("secret", "shop/web", USE, certain=False, optional=True),
    ]
    region = Declared("variable", "region", Location("main.py", 9), "ConfigMap a/b")
    plain: dict[str, Any] = json.loads(json.dumps(document({"home": entries(needs, [region])})))
    return plain


def test_the_published_schema_is_current() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == text(), "make docs"


def test_a_document_follows_the_schema_and_has_every_use() -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    validator.validate(made())
    use = {
        "object": "Deployment.apps shop/web",
        "field": "spec.a",
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
                        "name": "shop/web",
                        "uses": [use],
                        "certain": False,
                        "optional": True,
                    },
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
