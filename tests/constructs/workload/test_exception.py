"""Exceptions from the hardening: each changes one thing, and waives the rules that it violates."""

from __future__ import annotations

from typing import Any, cast

import pytest

from kubestrata import Component, Namespace
from kubestrata.constructs import (
    Container,
    ContainerException,
    DaemonWorkload,
    ExtraContainer,
    Flow,
    Justification,
    PodException,
    PodSecurity,
    PodSettings,
    ProtocolPort,
    Volume,
    Workload,
)
from kubestrata.core.errors import InvalidValue
from kubestrata.rules.engine import Report
from kubestrata.rules.settings import Settings
from kubestrata.synth.check import check_delivered
from kubestrata.synth.platform import Platform
from kubestrata.synth.synthesis import synthesize
from tests.constructs.checking import faults, objects
from tests.constructs.workload.drawn import WHY
from tests.constructs.workload.platform import IMAGE, cluster, shop
from tests.constructs.workload.pod_of import first, pod
from tests.small_platform import new_component


def open_shop() -> Component:
    """Return a component whose namespace admits privileged pods."""
    home = Namespace("shop", pod_security="privileged")
    return new_component(cluster(), "shop", namespace=home)


def report(component: Component, profile: str = "restricted") -> Report:
    platform = cast("Platform", component.cluster.node.scope)
    (found,) = check_delivered(synthesize(platform), Settings(profile=profile))
    return found


def waived(component: Component, profile: str = "restricted") -> set[str]:
    return {each.violation.rule for each in report(component, profile).waived}


def violated(component: Component, profile: str = "restricted") -> set[str]:
    return {each.rule for each in report(component, profile).violations}


CONTAINER: dict[str, tuple[ContainerException, dict[str, Any], set[str]]] = {
    "privileged": (
        ContainerException.privileged(WHY),
        {"privileged": True, "readOnlyRootFilesystem": True},
        {"P04", "P05", "P06"},
    ),
    "capabilities": (
        ContainerException.capabilities("NET_ADMIN", why=WHY),
        {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]},
        },
        {"P07"},
    ),
    "privilege escalation": (
        ContainerException.privilege_escalation(WHY),
        {
            "allowPrivilegeEscalation": True,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        {"P04"},
    ),
    "root": (
        ContainerException.root_user(WHY),
        {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": False,
            "runAsUser": 0,
            "runAsGroup": 0,
        },
        {"P01", "P02"},
    ),
    "writable root": (
        ContainerException.writable_root(WHY),
        {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": False,
            "capabilities": {"drop": ["ALL"]},
        },
        {"P03"},
    ),
    "seccomp": (
        ContainerException.unconfined_seccomp(WHY),
        {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "Unconfined"},
        },
        {"P08"},
    ),
}


@pytest.mark.parametrize("kind", sorted(CONTAINER))
def test_an_exception_of_a_container_loosens_one_thing_and_is_waived(kind: str) -> None:
    exception, security, rules = CONTAINER[kind]
    plain, component = open_shop(), open_shop()
    Workload(plain, "web", image=IMAGE)
    Workload(component, "web", image=IMAGE, container=Container(exceptions=[exception]))
    assert first(component)["securityContext"] == security
    assert faults(component) == []
    assert waived(component) == rules
    assert violated(component) == violated(plain)


