"""The Service of a workload."""

from __future__ import annotations

from collections.abc import Mapping

from kubeapis import k8s
from kubestrata.constructs.workload.container import HTTP
from kubestrata.core.node import Construct

SERVICE_PORT = 80


def service(
    scope: Construct, id: str, labels: Mapping[str, str], ports: Mapping[str, int]
) -> k8s.Service:
    """One Service: port 80 is the main port, every other keeps its number."""
    return k8s.Service(
        scope,
        f"{id}-service",
        metadata=k8s.ObjectMeta(name=id, labels=labels),
        spec=k8s.ServiceSpec(
            selector=labels,
            ports=[
                k8s.ServicePort(
                    name=name, port=SERVICE_PORT if name == HTTP else number, target_port=name
                )
                for name, number in ports.items()
            ],
        ),
    )
