"""Charts of releases have the addresses that `kubestrata import --charts` fetches from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.identity import identity_of
from kubestrata.gitops.disk import Disk
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from kubestrata.synth.chart_import import charts_used

FLUX = "source.toolkit.fluxcd.io/v1"


def source(kind: str, url: str, **spec: Any) -> dict[str, Any]:
    metadata = {"name": "s", "namespace": "flux"}
    return {"apiVersion": FLUX, "kind": kind, "metadata": metadata, "spec": {"url": url, **spec}}


def release(**spec: Any) -> dict[str, Any]:
    metadata = {"name": "shop", "namespace": "web"}
    api = "helm.toolkit.fluxcd.io/v2"
    return {"apiVersion": api, "kind": "HelmRelease", "metadata": metadata, "spec": spec}


def chart(kind: str, name: str = "shop", version: str = "1.0.0") -> dict[str, Any]:
    reference = {"kind": kind, "name": "s", "namespace": "flux"}
    return {"spec": {"chart": name, "version": version, "sourceRef": reference}}


def application(**spec: Any) -> dict[str, Any]:
    metadata = {"name": "shop", "namespace": "argocd"}
    kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}
    return {**kind, "metadata": metadata, "spec": spec}


def used(*objects: dict[str, Any]) -> list[tuple[str, str, str]]:
    subjects = [Subject(identity_of(each), each, Location("a.yaml", 1)) for each in objects]
    tree = ClusterTree("c", "1.35", subjects)
    return [
        (each.name, each.version, each.source) for each in charts_used(tree, Disk(Path("gone")))
    ]


def test_a_chart_of_a_repository_has_its_address() -> None:
    found = used(
        source("HelmRepository", "https://charts.example.com/"),
        release(chart=chart("HelmRepository")),
    )
    assert found == [("shop", "1.0.0", "https://charts.example.com")]


def test_a_chart_of_a_registry_has_its_name_in_the_address() -> None:
    repository = source("HelmRepository", "oci://r.example.com/charts", type="oci")
    found = used(repository, release(chart=chart("HelmRepository", version="")))
    assert found == [("shop", "", "oci://r.example.com/charts/shop")]


@pytest.mark.parametrize(
    ("ref", "version"),
    [({"tag": "1.0.0_build"}, "1.0.0+build"), ({"semver": ">=1"}, ">=1"), ({}, "")],
)
def test_a_chart_of_an_oci_repository_has_its_tag(ref: dict[str, str], version: str) -> None:
    reference = {"kind": "OCIRepository", "name": "s", "namespace": "flux"}
    repository = source("OCIRepository", "oci://r.example.com/shop", ref=ref)
    found = used(repository, release(chartRef=reference))
    assert found == [("shop", version, "oci://r.example.com/shop")]


def test_a_chart_in_git_has_the_commit_and_the_folder() -> None:
    url = "https://git.example.com/shop"
    sha = "a" * 40
    for ref, at in (({"commit": sha, "branch": "b"}, sha), ({"branch": "b"}, "b"), ({}, "master")):
        repository = source("GitRepository", url, ref=ref)
        found = used(repository, release(chart=chart("GitRepository", "./charts/shop")))
        assert found == [("shop", "1.0.0", f"git+{url}@{at}#charts/shop")]


def test_a_helm_chart_is_followed_to_its_repository() -> None:
    spec = chart("HelmRepository")["spec"]
    metadata = {"name": "c", "namespace": "flux"}
    template = {"apiVersion": FLUX, "kind": "HelmChart", "metadata": metadata, "spec": spec}
    reference = {"kind": "HelmChart", "name": "c", "namespace": "flux"}
    repository = source("HelmRepository", "https://charts.example.com")
    found = used(repository, template, release(chartRef=reference))
    assert found == [("shop", "1.0.0", "https://charts.example.com")]


def test_charts_of_applications_are_found_among_their_sources() -> None:
    index = {"repoURL": "https://charts.example.com", "chart": "shop", "targetRevision": "1.x"}
    registry = {"repoURL": "r.example.com/charts", "chart": "shop", "targetRevision": "1.0.0"}
    git = {"repoURL": "https://git.example.com/values", "path": "a"}
    assert used(application(source=index)) == [("shop", "1.x", "https://charts.example.com")]
    found = used(application(sources=[git, registry]))
    assert found == [("shop", "1.0.0", "oci://r.example.com/charts/shop")]


def test_a_release_without_its_source_has_no_address() -> None:
    assert used(release(chart=chart("HelmRepository"))) == []
    assert used(release(chartRef={"kind": "OCIRepository", "name": "gone"})) == []