POD: dict[str, tuple[PodException, dict[str, Any], set[str]]] = {
    "network": (
        PodException.host_network(WHY),
        {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"},
        {"P11"},
    ),
    "processes": (PodException.host_pid(WHY), {"hostPID": True}, {"P12"}),
    "memory": (PodException.host_ipc(WHY), {"hostIPC": True}, {"P13"}),
    "sysctls": (
        PodException.unsafe_sysctls({"net.core.somaxconn": "1024"}, why=WHY),
        {},
        {"P10"},
    ),
}


@pytest.mark.parametrize("kind", sorted(POD))
def test_an_exception_of_a_pod_loosens_one_thing_and_is_waived(kind: str) -> None:
    exception, fields, rules = POD[kind]
    plain, component = open_shop(), open_shop()
    Workload(plain, "web", image=IMAGE)
    settings = PodSettings(security=PodSecurity(exceptions=[exception]))
    Workload(component, "web", image=IMAGE, pod=settings)
    (before,), (after,) = (objects(each, "Deployment") for each in (plain, component))
    spec = before["spec"]["template"]["spec"]
    added = {key: value for key, value in pod(component).items() if key not in spec}
    assert added == fields
    assert after["spec"]["replicas"] == before["spec"]["replicas"]
    assert waived(component) == rules
    assert violated(component) == violated(plain)


def test_ports_and_folders_of_the_node_are_waived() -> None:
    component = open_shop()
    DaemonWorkload(
        component,
        "agent",
        image=IMAGE,
        container=Container(
            ports={"dns": ProtocolPort.on_node(5353, why=WHY, protocol="UDP")},
            mounts={"/logs": "logs", "/lib": "lib", "/s": "socket"},
        ),
        pod=PodSettings(
            volumes={
                "logs": Volume.host_path("/data/logs", why=WHY, writable=True),
                "lib": Volume.host_path("/var/", why=WHY),
                "socket": Volume.host_path("/run/containerd/containerd.sock", why=WHY),
            }
        ),
    )
    assert waived(component) == {"P14", "P15", "P16", "P17", "P18"}


def test_a_waiver_has_the_reason_owner_and_date_of_its_exception() -> None:
    component = open_shop()
    why = Justification(reason="it is a VPN", owner="network", expires="2999-05-31")
    exception = ContainerException.capabilities("NET_ADMIN", why=why)
    Workload(component, "web", image=IMAGE, container=Container(exceptions=[exception]))
    (found,) = report(component, "baseline").waived
    assert found.violation.rule == "P07"
    waiver = found.waiver
    assert (waiver.reason, waiver.owner, str(waiver.expires)) == (
        "it is a VPN",
        "network",
        "2999-05-31",
    )


def test_a_rule_has_one_waiver_until_the_earliest_date() -> None:
    component = open_shop()
    soon = Justification(reason="legacy", owner="apps", expires="2998-01-01")
    extra = ExtraContainer(image=IMAGE, exceptions=[ContainerException.root_user(soon)])
    Workload(
        component,
        "web",
        image=IMAGE,
        container=Container(exceptions=[ContainerException.root_user(WHY)]),
        pod=PodSettings(sidecars={"old": extra}),
    )
    (found,) = [each for each in component.waivers if each.rule == "P01"]
    assert found.reason == f"{WHY.reason}; legacy"
    assert found.owner == f"{WHY.owner}, apps"
    assert str(found.expires) == "2998-01-01"


def test_an_expired_exception_is_a_violation() -> None:
    component = open_shop()
    past = Justification(reason="legacy", owner="apps", expires="2020-01-01")
    exception = ContainerException.privileged(past)
    Workload(component, "web", image=IMAGE, container=Container(exceptions=[exception]))
    messages = [each.finding.message for each in report(component, "baseline").violations]
    assert "waiver of P05 expired on 2020-01-01; its owner is apps" in messages


def test_a_rule_that_is_off_needs_no_waiver() -> None:
    component = open_shop()
    exception = ContainerException.writable_root(WHY)
    Workload(component, "web", image=IMAGE, container=Container(exceptions=[exception]))
    assert waived(component, "baseline") == set()
    assert "W01" not in violated(component, "baseline")


def test_a_namespace_that_refuses_the_pods_is_reported() -> None:
    component = shop()
    exception = ContainerException.privileged(WHY)
    Workload(component, "web", image=IMAGE, container=Container(exceptions=[exception]))
    assert "P78" in violated(component, "baseline")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (
            lambda: Justification(reason="a", owner="b", expires="31.05.2027"),
            "not a valid date",
        ),
        (lambda: Justification(reason=" ", owner="b", expires="2027-05-31"), "reason: is empty"),
        (
            lambda: ContainerException.capabilities("CAP_NET_ADMIN", why=WHY),
            "write 'NET_ADMIN'",
        ),
        (lambda: ContainerException.capabilities(why=WHY), "name them"),
        (
            lambda: Container(
                exceptions=[ContainerException.root_user(WHY), ContainerException.root_user(WHY)]
            ),
            "has 'root' twice",
        ),
        (
            lambda: Container(user=10001, exceptions=[ContainerException.root_user(WHY)]),
            "is set beside the exception root_user",
        ),
        (
            lambda: Container(
                writable_root=True, exceptions=[ContainerException.writable_root(WHY)]
            ),
            "is set beside the exception writable_root",
        ),
        (lambda: PodException(freedom="sysctls", why=WHY), "are those of unsafe_sysctls"),
    ],
    ids=range(8),
)
def test_a_wrong_exception_is_refused(make: Any, why: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert why in str(caught.value)


def agent(component: Component) -> DaemonWorkload:
    settings = PodSettings(security=PodSecurity(exceptions=[PodException.host_network(WHY)]))
    return DaemonWorkload(component, "agent", image=IMAGE, pod=settings)


def policies(component: Component) -> dict[str, Any]:
    found = objects(component, "CiliumNetworkPolicy")
    return {each["metadata"]["name"]: each["spec"] for each in found}


def test_connections_of_pods_on_the_host_network_are_by_node() -> None:
    component = open_shop()
    node, web = agent(component), Workload(component, "web", image=IMAGE)
    node.connect_to(web)
    web.connect_to(node)
    nodes = ["host", "remote-node"]
    found = policies(component)
    (into,) = found["web-from-agent"]["ingress"]
    assert into["fromEntities"] == nodes
    (out,) = found["web-to-agent"]["egress"]
    assert out["toEntities"] == nodes
    assert {"agent-to-web", "agent-from-web"}.isdisjoint(found)


def test_policies_of_pods_on_the_host_network_are_refused() -> None:
    node = agent(open_shop())
    for flow in (Flow.to_internet(443), Flow.to_kubernetes_api()):
        with pytest.raises(InvalidValue, match="host network, where network policies do not apply"):
            node.allow(flow)
    with pytest.raises(InvalidValue, match=r"allow\(Flow\.from_nodes"):
        node.endpoint.allow(Flow.to_internet(443), policy="agent")


def test_the_owner_of_volumes_is_a_group_unless_all_containers_are_root() -> None:
    component, other = open_shop(), open_shop()
    root = Container(exceptions=[ContainerException.root_user(WHY)])
    Workload(component, "web", image=IMAGE, container=root)
    extra = {"a": ExtraContainer(image=IMAGE)}
    Workload(other, "web", image=IMAGE, container=root, pod=PodSettings(containers=extra))
    assert "fsGroup" not in pod(component)["securityContext"]
    assert pod(other)["securityContext"]["fsGroup"] == 65532
