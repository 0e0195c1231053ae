"""Charts with their Helm repository, and the sources of Applications."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import ARGO, HELM, SOURCE
from kubestrata.rules.contract.chart_values import argo_sources
from kubestrata.rules.contract.requirement import Requirement, plain_name, use_of
from kubestrata.rules.contract.sort import GIT
from kubestrata.rules.contract.sort import HELM as HELM_REPOSITORY
from kubestrata.rules.field import mapping_at
from kubestrata.rules.subject import ClusterTree, Subject


def repository_needs(tree: ClusterTree) -> Iterator[Requirement]:
    """Yield the charts of releases and the repositories of Applications."""
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = mapping_at(release.spec, "chart.spec")
        yield from _chart(tree, release, "spec.chart.spec", chart, release.namespace)
    for chart_object in tree.of_kind(SOURCE, "HelmChart"):
        spec = dict(chart_object.spec)
        yield from _chart(tree, chart_object, "spec", spec, chart_object.namespace)
    for application in tree.of_kind(ARGO, "Application"):
        yield from _application(application)


def _chart(
    tree: ClusterTree, subject: Subject, path: str, chart: dict[str, object], space: str
) -> Iterator[Requirement]:
    named = mapping(chart.get("sourceRef"))
    if named.get("kind") != "HelmRepository":
        return
    home = str(named.get("namespace") or space)
    repository = tree.get(SOURCE, "HelmRepository", home, str(named.get("name", "")))
    url = plain_name(repository.spec.get("url")) if repository is not None else ""
    versioned = _versioned(chart.get("chart"), chart.get("version"))
    if url and versioned:
        use = use_of(subject, f"{path}.chart")
        yield Requirement(HELM_REPOSITORY, url, use, versioned)


def _versioned(chart: object, version: object) -> str:
    return f"{plain_name(chart)} {plain_name(version)}".strip()


def _application(application: Subject) -> Iterator[Requirement]:
    for path, source in argo_sources(application):
        url, revision = plain_name(source.get("repoURL")), source.get("targetRevision")
        if not url:
            continue
        use = use_of(application, f"{path}.repoURL")
        if source.get("chart"):
            chart = _versioned(source["chart"], revision)
            yield Requirement(HELM_REPOSITORY, url, use, chart)
        else:
            yield Requirement(GIT, url, use, plain_name(revision))
