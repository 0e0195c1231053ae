"""Certificate authorities that the pods of many namespaces trust."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import k8s
from kubestrata import Component, Namespace
from kubestrata.constructs.config import ConfigKey, ConfigReference
from kubestrata.constructs.traffic import InternalAuthority, TrustBundle
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.constructs.checking import faults, rendered
from tests.small_platform import new_cluster, new_component, order

GROUPS = ("cert-manager.io", "trust.cert-manager.io")
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def public(component: Component) -> ConfigKey:
    made = k8s.ConfigMap(component, "public", data={"ca.crt": PEM})
    return ConfigReference(made.ref, frozenset({"ca.crt"})).key("ca.crt")


def test_trust_bundle_minimal(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster(groups=GROUPS))
    authority = InternalAuthority(component, "internal", common_name="internal")
    TrustBundle(component, "authorities", sources=[authority.secret.key("ca.crt")])
    assert rendered(component) == manifests
    assert faults(component) == []


def test_trust_bundle_full(manifests: SnapshotAssertion) -> None:
    component = new_component(new_cluster(groups=GROUPS))
    authority = InternalAuthority(component, "internal", common_name="internal")
    TrustBundle(
        component,
        "authorities",
        sources=[authority.secret.key("ca.crt"), public(component), PEM],
        key="ca.pem",
        public=True,
        namespaces={"trust": "yes"},
    )
    assert rendered(component) == manifests


def test_users_of_a_copy_wait_for_the_bundle() -> None:
    cluster = new_cluster(groups=GROUPS)
    home = new_component(cluster)
    bundle = TrustBundle(home, "authorities", sources=[PEM])
    user = new_component(cluster, "shop")
    key = bundle.copy_in(user.home_namespace)
    user.needs(key.config.ref)
    assert (key.key, key.config.ref.object_namespace) == ("ca-certificates.crt", "shop")
    assert order(cluster)["shop"] == [home.name]


def test_a_namespace_without_the_label_gets_no_copy() -> None:
    cluster = new_cluster(groups=GROUPS)
    bundle = TrustBundle(
        new_component(cluster), "authorities", sources=[PEM], namespaces={"trust": "yes"}
    )
    labelled = Namespace("with", pod_security="restricted", labels={"trust": "yes"})
    copy = bundle.copy_in(new_component(cluster, "with", namespace=labelled).home_namespace)
    assert copy.config.ref.object_namespace == "with"
    with pytest.raises(InvalidReference, match="trust=yes"):
        bundle.copy_in(new_component(cluster, "shop").home_namespace)


def test_sources_of_two_namespaces_are_refused() -> None:
    cluster = new_cluster(groups=GROUPS)
    first, second = new_component(cluster), new_component(cluster, "shop")
    with pytest.raises(InvalidReference, match="reads one namespace"):
        TrustBundle(first, "authorities", sources=[public(first), public(second)])


@pytest.mark.parametrize(("sources", "why"), [([], "has no source"), (["MIIB"], "is not PEM")])
def test_sources_that_hold_no_authority_are_refused(sources: list[str], why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        TrustBundle(new_component(new_cluster(groups=GROUPS)), "authorities", sources=sources)
