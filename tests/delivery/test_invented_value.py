"""Values of charts that only stand for others: they never get into the output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubeapis import k8s
from kubestrata.constructs import HelmRelease, Patch, PatchStep
from kubestrata.core.errors import GraphError
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.invented_value import invented_field
from tests.delivery.argo import argo_cluster, objects, shelf
from tests.small_platform import chart, new_component

LOGIN = """\
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData:
  password: {{ .Values.password | default (randAlphaNum 24) | quote }}
"""
TLS = """\
{{- $ca := genCA "web" 365 }}
apiVersion: v1
kind: Secret
metadata: {name: tls}
data: {ca.key: {{ $ca.Key | b64enc }}}
"""
TOKEN = """\
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {id: {{ uuidv4 | quote }}}
"""
COPY = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: copy}
data: {token: {{ index (lookup "v1" "Secret" .Release.Namespace "source").data "token" | quote }}}
"""
HARMLESS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  annotations: {rolled: {{ randAlphaNum 5 | quote }}, at: {{ now | quote }}}
data: {keys: "{{ keys (dict "a" 1 "b" 2) }}"}
"""


def delivered(
    tmp_path: Path, template: str, values: dict[str, Any] | None = None, *patches: Patch
) -> dict[str, Any]:
    cluster = argo_cluster()
    component = new_component(cluster)
    k8s.Secret(component, "source", string_data={"token": "abc"})
    HelmRelease(component, "web", chart=chart(), values=values or {}, patches=patches)
    return objects(deliver(cluster, shelf(tmp_path, all=template)))


@pytest.mark.parametrize(
    ("template", "field"),
    [
        (LOGIN, r"Secret web/login: has at stringData\.password"),
        (TLS, r"Secret web/tls: has at data\.ca\.key"),
        (TOKEN, r"Secret web/token: has at stringData\.id"),
        (COPY, r"ConfigMap web/copy: has at data\.token"),
    ],
)
def test_a_value_that_only_helm_in_the_cluster_could_make_is_refused(
    tmp_path: Path, template: str, field: str
) -> None:
    with pytest.raises(GraphError, match=field):
        delivered(tmp_path, template)


def test_a_password_given_as_a_value_is_delivered(tmp_path: Path) -> None:
    made = delivered(tmp_path, LOGIN, {"password": "given"})
    assert made["apps/web/login-secret.yaml"]["stringData"] == {"password": "given"}


def test_a_patch_that_sets_the_value_lifts_the_refusal(tmp_path: Path) -> None:
    patch = Patch.steps("v1", "Secret", [PatchStep("replace", "/stringData/password", "given")])
    made = delivered(tmp_path, LOGIN, None, patch)
    assert made["apps/web/login-secret.yaml"]["stringData"] == {"password": "given"}


def test_constants_in_annotations_and_sorted_lists_are_delivered(tmp_path: Path) -> None:
    made = delivered(tmp_path, HARMLESS)
    assert made["apps/web/web-configmap.yaml"]["data"] == {"keys": "[a b]"}


def test_a_key_with_dots_is_found_in_a_list() -> None:
    manifest = {
        "kind": "Thing",
        "metadata": {"name": "a", "namespace": "web"},
        "spec": {"items": [{"tls.key": "placeholder"}]},
    }
    assert invented_field(manifest, ["Thing a spec.items.0.tls.key"]) == "spec.items.0.tls.key"
    assert invented_field(manifest, ["Thing b spec.items.0.tls.key"]) is None
