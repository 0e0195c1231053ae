"""Phases before the delivery: derived from the components, in an order that works."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, Component, Namespace, Reference, RemoteManifests
from kubestrata.constructs import HelmComponent, HelmRelease, Patch, ReleasePolicy, ValuesFrom
from kubestrata.constructs.bootstrap import (
    Bootstrap,
    BootstrapRelease,
    BootstrapSecret,
    Command,
    Difference,
    Wait,
)
from kubestrata.constructs.talos import ExtraManifest, SecretUri
from kubestrata.core.errors import DuplicateObject, GraphError, InvalidReference, InvalidValue
from kubestrata.core.reconcile import Reconcile
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.placeholder import Placeholder
from kubestrata.gitops import from_folder
from kubestrata.rules.catalogue import all_rules
from tests.constructs.talos.machines import configure, control_plane, interface
from tests.small_platform import chart, config_map, files, manifest, new_cluster

GROUP = "example.com"
URL = "https://example.com/crds/{revision}/install.yaml"
ROOT = Path(__file__).parents[3]
(G27,) = (rule for rule in all_rules() if rule.id == "G27")


def network(cluster: Cluster, **options: Any) -> HelmComponent:
    """A component that installs a chart into kube-system."""
    owner = Component(cluster, "namespaces", layer="infrastructure")
    owner.declare(Namespace("other", pod_security="restricted"))
    return HelmComponent(
        cluster,
        "network",
        layer="infrastructure",
        namespace=Reference(owner, "", "Namespace", "kube-system"),
        chart=chart("network"),
        **options,
    )


def crds(cluster: Cluster) -> Component:
    source = RemoteManifests(
        url="https://example.com/crds", path="crds", tag="v1.4.0", groups=frozenset({GROUP})
    )
    return Component(cluster, "crds", layer="infrastructure", source=source)


def secrets(cluster: Cluster, **options: Any) -> HelmComponent:
    """A component with a namespace of its own."""
    return HelmComponent(
        cluster,
        "secrets",
        layer="security",
        namespace=Namespace("secrets", pod_security="restricted"),
        chart=chart("secrets"),
        **options,
    )


def helmfile(cluster: Cluster) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = manifest(cluster, "bootstrap/helmfile.yaml")["releases"]
    return found


def written(cluster: Cluster) -> dict[str, str]:
    found = files(cluster)
    return {name: found[name].decode() for name in sorted(found) if "bootstrap/" in name}


def test_bootstrap_minimal(snapshot: SnapshotAssertion) -> None:
    cluster = new_cluster()
    Bootstrap(cluster, releases=[network(cluster)])
    assert written(cluster) == snapshot


def test_bootstrap_full(snapshot: SnapshotAssertion) -> None:
    cluster = new_cluster()
    machines = configure(cluster, control_plane("cp-1", "192.0.2.10"))
    first = network(
        cluster,
        values={"replicas": 2},
        creates=[GROUP],
        reconcile=Reconcile(timeout=Duration("15m")),
    )
    second = secrets(cluster)
    third = Component(cluster, "delivery", layer="apps", namespace=second.home_namespace)
    config_map(third, colour="blue")
    token = {"token": SecretUri("op://Prod/connect/TOKEN")}
    Bootstrap(
        cluster,
        machines=machines,
        prerequisites=[
            second.home_namespace,
            BootstrapSecret("connect", second.home_namespace, token),
        ],
        crds=[ExtraManifest(crds(cluster), URL)],
        releases=[
            BootstrapRelease(first, waits=[Wait("nodes"), Wait("deployment/dns", "kube-system")]),
            BootstrapRelease(second, difference=Difference({"webhook": False}, "no certificates")),
        ],
        delivery=[third],
        waits=[Wait("fluxinstance/flux", "flux-system", timeout=Duration("5m"))],
        commands=[Command("The controllers of Flux", "flux install --version=v2.7.5")],
    )
    assert written(cluster) == snapshot


def test_a_release_has_the_chart_and_the_values_of_the_delivery() -> None:
    cluster = new_cluster()
    component = network(cluster, values={"replicas": 2, "image": {"tag": "1"}})
    Bootstrap(cluster, releases=[component])
    release = manifest(cluster, "infrastructure/network/network-helmrelease.yaml")
    (early,) = helmfile(cluster)
    assert early["version"] == release["spec"]["chart"]["spec"]["version"]
    assert early["chart"].rpartition("/")[2] == release["spec"]["chart"]["spec"]["chart"]
    assert (early["namespace"], early["name"]) == ("kube-system", "network")
    values = manifest(cluster, "bootstrap/values/network.yaml")
    assert values == release["spec"]["values"]


def test_releases_are_installed_one_after_another() -> None:
    cluster = new_cluster()
    one, other = network(cluster), secrets(cluster)
    Bootstrap(cluster, prerequisites=[other.home_namespace], releases=[one, other])
    assert [each.get("needs") for each in helmfile(cluster)] == [None, ["kube-system/network"]]


def test_a_release_that_does_not_wait_in_the_delivery_does_not_wait_here() -> None:
    cluster = new_cluster()
    owner = Component(cluster, "network", layer="infrastructure")
    namespace = owner.declare(Namespace("network", pod_security="privileged"))
    component = Component(cluster, "dataplane", layer="infrastructure", namespace=namespace)
    HelmRelease(component, "dataplane", chart=chart("dataplane"), policy=ReleasePolicy(wait=False))
    Bootstrap(cluster, prerequisites=[namespace], releases=[component])
    (release,) = helmfile(cluster)
    assert (release["wait"], release["waitForJobs"]) == (False, False)


def test_a_prerequisite_is_the_object_of_the_delivery() -> None:
    cluster = new_cluster()
    component = secrets(cluster)
    Bootstrap(cluster, prerequisites=[component.home_namespace], releases=[component])
    delivered = manifest(cluster, "security/secrets/secrets-namespace.yaml")
    assert manifest(cluster, "bootstrap/prerequisites/objects.yaml") == delivered


def test_a_manifest_has_the_revision_of_its_component() -> None:
    cluster = new_cluster()
    Bootstrap(
        cluster,
        crds=[ExtraManifest(crds(cluster), URL)],
        releases=[network(cluster, creates=[GROUP])],
    )
    listed = manifest(cluster, "bootstrap/crds/kustomization.yaml")["resources"]
    assert listed == ["https://example.com/crds/v1.4.0/install.yaml"]


def test_a_component_that_is_a_chart_of_crds_is_in_the_phase_before() -> None:
    cluster = new_cluster()
    definitions = secrets(cluster)
    Bootstrap(
        cluster,
        prerequisites=[definitions.home_namespace],
        crds=[definitions],
        releases=[network(cluster)],
    )
    phases = [each["labels"]["phase"] for each in helmfile(cluster)]
    assert phases == ["crds", "core"]
    page = files(cluster)["bootstrap/README.md"].decode()
    assert page.index("--selector phase=crds") < page.index("--selector phase=core")


def test_a_release_requires_its_crds_before() -> None:
    cluster = new_cluster()
    Bootstrap(cluster, releases=[network(cluster, creates=[GROUP])])
    crds(cluster)
    with pytest.raises(GraphError, match=r"requires CRDs of example.com .* nothing before it"):
        files(cluster)


def test_a_release_requires_its_namespace_before() -> None:
    cluster = new_cluster()
    Bootstrap(cluster, releases=[secrets(cluster)])
    with pytest.raises(GraphError, match="is in namespace secrets, which does not exist yet"):
        files(cluster)


def test_a_release_cannot_require_a_later_one() -> None:
    cluster = new_cluster()
    first, second = network(cluster), secrets(cluster)
    first.needs(second)
    Bootstrap(cluster, prerequisites=[second.home_namespace], releases=[first, second])
    with pytest.raises(GraphError, match="requires component 'secrets', which comes later"):
        files(cluster)


def test_a_placeholder_in_values_is_refused() -> None:
    cluster = new_cluster(placeholders=("DOMAIN",))
    component = network(cluster, values={"domain": Placeholder("DOMAIN")})
    Bootstrap(cluster, releases=[component])
    with pytest.raises(InvalidValue, match="which only the delivery substitutes"):
        files(cluster)


def test_a_patched_release_is_refused() -> None:
    cluster = new_cluster()
    component = secrets(cluster)
    patch = Patch.merge("apps/v1", "Deployment", {"spec": {"replicas": 1}})
    HelmRelease(component, "patched", chart=chart("patched"), patches=[patch])
    Bootstrap(cluster, prerequisites=[component.home_namespace], releases=[component])
    with pytest.raises(InvalidValue, match="patches objects of its chart"):
        files(cluster)


def test_parts_of_a_bootstrap_are_checked() -> None:
    cluster = new_cluster()
    component = secrets(cluster)
    with pytest.raises(DuplicateObject, match="is in the bootstrap twice"):
        Bootstrap(cluster, releases=[component, component])
    with pytest.raises(InvalidReference, match="is not in cluster"):
        Bootstrap(new_cluster(), releases=[component])
    secret = Reference(component, "", "Secret", "login", "secrets")
    with pytest.raises(InvalidValue, match="pass a BootstrapSecret"):
        Bootstrap(cluster, "other", releases=[component], prerequisites=[secret])
    plain: Any = {"token": "hunter2"}
    with pytest.raises(InvalidValue, match="write SecretUri") as raised:
        BootstrapSecret("login", component.home_namespace, plain)
    assert "hunter2" not in str(raised.value)
    with pytest.raises(InvalidValue, match="a reason of one line"):
        Difference({"a": 1}, "")


def test_a_component_without_a_release_is_refused() -> None:
    cluster = new_cluster()
    home = secrets(cluster).home_namespace
    plain = Component(cluster, "plain", layer="apps", namespace=home)
    config_map(plain, colour="blue")
    Bootstrap(cluster, releases=[plain])
    with pytest.raises(InvalidReference, match="has no HelmRelease"):
        files(cluster)


@pytest.mark.parametrize(
    ("name", "chart_name"),
    [("apps", "coredns"), ("goingdark", "argocd"), ("infra", "coredns"), ("talos", "cilium")],
)
def test_the_check_of_a_tree_reads_its_bootstrap(
    name: str, chart_name: str, tmp_path: Path
) -> None:
    top = tmp_path / "dist"
    shutil.copytree(ROOT / "dist" / name, top / name)
    path = top / name / "bootstrap" / "helmfile.yaml"
    whole = yaml.safe_load(path.read_text())
    (tree,) = from_folder(top)
    assert len(tree.early_releases) == len(whole["releases"])
    assert list(G27.check(tree)) == []
    release = next(each for each in whole["releases"] if each["name"] == chart_name)
    path.write_text(path.read_text().replace(f"version: {release['version']}", "version: 1.0.0"))
    (changed,) = from_folder(top)
    (found,) = G27.check(changed)
    chart_file = release["chart"].rpartition("/")[2]
    expected = f"installs {chart_file} {release['version']}, but the bootstrap installs 1.0.0"
    assert found.message.startswith(expected)


def test_values_from_an_object_of_the_component_are_merged() -> None:
    cluster = new_cluster()
    component = secrets(cluster)
    source = config_map(component, **{"values.yaml": "replicas: 3\n"})
    reference = ValuesFrom.config_map(source.ref, key="values.yaml")
    HelmRelease(component, "merged", chart=chart("merged"), values_from=[reference])
    Bootstrap(cluster, prerequisites=[component.home_namespace], releases=[component])
    assert manifest(cluster, "bootstrap/values/merged.yaml") == {"replicas": 3}


@pytest.mark.parametrize("resource", ["", "nodes --all", "deployment/", "Nodes"])
def test_a_wait_is_for_a_kind_or_an_object(resource: str) -> None:
    with pytest.raises(InvalidValue, match="is not a kind"):
        Wait(resource)


def test_a_command_has_a_line_and_a_purpose() -> None:
    with pytest.raises(InvalidValue, match="requires a command"):
        Command("Nothing", " ")


def test_a_command_of_the_nodes_comes_first() -> None:
    cluster = new_cluster()
    command = Command("Secrets of the cluster", "talosctl gen secrets", phase="nodes")
    machines = configure(cluster, control_plane("one", "192.0.2.11", interface("192.0.2.11/24")))
    Bootstrap(cluster, machines=machines, commands=[command])
    text = files(cluster)["bootstrap/README.md"].decode()
    assert text.index("talosctl gen secrets") < text.index("talosctl apply-config")


def test_a_command_of_nodes_that_the_bootstrap_lacks_is_refused() -> None:
    command = Command("Secrets of the cluster", "talosctl gen secrets", phase="nodes")
    with pytest.raises(InvalidValue, match="belongs to the nodes, which the bootstrap lacks"):
        Bootstrap(new_cluster(), commands=[command])
