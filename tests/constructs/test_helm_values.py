"""Values of a HelmRelease: a mapping or the struct that was generated for the chart."""

from __future__ import annotations

import pytest

from kubeapis import helm, k8s
from kubestrata.constructs import HelmRelease
from kubestrata.core.errors import InvalidBody
from kubestrata.core.struct import Struct
from tests.small_platform import chart, new_cluster, new_component


class Inner(Struct):
    """A value in a field that msgspec does not validate."""

    size: int | None = None


def test_a_struct_is_written_by_wire_names_without_unset_fields() -> None:
    values = helm.cert_manager.Values(
        install_crds=True,
        global_={"logLevel": 2},
        image=helm.cert_manager.ValuesImage(tag="v1"),
    )
    release = HelmRelease(new_component(new_cluster()), "web", chart=chart(), values=values)
    assert release.resource.body["spec"]["values"] == {
        "global": {"logLevel": 2},
        "image": {"tag": "v1"},
        "installCRDs": True,
    }


def test_a_reference_in_a_struct_makes_an_edge() -> None:
    cluster = new_cluster()
    secret = k8s.Secret(new_component(cluster, "other"), "token")
    values = helm.cert_manager.Values(
        crds=helm.cert_manager.ValuesCrds(enabled=True),
        cluster_resource_namespace=secret.name,
        volumes=[{"secret": {"secretName": secret.name}}],
    )
    release = HelmRelease(new_component(cluster), "web", chart=chart(), values=values)
    assert [each for each in release.resource.references if each == secret.ref] == [secret.ref] * 2


def test_a_wrong_type_is_refused_with_its_line_and_path() -> None:
    values = helm.cert_manager.Values(
        crds=helm.cert_manager.ValuesCrds(enabled="yes")  # type: ignore[arg-type]
    )
    component = new_component(new_cluster())
    with pytest.raises(InvalidBody, match=r"test_helm_values\.py:\d+.*values\.crds\.enabled"):
        HelmRelease(component, "web", chart=chart(), values=values)


def test_a_struct_in_an_untyped_field_is_checked_too() -> None:
    inner = Inner(size="large")  # type: ignore[arg-type]
    values = helm.cert_manager.Values(affinity={"a": [inner]})  # type: ignore[list-item]
    component = new_component(new_cluster())
    with pytest.raises(InvalidBody, match=r"values\.affinity\.a\[0\]\.size"):
        HelmRelease(component, "web", chart=chart(), values=values)
