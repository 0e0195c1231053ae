"""Selectors of Cilium's policies, as label selectors of Kubernetes."""

from __future__ import annotations

from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import known

_NAMESPACE = "io.kubernetes.pod.namespace"
_NAMESPACE_LABEL = "io.cilium.k8s.namespace.labels."
_PREFIXES = ("k8s:", "any:")


def _key(key: str) -> str:
    return next((key[len(each) :] for each in _PREFIXES if key.startswith(each)), key)


def pod_selector(selector: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return the namespace ('' for the policy's own) and labels; None for other conditions."""
    labels = {_key(key): value for key, value in mapping(selector.get("matchLabels")).items()}
    expressions = [
        {**mapping(each), "key": _key(str(mapping(each).get("key")))}
        for each in sequence(selector.get("matchExpressions"))
    ]
    told = labels.pop(f"{_NAMESPACE_LABEL}kubernetes.io/metadata.name", "")
    namespace = labels.pop(_NAMESPACE, told)
    keys = [*labels, *(str(each["key"]) for each in expressions)]
    if any(_foreign(each) for each in keys) or (namespace and not known(namespace)):
        return None
    return str(namespace), {"matchLabels": labels, "matchExpressions": expressions}


def _foreign(key: str) -> bool:
    return key.startswith(("io.kubernetes.", "io.cilium.", _NAMESPACE_LABEL, "reserved"))
