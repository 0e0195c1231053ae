"""Patches of the Talos machine configuration, by both deliveries."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from kubeapis import k8s, talos
from kubestrata import Cluster, Component, Namespace, RemoteManifests
from kubestrata.constructs import HelmRelease
from kubestrata.constructs.talos import ExtraManifest, TalosManifests
from kubestrata.core.errors import DuplicateObject, InvalidValue, SourceError
from kubestrata.core.identity import Identity
from kubestrata.core.reference import Reference
from kubestrata.gitops import from_folder
from tests.delivery.argo import argo_cluster
from tests.small_platform import chart, config_map, files, manifest, new_cluster

INLINE, EXTRA = "talos/inline-manifests.yaml", "talos/extra-manifests.yaml"
SCHEMA = Path(talos.__file__).parent / "_schemas" / "documents.json"
URL = "https://example.com/crds/{revision}/install.yaml"
by_both = pytest.mark.parametrize("make", [new_cluster, argo_cluster])


def declared(cluster: Cluster) -> Component:
    """A component with a namespace and a ConfigMap."""
    component = Component(
        cluster, "shop", layer="apps", namespace=Namespace("shop", pod_security="restricted")
    )
    config_map(component, colour="blue")
    return component


def crds(cluster: Cluster, **revision: Any) -> Component:
    source = RemoteManifests(url="https://example.com/crds", path="crds", **revision)
    return Component(cluster, "crds", layer="infrastructure", source=source)


def inlined(cluster: Cluster) -> dict[str, list[Any]]:
    """The objects that Talos applies, by the name of their manifest."""
    listed = manifest(cluster, INLINE)["cluster"]["inlineManifests"]
    return {each["name"]: list(yaml.safe_load_all(each["contents"])) for each in listed}


@by_both
def test_inline_objects_are_those_that_are_reconciled(make: Callable[[], Cluster]) -> None:
    cluster = make()
    component = declared(cluster)
    TalosManifests(cluster, inline=[component.home_namespace])
    reconciled = manifest(cluster, "apps/shop/shop-namespace.yaml")
    # Argo CD's own annotation, which keeps a namespace.
    reconciled["metadata"].pop("annotations", None)
    assert inlined(cluster) == {"shop-namespace": [reconciled]}
    assert EXTRA not in files(cluster)


@by_both
def test_a_component_is_inline_with_every_object(make: Callable[[], Cluster]) -> None:
    cluster = make()
    component = declared(cluster)
    TalosManifests(cluster, inline=[component])
    config_map(component, "created-later", size="1")
    names = [each["metadata"]["name"] for each in inlined(cluster)["shop"]]
    assert sorted(names) == ["created-later", "settings", "shop"]


@by_both
@pytest.mark.parametrize("revision", [{"tag": "v1.3.0"}, {"commit": "0a" * 20}])
def test_extra_manifests_have_the_revision_that_is_reconciled(
    make: Callable[[], Cluster], revision: dict[str, str]
) -> None:
    cluster = make()
    TalosManifests(cluster, extra=[ExtraManifest(crds(cluster, **revision), URL)])
    (expected,) = revision.values()
    assert manifest(cluster, EXTRA)["cluster"] == {
        "extraManifests": [f"https://example.com/crds/{expected}/install.yaml"]
    }
    assert INLINE not in files(cluster)


@by_both
def test_nothing_applies_or_lists_the_files(make: Callable[[], Cluster]) -> None:
    cluster = make()
    namespace = declared(cluster).home_namespace
    before = files(cluster)
    TalosManifests(cluster, inline=[namespace])
    after = files(cluster)
    assert after.keys() - before.keys() == {INLINE}
    assert {path: after[path] for path in before} == before


def test_patches_are_valid_with_the_schema_of_talos() -> None:
    cluster = new_cluster()
    remote = crds(cluster, tag="v1.3.0")
    TalosManifests(cluster, inline=[declared(cluster)], extra=[ExtraManifest(remote, URL)])
    schema = json.loads(SCHEMA.read_text())
    config = jsonschema_rs.Draft202012Validator(
        {"$defs": schema["$defs"], "$ref": "#/$defs/v1alpha1.Config"}
    )
    patches = [manifest(cluster, path) for path in (INLINE, EXTRA)]
    assert [config.is_valid(each) for each in patches] == [True, True]
    assert not config.is_valid({"cluster": {"inlineManifests": [{"name": 1}]}})


def on_disk(folder: Path, *clusters: Cluster) -> None:
    """Write the trees of clusters."""
    for cluster in clusters:
        for path, content in files(cluster).items():
            file = folder / cluster.name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


@by_both
def test_check_of_a_folder_reads_the_objects_as_present_before(
    make: Callable[..., Cluster], tmp_path: Path
) -> None:
    cluster = make("c1")
    TalosManifests(cluster, inline=[declared(cluster).home_namespace])
    on_disk(tmp_path, cluster)
    (tree,) = from_folder(tmp_path)
    assert not tree.orphans
    assert [each for each in tree.subjects if "/talos/" in each.place.file] == []
    assert Identity("", "Namespace", "", "shop") in tree.external


def test_check_of_a_folder_keeps_the_manifests_of_clusters_apart(tmp_path: Path) -> None:
    first, second = new_cluster("c1"), new_cluster("c2")
    gateway = RemoteManifests(
        url="https://github.com/kubernetes-sigs/gateway-api", tag="v1.3.0", path="config/crd"
    )
    remote = Component(first, "crds", layer="infrastructure", source=gateway)
    address = f"{gateway.url}/releases/download/{{revision}}/standard-install.yaml"
    namespace = declared(first).home_namespace
    TalosManifests(first, inline=[namespace], extra=[ExtraManifest(remote, address)])
    declared(second)
    on_disk(tmp_path, first, second)
    one, other = from_folder(tmp_path)
    assert "gateway.networking.k8s.io" in one.given_groups - other.given_groups
    assert Identity("", "Namespace", "", "shop") in one.external - other.external


def refused(cluster: Cluster, inline: Reference | Component) -> str:
    """The error of the delivery, or of the construct."""

    def deliver() -> None:
        TalosManifests(cluster, inline=[inline])
        files(cluster)

    with pytest.raises(SourceError) as raised:
        deliver()
    assert "test_talos_manifests.py" in str(raised.value)
    return str(raised.value)


@by_both
@pytest.mark.parametrize("whole", [True, False])
def test_a_secret_is_refused_without_its_value(make: Callable[[], Cluster], *, whole: bool) -> None:
    cluster = make()
    component = declared(cluster)
    secret = k8s.Secret(component, "token", string_data={"token": "very-secret"})
    message = refused(cluster, component if whole else secret.ref)
    assert "Secret shop/token: must not be inline" in message
    assert "remove it from inline=" in message
    assert "very-secret" not in message


def test_an_object_that_talos_cannot_apply_is_refused() -> None:
    release = new_cluster()
    component = declared(release)
    HelmRelease(component, "operator", chart=chart())
    assert "Talos renders no charts" in refused(release, component)

    substituted = new_cluster(placeholders=("colour",))
    component = declared(substituted)
    config_map(component, "more", colour=substituted.placeholder("colour"))
    assert "Talos substitutes no variables" in refused(substituted, component)

    remote = new_cluster()
    assert "pass it as an ExtraManifest" in refused(remote, crds(remote, tag="v1.3.0"))

    unwritten = new_cluster()
    system = Reference(declared(unwritten), "", "Namespace", "kube-system")
    assert "is not written by component 'shop'" in refused(unwritten, system)

    other = new_cluster("c2")
    assert "is not in cluster c1" in refused(new_cluster("c1"), declared(other))


def test_an_object_is_inline_once() -> None:
    cluster = new_cluster()
    component = declared(cluster)
    TalosManifests(cluster, inline=[component, component.home_namespace])
    with pytest.raises(DuplicateObject, match="Namespace shop: is inline already"):
        files(cluster)


def test_a_cluster_has_one_of_them_and_it_is_not_empty() -> None:
    cluster = new_cluster()
    namespace = declared(cluster).home_namespace
    with pytest.raises(InvalidValue, match="there is no file to write"):
        TalosManifests(cluster, "empty")
    TalosManifests(cluster, inline=[namespace])
    with pytest.raises(DuplicateObject, match="declare all of them in one"):
        TalosManifests(cluster, "second", inline=[namespace])


def test_a_url_has_the_revision_of_its_component() -> None:
    cluster = new_cluster()
    remote = crds(cluster, tag="v1.3.0")
    with pytest.raises(InvalidValue, match=r"must contain \{revision\} once"):
        ExtraManifest(remote, "https://example.com/v1.3.0/install.yaml")
    with pytest.raises(InvalidValue, match="must begin with https://"):
        ExtraManifest(remote, "http://example.com/{revision}/install.yaml")
    with pytest.raises(InvalidValue, match="has no source"):
        ExtraManifest(declared(cluster), URL)
