"""Deployed versions are compared with the versions of the bindings."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import Manifest
from kubestrata.plan.version_table import VersionRow, version_rows
from kubestrata.rules.chart_origin import ChartOrigin
from kubestrata.rules.subject import ClusterTree, Subject, Unchecked
from kubestrata.rules.violation import Location

PLACE = Location("a.yaml", 1)


def release(chart: str, version: str, name: str = "one") -> Manifest:
    source = {"kind": "HelmRepository", "name": "charts"}
    spec = {"chart": chart, "version": version, "sourceRef": source}
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": name, "namespace": "operators"},
        "spec": {"chart": {"spec": spec}},
    }


def repository(url: str, **reference: str) -> Manifest:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": "crds", "namespace": "flux-system"},
        "spec": {"url": url, "ref": reference},
    }


def subject(manifest: Manifest, chart: ChartOrigin | None = None) -> Subject:
    return Subject(identity_of(manifest), manifest, PLACE, chart=chart)


def rows(
    *subjects: Subject, kubernetes: str = "1.34", remote: tuple[str, ...] = ()
) -> list[VersionRow]:
    unchecked = [Unchecked(each, "is remote", PLACE) for each in remote]
    return version_rows(ClusterTree("home", kubernetes, subjects, unchecked=unchecked))


def row(name: str, *subjects: Subject, **more: Any) -> VersionRow:
    (found,) = (each for each in rows(*subjects, **more) if each.name == name)
    return found


@pytest.mark.parametrize(
    ("kubernetes", "difference"),
    [("1.34", "older"), ("1.35", "same"), ("1.35.2", "newer"), ("v1.36", "newer"), ("", "unknown")],
)
def test_kubernetes_is_compared_with_the_schemas(kubernetes: str, difference: str) -> None:
    (found,) = rows(kubernetes=kubernetes)
    assert (found.what, found.deployed, found.bindings) == ("Kubernetes", kubernetes, "k8s")
    assert (found.bound, found.difference) == ("1.35.0", difference)


def test_a_chart_with_the_version_of_its_program_is_compared() -> None:
    found = row("grafana-operator", subject(release("grafana-operator", "5.21.4")))
    expected = VersionRow("chart", "grafana-operator", "5.21.4", "", "grafana", "5.24.0", "older")
    assert found == expected
    assert found.differs


def test_a_chart_with_its_own_version_is_compared_by_its_program_once_it_is_rendered() -> None:
    one = subject(release("kyverno", "3.7.1"))
    assert row("kyverno", one).difference == "unknown"
    made: Manifest = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": "kyverno",
            "namespace": "operators",
            "labels": {"app.kubernetes.io/version": "v1.17.1"},
        },
    }
    origin = ChartOrigin(one.identity, "kyverno", "3.7.1", "kyverno/templates/account.yaml")
    found = row("kyverno", one, subject(made, origin))
    assert (found.deployed, found.program, found.difference) == ("3.7.1", "1.17.1", "older")


def test_a_chart_without_bindings_is_listed_too() -> None:
    found = row("loki", subject(release("loki", "6.53.0")))
    assert found == VersionRow("chart", "loki", "6.53.0")
    assert not found.differs


def test_typed_values_have_a_version_of_their_own() -> None:
    found = rows(subject(release("cert-manager", "v1.19.3")))
    assert [(each.bindings, each.difference) for each in found if each.what == "chart"] == [
        ("cert_manager", "older"),
        ("helm.cert_manager", "older"),
    ]


GATEWAY = "https://github.com/kubernetes-sigs/gateway-api"


@pytest.mark.parametrize(
    ("reference", "deployed", "difference"),
    [
        ({"tag": "v1.4.1"}, "v1.4.1", "older"),
        ({"tag": "v1.6.1"}, "v1.6.1", "same"),
        ({"commit": "8bb74df00e56ec8f944d48c25e6c1c9c2f6848e3"}, "8bb74df00e56", "unknown"),
        ({"branch": "main"}, "main", "unknown"),
        ({}, "", "unknown"),
    ],
)
def test_a_bundle_of_another_repository_is_compared_by_its_tag(
    reference: dict[str, str], deployed: str, difference: str
) -> None:
    found = row("kubernetes-sigs/gateway-api", subject(repository(GATEWAY, **reference)))
    assert (found.what, found.deployed, found.difference) == ("CRD bundle", deployed, difference)
    assert (found.bindings, found.bound) == ("gateway", "1.6.1")


def test_a_remote_release_file_is_a_bundle() -> None:
    address = f"{GATEWAY}/releases/download/v1.7.0/standard-install.yaml"
    found = row("kubernetes-sigs/gateway-api", remote=(address,))
    assert (found.deployed, found.difference) == ("1.7.0", "newer")


def test_a_repository_of_another_kind_is_no_bundle() -> None:
    source = subject(repository("https://github.com/example/shop", tag="v1.0.0"))
    assert [each.what for each in rows(source)] == ["Kubernetes"]
