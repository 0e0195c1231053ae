"""Pods of Harbor's release, not all of which have the usual labels of a chart."""

from kubestrata import Component, Frozen
from kubestrata.constructs import Endpoint, Flow, HelmRelease, Pods
from kubestrata.constructs.network import NetworkPort, ServiceEndpoint
from kubestrata.constructs.observability import Scrape

NAME = "harbor"
VULNERABILITIES = (
    "ghcr.io",
    "mirror.gcr.io",
    "pkg-containers.githubusercontent.com",
    "storage.googleapis.com",
)
"""Hosts of Trivy's vulnerability database, and of its redirects."""
_LABELS = {"app": NAME, "release": NAME}
# Ports of the registry, of the other HTTP services, and of their metrics.
_PORTS = (5000, 8080, 8001)
_METRICS = 8001


class HarborPods(Frozen):
    """The pods of a release named `harbor` in a component."""

    component: Component
    release: HelmRelease

    def every(self, *ports: int) -> Endpoint:
        """Return all pods."""
        return self._endpoint(NAME, _LABELS, *ports)

    def part(self, component: str, *ports: int) -> Endpoint:
        """Return the pods of one service of Harbor."""
        return self._endpoint(f"{NAME}-{component}", {**_LABELS, "component": component}, *ports)

    @property
    def way_in(self) -> ServiceEndpoint:
        """Return the Service for all requests."""
        return self.part("nginx", 8080).behind(self.release.service(NAME, 80))

    def allow_inside(self) -> Endpoint:
        """Allow the traffic among the pods; return all of them."""
        every = self.every(*_PORTS)
        inside = [Flow.to_pods(every.pods, *_PORTS), Flow.from_pods(every.pods, *_PORTS)]
        self.release.allow(*inside, pods=every.pods)
        return every

    def scrape(self) -> None:
        """Let the cluster's monitoring scrape them."""
        Scrape(
            self.component,
            NAME,
            pods=self.every().pods,
            port="http-metrics",
            service_labels=_LABELS,
            pod_port=_METRICS,
        )

    def _endpoint(self, name: str, labels: dict[str, str], *ports: int) -> Endpoint:
        pods = Pods(name, self.release.pods.namespace, labels)
        numbers = tuple(NetworkPort(port) for port in ports)
        return Endpoint(pods, numbers, self.component, self.release.resource.ref)
