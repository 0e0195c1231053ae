"""The order of mycluster-0: its hand-written edges follow from the references.

The original platform has few, large Kustomizations; here each component is one. For each edge
between two of them this lists the pairs of components that need it, or the reason why no component
does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from kubestrata.delivery.deliver import deliver
from tests import main_platform

PLATFORMS = Path(__file__).parents[3] / "shared" / "platforms.md"

Edge = tuple[str, str]

# (Kustomization, its dependency) -> (component, component it must reach)
EDGES: Mapping[Edge, list[Edge]] = {
    ("apps", "tooling"): [],
    ("crds", "namespaces"): [("crds-prometheus-operator", "namespaces")],
    ("crossplane-configuration", "crossplane-providers"): [
        ("crossplane-configuration", "crossplane-providers")
    ],
    ("crossplane-controller", "crds"): [("crossplane", "crds-victoria-metrics-operator")],
    ("crossplane-providers", "crossplane-controller"): [("crossplane-providers", "crossplane")],
    ("eks-pod-identities", "crossplane-configuration"): [
        ("eks-pod-identities", "crossplane-configuration")
    ],
    ("flux-notifications", "security"): [
        ("flux-notifications", "external-secrets"),
        ("flux-notifications", "kyverno-policies"),
    ],
    ("flux-observability", "security"): [("flux-observability", "kyverno-policies")],
    ("infrastructure", "eks-pod-identities"): [
        ("aws-load-balancer-controller", "eks-pod-identities"),
        ("external-dns", "eks-pod-identities"),
    ],
    ("infrastructure", "karpenter"): [("tailscale-operator", "karpenter")],
    ("karpenter", "crds"): [("karpenter", "crds-victoria-metrics-operator")],
    ("karpenter-nodepools", "karpenter"): [("karpenter-nodepools", "karpenter")],
    ("observability", "observability-grafana-operator"): [],
    ("observability-grafana-folders", "observability-victoria-metrics-k8s-stack"): [
        ("grafana-folders", "victoria-metrics-k8s-stack")
    ],
    ("observability-grafana-folders", "observability-victoria-traces"): [],
    ("observability-grafana-operator", "observability-grafana-folders"): [
        ("grafana-dashboards", "grafana-folders")
    ],
    ("observability-victoria-metrics-k8s-stack", "security"): [
        ("victoria-metrics-k8s-stack", "cert-manager"),
        ("victoria-metrics-k8s-stack", "external-secrets"),
        ("victoria-metrics-k8s-stack", "kyverno-policies"),
    ],
    ("observability-victoria-traces", "observability-victoria-metrics-k8s-stack"): [
        ("victoria-traces", "victoria-metrics-k8s-stack")
    ],
    ("security", "eks-pod-identities"): [
        ("cert-manager", "eks-pod-identities"),
        ("external-secrets", "eks-pod-identities"),
        ("openbao-snapshot", "eks-pod-identities"),
    ],
    ("tooling", "infrastructure"): [
        ("dagger-engine", "karpenter-nodepools"),
        ("gha-runners", "karpenter-nodepools"),
        ("harbor", "cloudnative-pg"),
        ("harbor", "gateways"),
        ("headlamp", "gateways"),
        ("homepage", "gateways"),
    ],
    ("tooling", "observability"): [],
    ("zitadel", "infrastructure"): [("zitadel", "cloudnative-pg"), ("zitadel", "gateways")],
    ("zitadel", "security"): [("zitadel", "cert-manager"), ("zitadel", "external-secrets")],
}
# Edges that no object needs.
WITHOUT_NEED: Mapping[Edge, str] = {
    ("apps", "tooling"): "apps come from public registries, and no tool serves them",
    ("observability", "observability-grafana-operator"): (
        "logs and events are collected without a user, too; the data source of the logs waits"
        " for the CRDs of the operator, and OnCall for the stack's own Grafana"
    ),
    ("observability-grafana-folders", "observability-victoria-traces"): (
        "a folder names no data source; the data source of the traces is their own component's"
    ),
    ("tooling", "observability"): "a tool works without monitoring; its scrapes need CRDs only",
}


@pytest.fixture(scope="module")
def above() -> dict[str, set[str]]:
    """Return Kustomization -> every Kustomization that is ready before it."""
    made = [
        file.manifest
        for file in deliver(main_platform.cluster("mycluster-0")).files
        if file.manifest
    ]
    direct = {
        each["metadata"]["name"]: [one["name"] for one in each["spec"].get("dependsOn", [])]
        for each in made
        if each["kind"] == "Kustomization"
    }
    found: dict[str, set[str]] = {}
    for name in direct:
        waiting, seen = [name], set[str]()
        while waiting:
            new = set(direct[waiting.pop()]) - seen
            seen |= new
            waiting += new
        found[name] = seen
    return found


def pairs() -> list[Edge]:
    return sorted({pair for needed in EDGES.values() for pair in needed})


@pytest.mark.parametrize("pair", pairs(), ids="->".join)
def test_a_component_reaches_the_dependencies_of_its_kustomization(
    above: dict[str, set[str]], pair: Edge
) -> None:
    late, early = pair
    assert early in above[late]


def test_every_component_named_by_an_edge_exists(above: dict[str, set[str]]) -> None:
    named = {name for pair in pairs() for name in pair}
    assert named - above.keys() == set()


def test_every_edge_has_a_dependency_or_a_reason() -> None:
    assert {edge for edge, needed in EDGES.items() if not needed} == set(WITHOUT_NEED)


def test_every_edge_of_the_original_platform_is_listed() -> None:
    if not PLATFORMS.is_file():
        pytest.skip("the description of the platforms is not at hand")
    text = PLATFORMS.read_text().partition("## Flux Kustomizations and their order")[2]
    table = text.partition("### A now")[2].partition("### ")[0]
    rows = [
        [cell.strip() for cell in row.split("|")[1:]] for row in table.splitlines() if "|" in row
    ]
    written = {
        (row[0], other)
        for row in rows[2:]
        for other in re.split(r",\s*", row[3])
        if other not in ("-", "")
    }
    assert written == set(EDGES)
