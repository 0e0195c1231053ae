"""Bootstraps that differ from what Flux reconciles, in small trees of the original's form.

The platform's own bootstrap is derived from its components, so it has none of these.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.subject import ClusterTree
from tests.gitops.repository import repository, unit

RULES = [rule for rule in all_rules() if rule.id in ("G05", "G08", "G11", "G27")]


def release(name: str, version: str, values: str = "{}", *, namespace: str = "kube-system") -> str:
    """A HelmRelease of a chart from a registry, as Flux has it."""
    return f"""apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{url: "oci://ghcr.io/example/charts/{name}", ref: {{tag: {version}}}, interval: 12h}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  interval: 1h
  chartRef: {{kind: OCIRepository, name: {name}}}
  values: {values}
"""


def helm_release(name: str, version: str, more: str = "", *, namespace: str = "kube-system") -> str:
    """A release of a helmfile."""
    return (
        f"- name: {name}\n  namespace: {namespace}\n"
        f"  chart: oci://ghcr.io/example/charts/{name}\n  version: {version}\n{more}"
    )


def tree(top: Path, delivered: str, bootstrap: dict[str, str]) -> ClusterTree:
    files = {f"bootstrap/{path}": text for path, text in bootstrap.items()}
    files |= {"clusters/home/units.yaml": unit("apps"), "apps/all.yaml": delivered}
    (found,) = from_folder(repository(top, files))
    return found


def told(found: ClusterTree) -> list[str]:
    return [f"{rule.id} {each.text}" for rule in RULES for each in rule.check(found)]


def test_crds_of_another_version_than_the_controller_are_found(tmp_path: Path) -> None:
    eso = "external-secrets"
    crds = "releases:\n" + helm_release(eso, "0.20.3", "  values: [{installCRDs: true}]\n")
    found = tree(
        tmp_path,
        release(eso, "0.20.4", "{installCRDs: false}"),
        {"helmfile.d/00-crds.yaml": crds},
    )
    assert told(found) == [
        (
            "G27 spec.chart: installs external-secrets 0.20.4, but the bootstrap installs the "
            "CRDs of 0.20.3 (bootstrap/helmfile.d/00-crds.yaml:1)"
        )
    ]


def test_a_bundle_of_crds_of_another_version_is_found(tmp_path: Path) -> None:
    bundle = (
        "https://github.com/external-secrets/external-secrets/raw/v0.20.3/deploy/crds/bundle.yaml"
    )
    found = tree(
        tmp_path,
        release("external-secrets", "0.20.4", "{installCRDs: false}"),
        {"crds/kustomization.yaml": f"resources: [{bundle}]\n"},
    )
    assert told(found) == [
        "G11 spec.chart: chart external-secrets 0.20.4, but its CRDs are 0.20.3 (bootstrap)"
    ]


def test_a_core_release_of_another_version_is_found_in_a_template(tmp_path: Path) -> None:
    text = "{{ $cluster := .Environment.Name }}\nreleases:\n" + helm_release(
        "coredns", "1.44.3", '  values: ["values/{{ $cluster }}.yaml"]\n'
    )
    found = tree(tmp_path, release("coredns", "1.45.0"), {"helmfile.d/01-core.yaml.gotmpl": text})
    assert told(found) == [
        (
            "G27 spec.chart: installs coredns 1.45.0, but the bootstrap installs 1.44.3 "
            "(bootstrap/helmfile.d/01-core.yaml.gotmpl:2)"
        )
    ]


def test_a_helmfile_that_names_a_missing_file_is_found(tmp_path: Path) -> None:
    files = {
        "helmfile.yaml": "helmfiles:\n- path: helmfile.d/00-crds.yaml\n- helmfile.d/01-core.yaml\n",
        "helmfile.d/00-crds.yaml": "releases:\n" + helm_release("coredns", "1.45.0"),
        "helmfile.d/01-core.yaml.gotmpl": "releases:\n" + helm_release("spegel", "0.4.0"),
    }
    found = tree(tmp_path, release("coredns", "1.45.0"), files)
    assert told(found) == ["G08 helmfiles[1]: there is no helmfile.d/01-core.yaml"]


def test_values_that_only_the_bootstrap_has_are_found(tmp_path: Path) -> None:
    values = (
        "{cgroup: {autoMount: {enabled: false}, hostRoot: /sys/fs/cgroup}, k8sServicePort: 7445}"
    )
    text = "releases:\n" + helm_release("cilium", "1.18.3", f"  values:\n  - {values}\n")
    delivered = release("cilium", "1.18.3", "{k8sServicePort: 6443, ipam: {mode: kubernetes}}")
    found = tree(tmp_path, delivered, {"helmfile.yaml": text})
    assert told(found) == [
        (
            "G27 spec.values: values differ from those of the bootstrap "
            "(bootstrap/helmfile.yaml:1): k8sServicePort (two values), "
            "ipam (only in the delivery), cgroup (only in the bootstrap)"
        )
    ]


def test_a_difference_with_a_reason_is_none(tmp_path: Path) -> None:
    files = {
        "helmfile.yaml": "releases:\n"
        + helm_release("cilium", "1.18.3", "  values: [cilium.yaml, cilium-bootstrap.yaml]\n"),
        "cilium.yaml": "ipam: {mode: kubernetes}\n",
        "cilium-bootstrap.yaml": "# Only at bootstrap: no mesh yet\nclustermesh: {config: {}}\n",
    }
    found = tree(tmp_path, release("cilium", "1.18.3", "{ipam: {mode: kubernetes}}"), files)
    assert told(found) == []


@pytest.mark.parametrize(
    "core",
    [
        "releases:\n" + helm_release("cilium", "1.18.3"),
        "releases:\n" + helm_release("cilium", "1.18.3", "  values: [{ipam: {}}]\n"),
        "defaultInherit: [{template: default}]\nreleases:\n"
        + helm_release("cilium", "1.18.3", "  values: [{ipam: {mode: multi-pool}}]\n"),
        "bases: [shared.yaml]\nreleases:\n"
        + helm_release("cilium", "1.18.3", "  values: [{ipam: {mode: multi-pool}}]\n"),
    ],
    ids=["defaults of the chart", "fewer values", "a template", "a base"],
)
def test_values_that_a_helmfile_does_not_state_are_not_compared(tmp_path: Path, core: str) -> None:
    files = {"helmfile.yaml": core, "shared.yaml": "helmDefaults: {wait: true}\n"}
    found = tree(tmp_path, release("cilium", "1.18.3", "{ipam: {mode: kubernetes}}"), files)
    assert told(found) == []


def test_a_helmfile_in_an_archive_is_not_compared(tmp_path: Path) -> None:
    old = "releases:\n" + helm_release("coredns", "1.43.0", "  values: [missing.yaml]\n")
    found = tree(tmp_path, release("coredns", "1.45.0"), {"archive/helmfile.yaml": old})
    assert told(found) == []


@pytest.mark.parametrize(("values", "count"), [("{}", 1), ("{crds: {enabled: true}}", 0)])
def test_a_controller_without_its_crds_is_found(tmp_path: Path, values: str, count: int) -> None:
    issuer = "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: public}\n"
    core = helm_release("cert-manager", "v1.19.0", f"  values: [{values}]\n")
    found = tree(tmp_path, issuer, {"helmfile.yaml": f"releases:\n{core}"})
    assert len([line for line in told(found) if line.startswith("G05")]) == count
