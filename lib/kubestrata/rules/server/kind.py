"""Requirements of the API server for single kinds that no table states."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from kubestrata.core.json_value import is_mapping, mapping, sequence
from kubestrata.rules.api_group import API_EXTENSIONS
from kubestrata.rules.server.pod import pod_faults, selector_faults
from kubestrata.rules.subject import Subject
from kubestrata.schema import Doubtful, Fault, dotted, is_open, syntax_problem

Check: TypeAlias = Callable[[Subject], Iterator[Fault]]

_DATA_SIZE = 1024 * 1024
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}
"""Keys by type of a Secret. Source: core ValidateSecret."""
_FROM_ZERO = ("External", "Object")
"""Types of metrics that exist without a pod."""
_METRICS = "autoscaling.alpha.kubernetes.io/metrics"
"""Annotation with the metrics of autoscaling/v1."""
_JSON = (".dockercfg", ".dockerconfigjson")
_ACCOUNT = "kubernetes.io/service-account.name"


def _workload(subject: Subject) -> Iterator[Fault]:
    yield from selector_faults(subject)
    yield from pod_faults(subject)


def _config(subject: Subject) -> Iterator[Fault]:
    data, binary = mapping(subject.manifest.get("data")), subject.manifest.get("binaryData")
    for field in ("data", "binaryData"):
        for key in mapping(subject.manifest.get(field)):
            why = _key_problem(key)
            if why:
                yield Fault(dotted([field, key]), why)
    for key in mapping(binary):
        if key in data:
            yield Fault(dotted(["data", key]), "is in binaryData too", "remove one of them")
    encoded = (_decoded(each) for each in mapping(binary).values())
    yield from _size([*map(_bytes, data.values()), *encoded])


def _secret(subject: Subject) -> Iterator[Fault]:
    texts = mapping(subject.manifest.get("stringData"))
    values: dict[str, bytes] = {}
    for field in ("data", "stringData"):
        for number, (key, value) in enumerate(mapping(subject.manifest.get(field)).items(), 1):
            if _key_problem(key):
                # An error in YAML may turn a value into a key.
                message = "the key must be letters, digits, '-', '_' and '.'"
                yield Fault(field, f"entry {number}: {message}")
            values[key] = _decoded(value) if field == "data" else _bytes(value)
    yield from _size(values.values())
    kind = str(subject.manifest.get("type") or "")
    for key in _NEEDED.get(kind, ()):
        if key not in values:
            yield Fault(dotted(["data", key]), f"is not set; a Secret of type {kind} needs it")
        elif key in _JSON and not is_open(texts.get(key)) and not _is_object(values[key]):
            field = "stringData" if key in texts else "data"
            yield Fault(dotted([field, key]), "is not a valid JSON object")
    if kind == "kubernetes.io/basic-auth" and not {"password", "username"} & set(values):
        yield Fault("data", f"needs one of password, username; the type is {kind}")
    if kind == "kubernetes.io/service-account-token" and not subject.annotations.get(_ACCOUNT):
        path = dotted(["metadata", "annotations", _ACCOUNT])
        yield Fault(path, f"is not set; a Secret of type {kind} needs it")


def _key_problem(key: str) -> str:
    return "" if is_open(key) else syntax_problem("data key", key)


def _bytes(value: object) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else b""


def _decoded(value: object) -> bytes:
    """Return the bytes of a value in base64; V01 reports one that is not."""
    try:
        return b64decode(_bytes(value))
    except (Error, ValueError):
        return b""


def _is_object(content: bytes) -> bool:
    try:
        return is_mapping(json.loads(content))
    except (ValueError, RecursionError):
        return False


def _size(values: Iterable[bytes]) -> Iterator[Fault]:
    size = sum(map(len, values))
    if size > _DATA_SIZE:
        yield Fault("data", f"has {size} bytes; {_DATA_SIZE} are allowed")


def _definition(subject: Subject) -> Iterator[Fault]:
    versions = [mapping(each) for each in sequence(subject.spec.get("versions"))]
    stored = [str(each.get("name")) for each in versions if each.get("storage")]
    if len(stored) != 1:
        message = f"{', '.join(stored) or 'no version'} has storage: true; exactly one must"
        yield Fault("spec.versions", message)


def _autoscaler(subject: Subject) -> Iterator[Fault]:
    """Yield the problem of an autoscaler that scales to zero, which a feature gate allows.

    Source: autoscaling validateHorizontalPodAutoscalerSpec, validateMetrics.
    """
    least: object = subject.spec.get("minReplicas")
    if isinstance(least, bool) or least != 0:
        return
    metrics = map(mapping, sequence(subject.spec.get("metrics")))
    if _METRICS in subject.annotations or any(each.get("type") in _FROM_ZERO for each in metrics):
        message = "0 is valid only with the feature gate HPAScaleToZero"
        yield Doubtful("spec.minReplicas", message, "set 1, or enable the gate")
    else:
        message = "0 is not valid: must be at least 1 without an External or Object metric"
        yield Fault("spec.minReplicas", message)


CHECKS: Mapping[tuple[str, str], Check] = {
    ("", "ConfigMap"): _config,
    ("", "Pod"): pod_faults,
    ("", "PodTemplate"): pod_faults,
    ("", "ReplicationController"): pod_faults,
    ("", "Secret"): _secret,
    (API_EXTENSIONS, "CustomResourceDefinition"): _definition,
    ("apps", "DaemonSet"): _workload,
    ("apps", "Deployment"): _workload,
    ("apps", "ReplicaSet"): _workload,
    ("apps", "StatefulSet"): _workload,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("batch", "CronJob"): pod_faults,
    ("batch", "Job"): _workload,
}
