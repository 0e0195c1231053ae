"""Texts that a plugin of Argo CD fills in are unknown values, not wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.gitops.plugin_text import opened
from kubestrata.rules.catalogue import rules_of
from tests.gitops.argo import application, written
from tests.gitops.repository import repository, unit

POD = """apiVersion: v1
kind: Pod
metadata: {name: NAME, namespace: shop}
spec: {containers: [{name: a, image: 'example.com/a:1', env: [{name: A, value: VALUE}]}]}
"""


def told(top: Path) -> list[str]:
    rules = (*rules_of("schema"), *rules_of("secrets"))
    (tree,) = from_folder(top)
    return [f"{rule.id} {each.path}" for rule in rules for each in rule.check(tree)]


def argo(top: Path, text: str) -> Path:
    app = application("shop", "path: shop")
    return written(top, {"argocd/shop.yaml": app, "shop/a.yaml": text})


@pytest.mark.parametrize(
    "name",
    [
        "'${ARGOCD_APP_NAME}-a'",
        "$ARGOCD_ENV_NAME",
        "'web-${ARGOCD_ENV_CLUSTER:-x}'",
        "<path:secret/data/shop#name>",
        "'<path:secret/data/shop#name | base64encode>'",
        "a-<vault:secret/shop~name>",
        "<secret:name>",
    ],
)
def test_a_name_that_a_plugin_fills_in_is_unknown_under_argo_cd(tmp_path: Path, name: str) -> None:
    text = POD.replace("NAME", name)
    assert told(argo(tmp_path / "argo", text)) == []
    files = {"clusters/home/shop.yaml": unit("shop"), "shop/a.yaml": text}
    assert "V05 metadata.name" in told(repository(tmp_path / "flux", files))


def test_a_name_that_nothing_fills_in_is_wrong(tmp_path: Path) -> None:
    for number, name in enumerate(("'${OTHER}'", "<name>", "$HOME")):
        assert "V05 metadata.name" in told(argo(tmp_path / str(number), POD.replace("NAME", name)))


def test_keys_are_filled_in_where_the_object_names_their_path() -> None:
    metadata = {"name": "a", "annotations": {"avp.kubernetes.io/path": "secret/data/shop"}}
    secret = {"kind": "Secret", "metadata": metadata, "stringData": {"a": "<user>", "b": "x"}}
    made = opened(secret)
    assert made is not None
    assert made["stringData"] == {"a": "${user}", "b": "x"}
    metadata["annotations"] = {"avp.kubernetes.io/ignore": "true"}
    other = {"kind": "Secret", "metadata": metadata, "stringData": {"a": "<path:a#b>"}}
    assert opened(other) is None
