"""G11 compares a controller with CRDs from elsewhere, by the version of the program."""

from __future__ import annotations

import pytest

from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import Manifest
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.chart_origin import ChartOrigin
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location

(G11,) = (rule for rule in all_rules() if rule.id == "G11")
PLACE = Location("a.yaml", 1)
VERSION = "app.kubernetes.io/version"


def labelled(api_version: str, kind: str, version: str, **spec: object) -> Manifest:
    labels = {VERSION: version} if version else {}
    metadata = {"name": "one", "namespace": "kyverno", "labels": labels}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


def tree(label: str, tag: str, crd: Manifest | None = None, *, own: bool = False) -> ClusterTree:
    """Return a cluster with a chart, what it makes, a repository of CRDs, and another CRD."""
    reference = {"kind": "HelmRepository", "name": "charts"}
    spec = {"chart": "kyverno", "version": "3.7.1", "sourceRef": reference}
    release = labelled("helm.toolkit.fluxcd.io/v2", "HelmRelease", "", chart={"spec": spec})
    address = "https://github.com/kyverno/kyverno"
    source = labelled(
        "source.toolkit.fluxcd.io/v1", "GitRepository", "", url=address, ref={"tag": tag}
    )
    origin = ChartOrigin(identity_of(release), "kyverno", "3.7.1", "kyverno/templates/a.yaml")
    subjects = [Subject(identity_of(each), each, PLACE) for each in (release, source)]
    made = labelled("v1", "ServiceAccount", label)
    subjects.append(Subject(identity_of(made), made, PLACE, chart=origin))
    if crd is None:
        return ClusterTree("home", "1.35", subjects)
    definition = Subject(identity_of(crd), crd, PLACE, chart=origin if own else None)
    if own:
        return ClusterTree("home", "1.35", subjects, definitions=[definition])
    return ClusterTree("home", "1.35", [*subjects, definition])


def messages(of: ClusterTree) -> list[str]:
    return [each.message for each in G11.check(of)]


def test_the_program_of_a_rendered_chart_is_compared_with_a_bundle() -> None:
    message = "chart kyverno 3.7.1 runs 1.17.1, but its CRDs are 1.16.2 (a.yaml:1)"
    assert messages(tree("v1.17.1", "v1.16.2")) == [message]
    assert messages(tree("v1.17.1", "v1.17.1")) == []


@pytest.mark.parametrize("label", ["", "3.7.1", "latest"])
def test_labels_that_do_not_show_the_program_compare_nothing(label: str) -> None:
    assert messages(tree(label, "v1.16.2")) == []


def test_definitions_of_the_chart_itself_are_not_compared() -> None:
    crd = labelled(
        "apiextensions.k8s.io/v1", "CustomResourceDefinition", "1.0.0", group="kyverno.io"
    )
    assert messages(tree("1.17.1", "v1.17.1", crd, own=True)) == []
    message = "chart kyverno 3.7.1 runs 1.17.1, but its CRDs are 1.0.0 (a.yaml:1)"
    assert messages(tree("1.17.1", "v1.17.1", crd)) == [message]
