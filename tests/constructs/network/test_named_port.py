"""Named ports, and flows to the whole cluster, in each network."""

from __future__ import annotations

import pytest

from kubestrata import KubestrataError
from kubestrata.constructs import CiliumNetwork, Flow, KubernetesNetwork, Pods
from kubestrata.constructs.network import NamedPort, NetworkPort
from tests.small_platform import new_cluster, new_component

WEB = Pods("web", "web", {"app": "web"})
FLOWS = [
    Flow.from_pods(WEB, NamedPort("metrics"), 8080, NetworkPort(53, "UDP")),
    Flow.to_cluster(),
]


def test_cilium_takes_names_for_ports_and_knows_the_cluster() -> None:
    component = new_component(new_cluster(groups=("cilium.io",)))
    spec = CiliumNetwork().policy(component, "web", WEB, FLOWS).body["spec"]
    assert spec["egress"] == [{"toEntities": ["cluster"]}]
    (rule,) = spec["ingress"]
    assert rule["toPorts"] == [
        {
            "ports": [
                {"port": "53", "protocol": "UDP"},
                {"port": "8080", "protocol": "TCP"},
                {"port": "metrics", "protocol": "TCP"},
            ]
        }
    ]


def test_kubernetes_takes_names_for_ports_and_every_namespace_for_the_cluster() -> None:
    component = new_component(new_cluster())
    spec = KubernetesNetwork().policy(component, "web", WEB, FLOWS).body["spec"]
    assert spec["egress"] == [{"to": [{"namespaceSelector": {}}]}]
    (rule,) = spec["ingress"]
    assert [port["port"] for port in rule["ports"]] == [53, 8080, "metrics"]


@pytest.mark.parametrize("name", ["", "8080", "Metrics", "a--b", "-a", "a-name-longer-than-15"])
def test_an_invalid_port_name_is_refused(name: str) -> None:
    with pytest.raises(KubestrataError, match="is not a valid port name"):
        NamedPort(name)
