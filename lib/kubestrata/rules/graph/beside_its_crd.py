"""G04: custom resources are applied after their CRD."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.api_group import HELM
from kubestrata.rules.dependency import order_of
from kubestrata.rules.provider import custom, provider_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    order = order_of(tree)
    for subject in custom(tree):
        provider = provider_of(tree, subject.identity.group)
        if provider is None or provider.unit is None or subject.unit is None:
            continue
        if subject.identity.group == HELM or subject.unit not in tree.units:
            continue
        name, group = provider.identity.name, subject.identity.group
        if provider.unit == subject.unit:
            if provider.identity.kind == "HelmRelease":
                message = (
                    f"is in the same Kustomization as HelmRelease {name}, which installs "
                    f"the CRDs of {group}"
                )
                fix = f"move it to a Kustomization that depends on {subject.unit.name}"
                yield subject.finding("", message, fix)
        elif order.is_before(subject.unit, provider.unit):
            message = f"is applied before {provider.unit.name}, which installs the CRDs of {group}"
            fix = f"reverse the dependsOn between {subject.unit.name} and {provider.unit.name}"
            yield subject.finding("", message, fix)


RULES = (
    Rule(
        "G04",
        "a custom resource is applied after its CRD",
        "the dry-run of the whole Kustomization fails forever",
        _judge,
    ),
)
