"""A made-up platform of many components in one cluster, each named by up to three later ones."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import k8s
from kubestrata import (
    Cluster,
    Component,
    Flux,
    GitRepository,
    Host,
    Image,
    Namespace,
    Platform,
    Reference,
)
from kubestrata.constructs import Container, Workload

_REPOSITORY = GitRepository(url="https://git.example.com/platform")
_IMAGE = Image("registry.example.com/team/app:1.2.3")


class Part(Component):
    """A workload and a ConfigMap that names those of other components."""

    def __init__(self, scope: Cluster, name: str, *, needs: Sequence[Reference]) -> None:
        home = Namespace(name, pod_security="restricted")
        super().__init__(scope, name, layer="apps", namespace=home)
        Workload(self, "web", image=_IMAGE, container=Container(port=8080))
        data = {f"other-{index}": other.name for index, other in enumerate(needs)}
        self.settings = k8s.ConfigMap(self, "settings", data=data).ref


def build(components: int) -> Platform:
    """Return the platform, nothing written."""
    platform = Platform()
    cluster = Cluster(
        platform,
        "one",
        domain=Host("example.com"),
        delivery=Flux(repository=_REPOSITORY),
        kubernetes="1.35",
    )
    made: list[Reference] = []
    for index in range(components):
        near = sorted({index - 1, index // 2, index * 7 // 11} - {index, -1})
        needs = [made[each] for each in near]
        made.append(Part(cluster, f"part-{index:05d}", needs=needs).settings)
    return platform
