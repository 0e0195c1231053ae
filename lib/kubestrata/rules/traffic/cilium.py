"""Cilium's policies: their rules, and their selectors as label selectors of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import GATEWAY
from kubestrata.rules.field import known
from kubestrata.rules.selector import selector_keys
from kubestrata.rules.subject import ClusterTree, Subject

CILIUM = "cilium.io"
CILIUM_POLICIES = ("CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy")
OF_NAMESPACE = "io.cilium.k8s.namespace.labels."
"""The prefix of labels that the namespace of a pod has."""
_NAMESPACE = "io.kubernetes.pod.namespace"
_FOREIGN = ("io.kubernetes.", "io.cilium.", "reserved")


def is_of_cilium(tree: ClusterTree, gateway: Subject) -> bool:
    """Return True if Cilium serves a Gateway; the class `cilium` is its own if none is declared."""
    name = str(gateway.spec.get("gatewayClassName"))
    kind = tree.get(GATEWAY, "GatewayClass", "", name)
    if kind is None:
        return name == "cilium"
    return str(kind.spec.get("controllerName")).startswith("io.cilium/")


def specs_of(policy: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the rules of a Cilium policy, which has one spec or several."""
    if policy.spec:
        yield "spec", policy.spec
    for index, each in enumerate(sequence(policy.manifest.get("specs"))):
        yield f"specs[{index}]", mapping(each)


def _plain(key: str) -> str:
    """Return a label as pods have it: Cilium's may include a source."""
    return key.removeprefix("k8s:").removeprefix("any:")


def cilium_selector(selector: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the namespace of a Cilium selector, '' if it has none, and a selector of pods."""
    labels = {
        _plain(str(key)): value for key, value in mapping(selector.get("matchLabels")).items()
    }
    namespace = str(labels.pop(_NAMESPACE, ""))
    expressions: list[dict[str, Any]] = []
    for each in sequence(selector.get("matchExpressions")):
        expression = mapping(each)
        expressions.append({**expression, "key": _plain(str(expression.get("key")))})
    return namespace, {"matchLabels": labels, "matchExpressions": expressions}


def pod_selector(selector: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return the namespace ('' for the policy's own) and labels; None for other conditions."""
    own, found = cilium_selector(selector)
    namespace = found["matchLabels"].pop(f"{OF_NAMESPACE}kubernetes.io/metadata.name", "")
    namespace = own or str(namespace)
    if any(each.startswith(_FOREIGN) for each in selector_keys(found)):
        return None
    return (namespace, found) if not namespace or known(namespace) else None
