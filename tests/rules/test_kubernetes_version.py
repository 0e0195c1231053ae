"""Fields and kinds that the Kubernetes of a cluster does not have."""

from __future__ import annotations

import pytest
import yaml

from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import Manifest
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location, Severity

RULES = {rule.id: rule for rule in all_rules()}
GATED = "behind a feature gate that is off by default: the API server drops the field"


def found(rule: str, kubernetes: str, *objects: Manifest) -> list[tuple[str, str, Severity]]:
    """Return the path, message and severity of each finding."""
    subjects = [Subject(identity_of(each), each, Location("a.yaml", 1)) for each in objects]
    tree = ClusterTree("mycluster-0", kubernetes, subjects)
    return [
        (each.path, each.message, each.severity or RULES[rule].severity)
        for each in RULES[rule].check(tree)
    ]


def pod(spec: str) -> Manifest:
    """Return a pod with a field more in its spec."""
    text = f"""
apiVersion: v1
kind: Pod
metadata: {{name: a, namespace: b}}
spec: {{containers: [{{name: a, image: a}}], {spec}}}
"""
    made: Manifest = yaml.safe_load(text)
    return made


def bare(api_version: str, kind: str) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}}


def test_a_field_of_a_newer_kubernetes_is_an_error_with_both_versions() -> None:
    message = "field `hostnameOverride` is in Kubernetes 1.34; mycluster-0 runs 1.28"
    path = "spec.hostnameOverride"
    assert found("V01", "1.28", pod("hostnameOverride: a")) == [(path, message, Severity.ERROR)]


@pytest.mark.parametrize("kubernetes", ["1.35", "1.36", "1.37", "1.38", "", "v1.36.2"])
def test_a_field_that_the_cluster_has_is_no_finding(kubernetes: str) -> None:
    assert found("V01", kubernetes, pod("hostnameOverride: a")) == []


def test_a_wrong_type_of_a_field_that_the_cluster_has_is_an_error() -> None:
    message = "must be a string, not an object"
    expected = [("spec.hostnameOverride", message, Severity.ERROR)]
    assert found("V01", "1.35", pod("hostnameOverride: {a: b}")) == expected


def test_a_field_is_a_warning_in_the_version_whose_feature_gate_is_off() -> None:
    message = f"field `hostnameOverride` is new in Kubernetes 1.34, {GATED}"
    expected = [("spec.hostnameOverride", message, Severity.WARNING)]
    assert found("V01", "1.34", pod("hostnameOverride: a")) == expected


@pytest.mark.parametrize(
    ("spec", "path", "since"),
    [
        ("volumes: [{name: a, image: {reference: b}}]", "spec.volumes[0].image", 31),
        ("initContainers: [{name: b, image: a, restartPolicy: Always}]", "", 28),
        ("securityContext: {appArmorProfile: {type: Unconfined}}", "", 30),
    ],
)
def test_fields_at_any_depth_have_versions(spec: str, path: str, since: int) -> None:
    (one,) = found("V01", f"1.{since - 1}", pod(spec))
    assert path in one[0]
    assert f"is in Kubernetes 1.{since}; mycluster-0 runs 1.{since - 1}" in one[1]
    errors = [each for each in found("V01", f"1.{since}", pod(spec)) if each[2] is Severity.ERROR]
    assert errors == []


def test_the_template_of_a_workload_is_a_pod_too() -> None:
    template = {"metadata": {"labels": {"app": "a"}}, "spec": pod("hostnameOverride: a")["spec"]}
    spec = {"selector": {"matchLabels": {"app": "a"}}, "template": template}
    paths = [
        each[0] for each in found("V01", "1.30", {**bare("apps/v1", "Deployment"), "spec": spec})
    ]
    assert paths == ["spec.template.spec.hostnameOverride"]


def test_a_field_newer_than_the_schemas_is_checked_by_version() -> None:
    field = pod("schedulingGroup: {}")
    newer = "field `schedulingGroup` is in Kubernetes 1.36"
    path = "spec.schedulingGroup"
    assert found("V01", "1.36", field) == []
    runs = f"{newer}; mycluster-0 runs 1.35"
    assert found("V01", "1.35", field) == [(path, runs, Severity.ERROR)]
    unknown = f"{newer}; the version of mycluster-0 is not known"
    assert found("V01", "", field) == [(path, unknown, Severity.WARNING)]


def test_a_removed_field_is_an_error_from_the_version_that_removed_it() -> None:
    claims = pod("resourceClaims: [{name: a, source: {resourceClaimName: b}}]")
    assert [each for each in found("V01", "1.30", claims) if "source" in each[0]] == []
    message = "field `source` is not in Kubernetes since 1.31; mycluster-0 runs 1.32"
    at = "spec.resourceClaims[0].source"
    assert (at, message, Severity.ERROR) in found("V01", "1.32", claims)


def test_a_field_that_no_version_has_is_an_error_in_every_known_version() -> None:
    for kubernetes in ("1.28", "1.35", "1.37"):
        ((_, message, severity),) = found("V01", kubernetes, pod("toes: 5"))
        assert message.startswith("unknown field")
        assert severity is Severity.ERROR
    assert found("V01", "1.39", pod("toes: 5"))[0][2] is Severity.WARNING


@pytest.mark.parametrize(
    ("kubernetes", "api_version", "kind", "message"),
    [
        ("1.33", "resource.k8s.io/v1", "ResourceClaim", "is served from Kubernetes 1.34 on"),
        ("1.32", "networking.k8s.io/v1", "ServiceCIDR", "is served from Kubernetes 1.33 on"),
        ("1.37", "scheduling.k8s.io/v1alpha2", "PodGroup", "is not served since Kubernetes 1.37"),
        ("1.30", "resource.k8s.io/v1alpha3", "DeviceClass", "is served from Kubernetes 1.31 on"),
    ],
)
def test_a_version_that_the_cluster_does_not_serve_is_an_error(
    kubernetes: str, api_version: str, kind: str, message: str
) -> None:
    whole = f"{api_version} {kind} {message}; mycluster-0 runs {kubernetes}"
    expected = [("apiVersion", whole, Severity.ERROR)]
    assert found("V03", kubernetes, bare(api_version, kind)) == expected
    assert found("V04", kubernetes, bare(api_version, kind)) == []


@pytest.mark.parametrize(
    ("kubernetes", "api_version", "kind"),
    [
        ("1.36", "admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy"),
        ("1.36", "scheduling.k8s.io/v1alpha2", "PodGroup"),
        ("1.34", "resource.k8s.io/v1", "ResourceClaim"),
    ],
)
def test_a_kind_newer_than_the_schemas_is_served_where_the_cluster_has_it(
    kubernetes: str, api_version: str, kind: str
) -> None:
    for rule in ("V03", "V04"):
        assert found(rule, kubernetes, bare(api_version, kind)) == []
