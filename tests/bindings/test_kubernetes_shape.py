"""Kubernetes' own structs, recognised in custom kinds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, get_type_hints

import pytest

from kubeapis import cert_manager, k8s, prometheus
from kubestrata.bindings.kind.definition import OBJECT_META, Definitions
from kubestrata.bindings.module.kubernetes_shape import KubernetesShapes

CORE = "io.k8s.api.core.v1"
TEXT: dict[str, Any] = {"type": "string"}
KEY_SELECTOR: dict[str, Any] = {
    "type": "object",
    "required": ["key"],
    "properties": {"key": TEXT, "name": TEXT, "optional": {"type": "boolean"}},
}
TOLERATION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "effect": TEXT,
        "key": TEXT,
        "operator": TEXT,
        "tolerationSeconds": {"type": "integer", "format": "int64"},
        "value": TEXT,
    },
}
AMOUNTS: dict[str, Any] = {"type": "object", "additionalProperties": TEXT}
LIMITS: dict[str, Any] = {"limits": AMOUNTS, "requests": AMOUNTS}
CLAIMS = {"type": "array", "items": TEXT}
REFERENCE: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {**TEXT, "description": "Name of the referent."}},
}
POD: dict[str, Any] = {
    "type": "object",
    "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Pod"}],
    "properties": {
        "metadata": {"$ref": f"#/definitions/{OBJECT_META}"},
        "configMapKeyRef": {"$ref": f"#/definitions/{CORE}.ConfigMapKeySelector"},
        "secretKeyRef": {"$ref": f"#/definitions/{CORE}.SecretKeySelector"},
        "tolerations": {
            "type": "array",
            "items": {"$ref": f"#/definitions/{CORE}.Toleration"},
        },
        "ref": {"$ref": f"#/definitions/{CORE}.LocalObjectReference"},
        "container": {"$ref": f"#/definitions/{CORE}.Container"},
        "claim": {"$ref": f"#/definitions/{CORE}.PersistentVolumeClaimSpec"},
        "template": {"$ref": f"#/definitions/{CORE}.PodTemplateSpec"},
    },
}
CONTAINER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "image": TEXT,
        "env": TEXT,
        "resources": {"$ref": f"#/definitions/{CORE}.ResourceRequirements"},
    },
}
CLAIM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "accessModes": TEXT,
        "storageClassName": TEXT,
        "resources": {"$ref": f"#/definitions/{CORE}.VolumeResourceRequirements"},
    },
}
TEMPLATE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "metadata": {"$ref": f"#/definitions/{OBJECT_META}"},
        "toleration": {"$ref": f"#/definitions/{CORE}.Toleration"},
    },
}
DEFINITIONS = {
    OBJECT_META: {"type": "object", "properties": {"name": TEXT, "labels": {"type": "object"}}},
    f"{CORE}.ConfigMapKeySelector": KEY_SELECTOR,
    f"{CORE}.SecretKeySelector": KEY_SELECTOR,
    f"{CORE}.Toleration": TOLERATION,
    f"{CORE}.LocalObjectReference": REFERENCE,
    f"{CORE}.ResourceRequirements": {
        "type": "object",
        "properties": {**LIMITS, "claims": CLAIMS},
    },
    f"{CORE}.VolumeResourceRequirements": {"type": "object", "properties": LIMITS},
    f"{CORE}.Container": CONTAINER,
    f"{CORE}.PersistentVolumeClaimSpec": CLAIM,
    f"{CORE}.PodTemplateSpec": TEMPLATE,
    f"{CORE}.Pod": POD,
}


@pytest.fixture(name="shapes")
def known_shapes() -> KubernetesShapes:
    return KubernetesShapes(Definitions("k8s@1", json.dumps({"definitions": DEFINITIONS})), {})


def found(
    shapes: KubernetesShapes, schema: dict[str, Any], wire: str, siblings: Sequence[str] = ()
) -> str | None:
    ref = shapes.find(schema, wire, siblings)
    return ref.key.rpartition(".")[2] if ref else None


def without(schema: dict[str, Any], *names: str) -> dict[str, Any]:
    kept = {name: each for name, each in schema["properties"].items() if name not in names}
    return {**schema, "properties": kept}


def changed(path: Sequence[str], value: object) -> dict[str, Any]:
    schema = deepcopy(TOLERATION)
    inner: dict[str, Any] = schema
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return schema


def test_the_same_fields_are_the_same_struct(shapes: KubernetesShapes) -> None:
    assert found(shapes, deepcopy(TOLERATION), "anything") == "Toleration"


def test_an_older_release_has_a_field_less(shapes: KubernetesShapes) -> None:
    assert found(shapes, without(TOLERATION, "tolerationSeconds"), "tolerations") == "Toleration"
    assert found(shapes, without(TOLERATION, "value", "effect"), "tolerations") is None


def test_the_location_distinguishes_equal_structs(shapes: KubernetesShapes) -> None:
    assert found(shapes, KEY_SELECTOR, "configMapKeyRef") == "ConfigMapKeySelector"
    assert found(shapes, KEY_SELECTOR, "secretKeyRef") == "SecretKeySelector"
    assert found(shapes, KEY_SELECTOR, "tlsConfigMap") == "ConfigMapKeySelector"
    assert found(shapes, KEY_SELECTOR, "password") == "SecretKeySelector"


def test_few_fields_need_a_proof(shapes: KubernetesShapes) -> None:
    bare = {"type": "object", "properties": {"name": TEXT}}
    assert found(shapes, bare, "owner") is None
    assert found(shapes, bare, "ref") == "LocalObjectReference"
    described = {"name": {**TEXT, "description": "Name of  the referent"}}
    assert found(shapes, {**bare, "properties": described}, "owner") == "LocalObjectReference"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("required",), ["key"]),
        (("oneOf",), [{"required": ["key"]}]),
        (("additionalProperties",), TEXT),
        (("properties", "more"), TEXT),
        (("properties", "key", "type"), "integer"),
        (("properties", "key", "enum"), ["a", "b"]),
        (("properties", "key", "nullable"), True),
        (("properties", "key", "maxLength"), 63),
        (("properties", "key", "default"), "a"),
        (("properties", "key", "x-kubernetes-preserve-unknown-fields"), True),
        (("properties", "key"), "no mapping"),
    ],
)
def test_what_differs_is_another_struct(
    shapes: KubernetesShapes, path: tuple[str, ...], value: object
) -> None:
    assert found(shapes, changed(path, value), "tolerations") is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("properties", "key", "default"), ""),
        (("properties", "tolerationSeconds"), {"type": "integer"}),
        (("description",), "Another sentence."),
        (("x-kubernetes-map-type",), "atomic"),
    ],
)
def test_irrelevant_differences_are_ignored(
    shapes: KubernetesShapes, path: tuple[str, ...], value: object
) -> None:
    assert found(shapes, changed(path, value), "tolerations") == "Toleration"


def test_one_struct_of_kubernetes_fits_in_every_kind() -> None:
    monitor = get_type_hints(prometheus.PodMonitorSpec)
    assert monitor["selector"] is k8s.LabelSelector
    assert "Toleration" in str(get_type_hints(prometheus.AlertmanagerSpec)["tolerations"])
    pod = get_type_hints(cert_manager.IssuerSpecAcmeSolversHttp01IngressPodTemplateSpec)
    assert k8s.Affinity in pod["affinity"].__args__
    selector = k8s.LabelSelector(match_labels={"a": "b"})
    prometheus.PodMonitorSpec(selector=selector)
    k8s.NetworkPolicySpec(pod_selector=selector)


@pytest.mark.parametrize(
    ("siblings", "expected"),
    [
        (("image", "env", "resources"), "ResourceRequirements"),
        (("image", "storageClassName", "env", "resources"), "ResourceRequirements"),
        (("accessModes", "storageClassName", "resources"), "VolumeResourceRequirements"),
        (("storageClassName", "size", "resources"), "VolumeResourceRequirements"),
    ],
)
def test_sibling_fields_determine_the_type_of_resources(
    shapes: KubernetesShapes, siblings: Sequence[str], expected: str
) -> None:
    """A copy from before Kubernetes 1.26 has no `claims`."""
    older = {"type": "object", "properties": LIMITS}
    assert found(shapes, older, "resources", siblings) == expected


def test_a_template_whose_metadata_the_server_drops_is_another_struct(
    shapes: KubernetesShapes,
) -> None:
    def template(metadata: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "properties": {"metadata": metadata, "toleration": TOLERATION}}

    labels = {"name": TEXT, "labels": {"type": "object"}}
    kept = template({"type": "object", "properties": labels})
    assert found(shapes, kept, "template") == "PodTemplateSpec"
    assert found(shapes, template({"type": "object"}), "template") is None
