"""Names: whatever a schema calls a field, its keyword is a good Python name."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestrata.bindings.shape.name import (
    class_name,
    field_names,
    group_package,
    kind_module,
    module_name,
    pascal,
    path_name,
    snake,
)


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("hostAliases", "host_aliases"),
        ("proxyURL", "proxy_url"),
        ("clusterIPs", "cluster_ips"),
        ("nonResourceURLs", "non_resource_urls"),
        ("podCIDR", "pod_cidr"),
        ("caBundle", "ca_bundle"),
        ("HTTPRoute", "http_route"),
        ("sha256Sum", "sha256_sum"),
        ("EC2Instance", "ec2_instance"),
        ("S3Bucket", "s3_bucket"),
        ("K8sNode", "k8s_node"),
        ("OAuth2Client", "oauth2_client"),
        ("gRPCPort", "grpc_port"),
        ("hugepages-2Mi", "hugepages_2_mi"),
        ("x-kubernetes-foo", "x_kubernetes_foo"),
        ("already_snake", "already_snake"),
    ],
)
def test_wire_names_become_words(wire: str, expected: str) -> None:
    assert snake(wire) == expected


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("from", "from_"),
        ("if", "if_"),
        ("import", "import_"),
        ("None", "none"),
        ("str", "str_"),
        ("-Xmx", "xmx"),
        ("$ref", "ref"),
        ("5xx", "_5xx"),
        ("", "field"),
        ("***", "field"),
        ("日本", "field"),
    ],
)
def test_keywords_and_non_identifiers_get_safe_names(wire: str, expected: str) -> None:
    assert field_names([wire]) == {wire: expected}


def test_the_name_that_is_already_snake_case_wins_a_collision() -> None:
    assert field_names(["hostAliases", "host_aliases"]) == {
        "host_aliases": "host_aliases",
        "hostAliases": "host_aliases_2",
    }


def test_collisions_are_numbered_whatever_the_order() -> None:
    names = field_names(["proxyUrl", "proxyURL"])
    assert names == field_names(["proxyURL", "proxyUrl"])
    assert sorted(names.values()) == ["proxy_url", "proxy_url_2"]


def test_names_taken_by_the_caller_get_an_underscore() -> None:
    assert field_names(["scope", "id"], {"scope", "id"}) == {"scope": "scope_", "id": "id_"}


@given(st.lists(st.text(), unique=True, max_size=20))
def test_any_text_gives_distinct_identifiers(wires: list[str]) -> None:
    names = field_names(wires)
    assert sorted(names) == sorted(wires)
    assert len(set(names.values())) == len(wires)
    for name in names.values():
        assert name.isascii()
        assert name.isidentifier()
        assert not keyword.iskeyword(name)


def test_classes_are_named_by_kind_and_path() -> None:
    assert (
        path_name("HTTPRoute", ("spec", "rules", "backendRefs")) == "HTTPRouteSpecRulesBackendRefs"
    )
    assert pascal("proxyURL") == "ProxyUrl"
    assert class_name("None") == "None_"


def test_modules_are_never_called_like_their_class() -> None:
    assert kind_module("HTTPRoute") == "http_route"
    assert kind_module("postgresql") == "postgresql_kind"
    assert module_name("v1alpha1") == "v1alpha1"


def test_a_group_without_a_name_is_its_own_package() -> None:
    assert group_package("cert-manager.io") == "cert_manager_io"
    assert group_package("1password.com") == "group_1password_com"
    assert group_package("import") == "group_import"


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("uRI", "uri"),
        ("iP", "ip"),
        ("iPs", "ips"),
        ("iPAddress", "ip_address"),
        ("tLSConfig", "tls_config"),
        ("kMSKeyId", "kms_key_id"),
        ("memoryMiB", "memory_mib"),
        ("sizeInGiB", "size_in_gib"),
        ("throughputMiBps", "throughput_mibps"),
        ("minTLSv1_2", "min_tlsv1_2"),
        ("xAxis", "x_axis"),
        ("eTag", "e_tag"),
        ("vSphere", "v_sphere"),
    ],
)
def test_acronyms_and_units_are_one_word(wire: str, expected: str) -> None:
    assert snake(wire) == expected


_WORDS = st.sampled_from(("uRI", "iP", "MiB", "URL", "IDs", "Name", "v1", "TLSv1", "x", "_", "-"))


@given(st.lists(st.lists(_WORDS, min_size=1, max_size=4).map("".join), unique=True, max_size=12))
def test_keywords_are_stable_unique_and_lead_back(wires: list[str]) -> None:
    names = field_names(wires)
    back = {name: wire for wire, name in names.items()}
    assert {back[names[wire]] for wire in wires} == set(wires)
    assert names == field_names(reversed(wires))
    for wire in wires:
        assert snake(snake(wire)) == snake(wire)
