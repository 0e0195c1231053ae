"""Forward authentication by outposts that Terraform modules create."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component, Host, Reference, ServiceReference
from kubestrata.constructs import Pods
from kubestrata.constructs.identity import ApplicationModules, TerraformOutposts
from kubestrata.constructs.traffic import (
    ForwardLogin,
    Ingress,
    IngressController,
    Ingresses,
    IngressTls,
    NginxSettings,
)
from kubestrata.core.errors import InvalidValue
from tests.constructs.checking import faults, rendered
from tests.small_platform import new_cluster, new_component, order


def world() -> tuple[Component, TerraformOutposts]:
    """Return the component of an application, and a provider."""
    cluster = new_cluster(groups=("infra.contrib.fluxcd.io",))
    identity = new_component(cluster, "identity")
    proxies = Pods("nginx", "entry", {"app": "nginx"})
    nginx = IngressController(
        "nginx",
        Host("example.com"),
        proxies,
        tls=IngressTls.of_controller(),
        settings=NginxSettings(),
    )
    cluster.offer(Ingresses(private=nginx))
    modules = ApplicationModules(
        path="./terraform/outpost/{id}",
        component="outpost-{id}",
        layer="security",
        namespace=identity.home_namespace,
        after=[identity],
    )
    outposts = TerraformOutposts(modules=modules, namespace=identity.home_namespace)
    return new_component(cluster, "wiki"), outposts


def protect(wiki: Component) -> None:
    wanted = ServiceReference(Reference(wiki, "", "Service", "wiki", "wiki"), 80)
    Ingress.at(wiki, "wiki", label="wiki", to=wanted, auth=ForwardLogin("wiki"))


def test_outpost_of_an_application(manifests: SnapshotAssertion) -> None:
    wiki, outposts = world()
    wiki.cluster.offer(outposts)
    protect(wiki)
    (applied,) = [each for each in wiki.cluster.components if each.name == "outpost-wiki"]
    assert rendered(applied) + rendered(wiki) == manifests
    assert faults(wiki) + faults(applied) == []


def test_the_order_is_provider_then_outpost_then_application() -> None:
    wiki, outposts = world()
    wiki.cluster.offer(outposts)
    protect(wiki)
    edges = order(wiki.cluster)
    assert "identity" in edges["outpost-wiki"]
    assert "outpost-wiki" in edges["wiki"]


def test_each_application_has_its_own_outpost() -> None:
    _, outposts = world()
    with pytest.raises(InvalidValue, match="the same for every application"):
        TerraformOutposts(modules=outposts.modules, namespace=outposts.namespace, service="outpost")
