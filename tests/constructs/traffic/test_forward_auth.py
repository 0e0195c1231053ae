"""Forward authentication of an Ingress, by a provider of the cluster or declared in full."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component, Host, Reference, ServiceReference
from kubestrata.constructs import Pods
from kubestrata.constructs.traffic import (
    ControllerAnnotations,
    ForwardAuth,
    ForwardLogin,
    Ingress,
    IngressController,
    IngressPath,
    IngressRule,
    IngressSettings,
    IngressTls,
    NginxAuth,
    NginxSettings,
)
from kubestrata.core.errors import InvalidName, InvalidValue, MissingOffer
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component

HOST = Host("wiki.example.com")
NGINX = NginxSettings(https="with-certificate")
PREFIX = "nginx.ingress.kubernetes.io"


def service(component: Component, name: str = "wiki") -> ServiceReference:
    return ServiceReference(Reference(component, "", "Service", name, "wiki"), 80)


def controller(settings: IngressSettings | None) -> IngressController:
    proxies = Pods("nginx", "entry", {"app": "nginx"})
    return IngressController(
        "nginx", Host("example.com"), proxies, tls=IngressTls.of_controller(), settings=settings
    )


def auth(**more: Any) -> ForwardAuth:
    given: dict[str, Any] = {
        "check": "http://gate.gate.svc.cluster.local:9000/check",
        "sign_in": f"https://{HOST}/gate/start",
    }
    return ForwardAuth(**given | more)


def ingress(
    wiki: Component,
    protection: ForwardAuth | ForwardLogin,
    settings: IngressSettings | None = NGINX,
    hosts: tuple[Host, ...] = (HOST,),
) -> Ingress:
    rule = IngressRule.all_of(*hosts, to=service(wiki))
    found = controller(settings)
    return Ingress(wiki, "wiki", controller=found, rules=[rule], auth=protection)


def test_forward_auth_minimal(manifests: SnapshotAssertion) -> None:
    wiki = new_component(new_cluster(), "wiki")
    ingress(wiki, auth())
    assert rendered(wiki) == manifests
    assert faults(wiki) == []


def test_forward_auth_full(manifests: SnapshotAssertion) -> None:
    wiki = new_component(new_cluster(), "wiki")
    path = IngressPath.prefix("/gate", service(wiki, "gate"))
    ingress(wiki, auth(headers=["X-User", "X-Groups"], path=path))
    assert rendered(wiki) == manifests
    assert faults(wiki) == []


def test_the_way_back_is_added_to_the_page_with_its_own_query() -> None:
    wiki = new_component(new_cluster(), "wiki")
    ingress(wiki, auth(sign_in=f"https://{HOST}/gate?theme=dark"))
    (made,) = objects(wiki, "Ingress")
    found = made["metadata"]["annotations"][f"{PREFIX}/auth-signin"]
    assert found == (f"https://{HOST}/gate?theme=dark&rd=$scheme://$http_host$escaped_request_uri")


def test_other_settings_remain() -> None:
    wiki = new_component(new_cluster(), "wiki")
    ingress(wiki, auth(), NginxSettings(body_size="50m"))
    (made,) = objects(wiki, "Ingress")
    assert made["metadata"]["annotations"][f"{PREFIX}/proxy-body-size"] == "50m"


@pytest.mark.parametrize("settings", [None, ControllerAnnotations({"a.example.com/b": "c"})])
def test_a_controller_that_is_not_nginx_is_refused(settings: IngressSettings | None) -> None:
    wiki = new_component(new_cluster(), "wiki")
    with pytest.raises(InvalidValue, match="is implemented by ingress-nginx"):
        ingress(wiki, auth(), settings)


def test_two_kinds_of_authentication_are_refused() -> None:
    wiki = new_component(new_cluster(), "wiki")
    other = NginxSettings(auth=NginxAuth.external("http://other/check"))
    with pytest.raises(InvalidValue, match="comes beside another authentication"):
        ingress(wiki, auth(), other)


@pytest.mark.parametrize("field", ["check", "sign_in"])
def test_an_address_without_a_scheme_is_refused(field: str) -> None:
    with pytest.raises(InvalidValue, match="is not a URL"):
        auth(**{field: "gate.example.com"})


def test_a_cluster_without_a_provider_says_so() -> None:
    wiki = new_component(new_cluster(), "wiki")
    with pytest.raises(MissingOffer, match="ForwardAuthProvider"):
        ingress(wiki, ForwardLogin("wiki"))


def test_a_login_is_in_front_of_one_host() -> None:
    wiki = new_component(new_cluster(), "wiki")
    with pytest.raises(InvalidValue, match="is in front of 2 hosts"):
        ingress(wiki, ForwardLogin("wiki"), hosts=(HOST, Host("docs.example.com")))


def test_the_id_of_a_login_is_a_label() -> None:
    with pytest.raises(InvalidName, match="id of a ForwardLogin"):
        ForwardLogin("Wiki of all")
