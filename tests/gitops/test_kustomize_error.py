"""Errors of Kustomize keep their names and lose what they quote."""

from __future__ import annotations

import pytest

from kubestrata.gitops.kustomize_error import shown_error

DUMP = 'map[string]interface {}{"kind":"Secret","data":{"PASSWORD":"aHVudGVyMi1n"}}'


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"{DUMP}: json: unsupported type: map[interface {{}}]", "a key is not text"),
        ("invalid literal source aHVudGVyMi1n, expected key=value", "key=value"),
        ('unable to parse SM or JSON patch from [patch: "aHVudGVyMi1n"]', "neither a strategic"),
        ("no matches for Id Secret.v1.[noGrp]/db.shop; aHVudGVyMi1n", "Secret.v1.[noGrp]/db.shop"),
        (
            "add operation does not apply: doc is missing path: /spec/x: aHVudGVyMi1n",
            "the patch operation add needs /spec/x, which does not exist",
        ),
        ("testing value /stringData/password failed: test failed", "/stringData/password"),
        (f"a new error about {DUMP}", "run kubectl kustomize in the folder"),
        ("", "run kubectl kustomize in the folder"),
    ],
)
def test_an_error_keeps_names_only(said: str, shown: str) -> None:
    made = shown_error(f"error: {said}\n")
    assert shown in made
    assert "aHVudGVyMi1n" not in made
